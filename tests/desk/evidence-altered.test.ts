/** Runs on SQLite, and under `npm run test:pg` on PostgreSQL. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { REWRITES } from '../../scripts/house/rewrite-log.ts';
import { makePoint, type EvidenceDeps } from '../../src/lib/server/evidence/points.ts';
import { noFindings } from '../../src/lib/server/jobs/findings.ts';
import { verifyDatabase } from '../../src/lib/server/jobs/verify.ts';
import { receiptsNow, verifyReceipts } from '../../src/lib/server/jobs/verify-receipts.ts';
import { openTestCounty } from './county.ts';

const keys = mkdtempSync(path.join(tmpdir(), 'daiban-altered-'));
afterAll(() => rmSync(keys, { recursive: true, force: true }));
let made = 0;

/** A county of its own with one signed root, what its receipts say, and a look at it. */
async function signedCounty() {
  const { room, close } = await openTestCounty();
  const { db, county, now } = room.desk;
  const lockHead = room.container.database.kind === 'postgres';
  const keyFile = path.join(keys, `${(made += 1)}.json`);
  const deps: EvidenceDeps = { db, county, now, lockHead, keyFile };
  const point = await makePoint(deps);
  const receipts = await receiptsNow(db, county);
  const asked = async () => {
    const findings = noFindings();
    const seen = await verifyReceipts({ db, county }, receipts, findings);
    return { ...seen, broken: findings.broken };
  };
  const look = (roots = [] as { size: number; root: string; by: string }[]) =>
    verifyDatabase(room.container.db, { roots });
  return { db, county, point, receipts, asked, look, close };
}

describe('what is altered in the database', { timeout: 120_000 }, () => {
  it('[AU163] nothing is said of a sound county, and every leaf and root was made again', async () => {
    const { point, receipts, asked, look, close } = await signedCounty();
    const seen = await look();
    expect(seen).toMatchObject({ broken: 0, faults: [], points: 1, leaves: seen.rows });
    expect(await asked()).toMatchObject({ broken: 0, contained: receipts.length });
    const [size, root] = [point?.size ?? 0, point?.root ?? ''];
    const by = 'the root on the notice';
    expect((await look([{ size, root, by }])).broken).toBe(0);
    const other = await look([{ size: size - 1, root, by }]);
    expect(other.faults.join('\n')).toContain(`${by} is not that of the first ${size - 1} entries`);
    expect((await look([{ size: size + 1, root, by }])).faults.join('\n')).toContain('the log');
    await close();
  });

  it.each(REWRITES)(
    '[AU163] $name is seen by the tree and by the receipts of the case',
    async ({ name, alter }) => {
      const { db, county, asked, look, close } = await signedCounty();
      await alter(db, county);
      const seen = await look();
      expect(seen.broken, name).toBeGreaterThan(0);
      if (name === 'rewritten')
        expect(seen.faults.join('\n')).toContain('the root that was signed');
      expect((await asked()).broken, name).toBeGreaterThan(0);
      await close();
    },
  );

  const AWAY = [
    ['a root', 'evidence_point', 'audit'],
    ['the roots and their lines in the audit', 'both', 'the audit ends at'],
  ] as const;
  it.each(AWAY)('[AU164] %s taken away after a rewriting is seen', async (what, table, said) => {
    const { db, county, look, close } = await signedCounty();
    await REWRITES.at(-1)?.alter(db, county);
    await db.deleteFrom('evidence_point').execute();
    if (table === 'both')
      await db.deleteFrom('audit').where('action', '=', 'evidence.day').execute();
    expect((await look()).faults.join('\n'), what).toContain(said);
    await close();
  });

  const command = path.resolve('scripts/verify-receipts.ts');
  const run = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...words], {
      encoding: 'utf8',
    });
    const line = stdout.trim().split('\n').at(-1) ?? '';
    return { status, stderr, seen: JSON.parse(line || '{}') as Record<string, unknown> };
  };

  it('[AU163] the command asks about every case, and each planted alteration is seen twice', () => {
    const sound = run('--sample');
    expect(sound.seen).toMatchObject({ broken: 0, points: 1 });
    expect(sound.seen.contained).toBe(sound.seen.receipts);
    expect(sound.status).toBe(0);
    const planted = run('--sample', '--plant');
    expect(planted.seen).toMatchObject({ planted: 5, byTree: 5, byReceipt: 5, broken: 5 });
    expect(planted.status).toBe(1);
    expect(run('--plnat').status).toBe(2);
    expect(run('--sample', '--since', '500').status).toBe(2);
  });
});
