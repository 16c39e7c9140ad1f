import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Kysely } from 'kysely';
import { openContainer } from '../../src/lib/server/container.ts';
import type { ServerEnv } from '../../src/lib/server/env.ts';
import { makeBackup } from '../../src/lib/server/jobs/backup.ts';
import { tablesOf } from '../../src/lib/server/jobs/copy-tables.ts';
import { announceRestore, restoreBackup } from '../../src/lib/server/jobs/restore.ts';
import { plainShelf } from '../../src/lib/server/jobs/shelf.ts';
import { verifyDatabase } from '../../src/lib/server/jobs/verify.ts';
import { openRoom } from '../../src/lib/server/room.ts';
import { postgresBinaries, startPostgres, type Postgres } from '../postgres.ts';
import { sharesOpener } from '../../src/lib/server/keys/shares-opener.ts';
import { grepFolder } from './grep.ts';
import { historyOf, passingFolder, photo, placeAt, recoveryKeyIn, visit } from './place.ts';

const root = passingFolder();
let postgres: Postgres;

const counts = async (env: ServerEnv): Promise<Record<string, number>> => {
  const { db, database, close } = await openContainer(env);
  const end = { db, kind: database.kind };
  const loose = db as unknown as Kysely<Record<string, Record<string, unknown>>>;
  const found: Record<string, number> = {};
  for (const { name } of await tablesOf(end)) {
    const query = loose.selectFrom(name).select(({ fn }) => fn.countAll().as('n'));
    // What was noted about backups differs from place to place.
    if (name === 'county_setting') continue;
    found[name] = Number((await query.executeTakeFirstOrThrow()).n);
  }
  await close();
  return found;
};

describe.runIf(postgresBinaries() !== null)('PostgreSQL', () => {
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 300_000);
  afterAll(() => postgres.stop(), 60_000);

  it(
    '[BK6] is backed up, verified, restored into another, and into SQLite',
    { timeout: 90_000 },
    async () => {
      const keys = { SEALING_KEY_FILE: path.join(root, 'sealing-keys.json') };
      const env = placeAt(root, 'one', { ...keys, DATABASE_URL: await postgres.createDatabase() });
      const running = await openContainer(env);
      await openRoom(running);
      for (let n = 0; n < 30; n++) await visit(running, `𠮷家第${n}次`, `case${n % 7}`);
      await photo(running, 'well');
      expect(await verifyDatabase(running.db)).toMatchObject({ broken: 0, rows: 30, cases: 7 });
      const made = await makeBackup(env);
      if (!made.ok) throw new Error(made.error.join('\n'));
      expect(made.value).toMatchObject({ rows: 30, cases: 7, media: 1, safe: 30, broken: 0 });
      await visit(running, '又一次');
      const live = await restoreBackup(env, { from: made.value.file });
      expect(live.ok ? '' : live.error.join()).toContain('Another process');
      await running.close();
      const refused = await restoreBackup(env, { from: made.value.file });
      expect(refused.ok ? '' : refused.error.join()).toContain('1 entries that this backup lacks');

      const other = placeAt(root, 'two', {
        ...keys,
        DATABASE_URL: await postgres.createDatabase(),
      });
      const small = placeAt(root, 'three', keys);
      const again = { from: made.value.file, yesOlder: true };
      for (const where of [env, other, small]) {
        const done = await restoreBackup(where, again);
        expect(done).toMatchObject({ ok: true, value: { rows: 30, broken: 0 } });
        const opened = await openContainer(where);
        expect(await historyOf(opened)).toMatchObject({
          head: 30,
          epochs: [
            [0, 'begin'],
            [30, 'restore'],
          ],
        });
        expect(
          await verifyDatabase(opened.db, { media: plainShelf(where.mediaDir) }),
        ).toMatchObject({
          broken: 0,
          media: 1,
        });
        await visit(opened, '再一次');
        await opened.close();
      }
      const inOne = await counts(env);
      const inThree = await counts(small);
      expect(inOne).toEqual(inThree);
      expect(inOne['log']).toBe(31);
    },
  );

  it('[AU178] a sealed backup goes from PostgreSQL into PostgreSQL and into SQLite', async () => {
    const at = { BACKUP_PLAIN: '0' };
    const url = await postgres.createDatabase();
    const env = placeAt(root, 'sealed', { ...at, DATABASE_URL: url });
    const running = await openContainer(env);
    await visit(running, '𠮷家的井');
    await photo(running, 'well');
    const { sheets } = await recoveryKeyIn(running);
    const made = await makeBackup(env);
    if (!made.ok) throw new Error(made.error.join('\n'));
    expect(made.value).toMatchObject({ rows: 1, media: 1, safe: 1, broken: 0 });
    expect(grepFolder(env.backupDir, ['𠮷家的井', 'SQLite format 3']).hits).toEqual([]);
    await running.close();
    const other = { ...at, DATABASE_URL: await postgres.createDatabase() };
    const opener = sharesOpener(sheets.slice(1));
    for (const where of [placeAt(root, 'sealed-2', other), placeAt(root, 'sealed-3', at)]) {
      const done = await restoreBackup(where, { from: made.value.file, opener });
      expect(done).toMatchObject({ ok: true, value: { rows: 1, media: 1, broken: 0 } });
    }
  });

  it('[BK6] a word altered in PostgreSQL makes no backup, and no announcement', async () => {
    const env = placeAt(root, 'bent', { DATABASE_URL: await postgres.createDatabase() });
    const first = await openContainer(env);
    await visit(first, '井水有味儿');
    await first.close();
    expect((await announceRestore(env)).ok).toBe(true);
    const running = await openContainer(env);
    expect((await historyOf(running)).epochs.at(-1)).toEqual([1, 'announced']);
    await running.db.updateTable('log').set({ body: '{"plain":"河水有味儿"}' }).execute();
    const made = await makeBackup(env);
    expect(made.ok ? '' : made.error.join()).toContain('position 1 was altered');
    expect((await historyOf(running)).safe).toBe(0);
    await running.close();
    expect((await announceRestore(env)).ok).toBe(false);
  });
});
