import { cpSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENROL_PATH, EXCHANGE_PATH } from '../../src/lib/protocol/version.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import type { ServerEnv } from '../../src/lib/server/env.ts';
import { makeBackup } from '../../src/lib/server/jobs/backup.ts';
import { restoreBackup } from '../../src/lib/server/jobs/restore.ts';
import { verifyDatabase } from '../../src/lib/server/jobs/verify.ts';
import { enrolEndpoint } from '../../src/lib/server/sync/enrol.ts';
import { exchangeEndpoint } from '../../src/lib/server/sync/http.ts';
import { Marker } from '../chaos/markers.ts';
import { agentNamed } from '../chaos/people.ts';
import { ChaosTablet } from '../chaos/tablet.ts';
import { historyOf, passingFolder, placeAt } from './place.ts';

const root = passingFolder();
const ORIGIN = 'http://county.test';
const PARTS = ['', '-wal', '-shm'];

/** A real county and real tablet code; the answer goes from the one to the other without a port. */
class Scene {
  readonly env: ServerEnv;
  readonly marks = new Marker('lost');
  readonly tablets: ChaosTablet[] = [];
  county: Container | null = null;

  constructor(name: string) {
    this.env = placeAt(root, name);
  }

  async open(): Promise<Container> {
    this.county = await openContainer(this.env);
    return this.county;
  }

  async close(): Promise<void> {
    await this.county?.close();
    this.county = null;
  }

  async tablet(name: string): Promise<ChaosTablet> {
    const person = agentNamed(name);
    const fetchHere: typeof fetch = async (input, init) => {
      if (this.county === null) throw new TypeError('nobody answers');
      const request = new Request(input, init);
      const { pathname } = new URL(request.url);
      if (pathname === EXCHANGE_PATH) return exchangeEndpoint(this.county, person, request);
      if (pathname === ENROL_PATH) return enrolEndpoint(this.county, person, request);
      return new Response('', { status: 404 });
    };
    const tablet = new ChaosTablet({ name, origin: () => ORIGIN, fetch: fetchHere });
    this.tablets.push(tablet);
    await tablet.enrol();
    return tablet;
  }

  /** Everybody takes a case, adds words and sends all of it. */
  async work(): Promise<void> {
    for (const tablet of this.tablets) {
      await tablet.take(this.marks);
      await tablet.add(this.marks, 3);
    }
    await this.send();
  }

  async send(): Promise<void> {
    for (const tablet of this.tablets) for (let n = 0; n < 6 && !(await tablet.drain()); n++);
    expect(this.tablets.map(({ unsent, refused }) => [unsent, refused])).toEqual(
      this.tablets.map(() => [0, 0]),
    );
  }

  /** `id h` of what tablets brought, in the order of the ids. */
  async brought(): Promise<readonly string[]> {
    const query = this.county?.db.selectFrom('log').select(['id', 'h']);
    const rows = await query?.where('kind', '=', 'event').where('dv', '!=', 'county').execute();
    return (rows ?? []).map(({ id, h }) => `${id} ${h}`).sort();
  }
}

async function begun(name: string): Promise<Scene> {
  const scene = new Scene(name);
  await scene.open();
  for (const agent of ['li', 'zhao']) await scene.tablet(`${name}${agent}`);
  await scene.work();
  return scene;
}

describe('what a restore took away', () => {
  it('[BK8] comes back after an announced one, acked above safe, exactly once', async () => {
    const scene = await begun('announced');
    expect((await makeBackup(scene.env)).ok).toBe(true);
    await scene.send();
    await scene.work();
    const before = await scene.brought();
    const { safe, head } = await historyOf(scene.county as Container);
    expect(safe).toBeLessThan(head);
    await scene.close();
    const asked = await restoreBackup(scene.env, { from: scene.env.backupDir });
    expect(asked.ok ? '' : asked.error.join()).toContain('came from tablets');
    const done = await restoreBackup(scene.env, { from: scene.env.backupDir, yesOlder: true });
    expect(done).toMatchObject({ ok: true, value: { losing: { tablets: 2 } } });
    const again = await scene.open();
    expect((await scene.brought()).length).toBeLessThan(before.length);
    await scene.send();
    expect(await scene.brought()).toEqual(before);
    expect(new Set(before).size).toBe(before.length);
    expect(await verifyDatabase(again.db)).toMatchObject({ broken: 0 });
    await scene.close();
  });

  it('[BK8] comes back after a silent one whose high-water file is gone too', async () => {
    const scene = await begun('silent');
    expect((await makeBackup(scene.env)).ok).toBe(true);
    await scene.work();
    await scene.close();
    const { databaseFile, dataDir } = scene.env;
    const copy = path.join(root, 'silent-copy');
    for (const part of PARTS)
      if (existsSync(databaseFile + part)) cpSync(databaseFile + part, copy + part);
    await scene.open();
    await scene.work();
    const before = await scene.brought();
    await scene.close();
    for (const part of PARTS) {
      rmSync(databaseFile + part, { force: true });
      if (existsSync(copy + part)) cpSync(copy + part, databaseFile + part);
    }
    await expect(openContainer(scene.env)).rejects.toThrow('--announce');
    rmSync(path.join(dataDir, 'high-water.json'));
    const again = await scene.open();
    expect((await scene.brought()).length).toBeLessThan(before.length);
    // Positions that the others hold acks for are taken by somebody else first.
    const stranger = await scene.tablet('silentnew');
    await stranger.take(scene.marks);
    await stranger.drain();
    await scene.send();
    const after = new Set(await scene.brought());
    expect(before.filter((one) => !after.has(one))).toEqual([]);
    expect(after.size).toBe((await scene.brought()).length);
    expect(await verifyDatabase(again.db)).toMatchObject({ broken: 0 });
    const safe = (await historyOf(again)).safe;
    expect((await makeBackup(scene.env)).ok).toBe(true);
    expect((await historyOf(again)).safe).toBeGreaterThan(safe);
    await scene.close();
  });
});
