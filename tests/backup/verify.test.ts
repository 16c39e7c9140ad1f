import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { sampleCountyEvents } from '../../src/lib/domain/samples/adapter.ts';
import type { CaseId, DeviceId, EventId, Instant, PersonId } from '../../src/lib/domain/values.ts';
import type { EventRow } from '../../src/lib/ports/event-store.ts';
import { openContainer, type Container } from '../../src/lib/server/container.ts';
import type { ServerEnv } from '../../src/lib/server/env.ts';
import { FOLD_VERSION, freshRecord } from '../../src/lib/server/jobs/fresh-fold.ts';
import { refoldAfterUpgrade } from '../../src/lib/server/jobs/refold.ts';
import { plainShelf } from '../../src/lib/server/jobs/shelf.ts';
import { verifyDatabase } from '../../src/lib/server/jobs/verify.ts';
import { mediaFile } from '../../src/lib/server/jobs/verify-media.ts';
import { canonical } from '../../src/lib/protocol/canonical.ts';
import { passingFolder, photo, placeAt, visit } from './place.ts';

const root = passingFolder();
let env: ServerEnv;
let running: Container;
let sha: string;

beforeAll(async () => {
  env = placeAt(root, 'one');
  running = await openContainer(env);
  for (let n = 0; n < 30; n++) await visit(running, `第${n}次`, `case${n % 12}`);
  sha = await photo(running, 'well');
  await running.store.transact(running.county, (tx) =>
    tx.write({
      places: [{ dv: 'dv' as DeviceId, ds: 1, id: 'asideA' as EventId, outcome: 'rejected' }],
      devices: [
        {
          ...{
            dv: 'dv' as DeviceId,
            personId: 'wang' as PersonId,
            letter: 'A',
            lastDs: 1,
            dsHi: 1,
          },
          ...{ build: '', enrolledAt: '2026-06-08T00:00:00Z' as Instant, offsetSeconds: 0 },
          ...{ lastSeenAt: '2026-06-08T00:00:00Z' as Instant, report: null },
        },
      ],
      aside: [
        {
          ...{
            id: 'asideA' as EventId,
            h: createHash('sha256').update('{}').digest('hex') as never,
          },
          ...{ dv: 'dv' as DeviceId, ds: 1, personId: 'wang' as PersonId, caseId: '' as CaseId },
          ...{ salt: '', code: 'MALFORMED', reason: '', raw: '{}', offset: 0, adoptedSeq: null },
          receivedAt: '2026-06-08T00:00:00Z' as Instant,
        },
      ],
    }),
  );
});
afterAll(() => running.close());

const look = () => verifyDatabase(running.db, { media: plainShelf(env.mediaDir) });

/** Does harm, looks, and takes the harm back. */
async function withHarm(harm: string, undo: string) {
  const db = new DatabaseSync(env.databaseFile, { timeout: 5_000 });
  try {
    db.exec(harm);
    return await look();
  } finally {
    db.exec(undo);
    db.close();
  }
}

describe('verify', () => {
  it('[BK2] looks at every row and finds a sound county sound', async () => {
    const seen = await look();
    expect(seen).toMatchObject({ broken: 0, faults: [], rows: 30, cases: 12, aside: 1, audit: 30 });
    expect(seen).toMatchObject({ devices: 1, media: 1 });
    expect(seen.attempts).toBe(1 + 30 + 12 + 1 + 1 + 30 + 1);
    expect(seen.attempts).toBeGreaterThanOrEqual(seen.minimum);
  });

  it.each([
    [
      'one word',
      "UPDATE log SET body = replace(body, '第7次', '第8次') WHERE seq = 8",
      'position 8 was altered',
    ],
    ['a tag', "UPDATE log SET tag = 'x' WHERE seq = 9", 'running tag breaks at position 9'],
    ['a row', 'DELETE FROM log WHERE seq = 5', 'position 5 is missing'],
    ['the last row', 'DELETE FROM log WHERE seq = 30', 'the log ends at 29'],
    ['the head', "UPDATE log_head SET tag = 'x'", 'another tag'],
    [
      'a salt',
      "UPDATE cases SET salt = 'x' WHERE case_id LIKE 'case3\\_%' ESCAPE '\\'",
      'was altered',
    ],
    ['a status', "UPDATE cases SET status = 'CLOSED' WHERE case_id LIKE 'case4%'", '(status)'],
    ['a folded file', "UPDATE cases SET file = replace(file, '第2次', '第3次')", '(file)'],
    ['a case', "DELETE FROM cases WHERE case_id LIKE 'case5%'", 'belongs to no case'],
    ['an actor', "UPDATE log SET actor = replace(actor, '县局', '乡里') WHERE seq = 3", '(file)'],
    ['a place', 'UPDATE device_log SET ds = 2', 'a hole in its sequence'],
    ['what it leads to', "UPDATE device_log SET id = 'x'", 'leads to no event'],
    ['a count of places', 'UPDATE devices SET last_ds = 2', 'has 1 places, not 2'],
    ['what was kept aside', "UPDATE dead_letter SET raw = '[]'", 'kept aside was altered'],
    ['an adoption', 'UPDATE dead_letter SET adopted_seq = 4', 'does not stand in the log'],
    ['an audit line', 'DELETE FROM audit WHERE n = 12', 'audit line 13 comes behind line 11'],
  ])('[BK2] sees %s that was changed', async (_what, harm, fault) => {
    const keep = (table: string) =>
      `DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept_${table}; DROP TABLE kept_${table};`;
    const tables = ['log', 'log_head', 'cases', 'device_log', 'devices', 'dead_letter', 'audit'];
    const saved = tables.map((one) => `CREATE TABLE kept_${one} AS SELECT * FROM ${one};`).join('');
    const seen = await withHarm(`${saved} ${harm}`, tables.map(keep).join(''));
    expect(seen.broken).toBeGreaterThan(0);
    expect(seen.faults.join('\n')).toContain(fault);
    expect((await look()).broken).toBe(0);
  });

  it('[BK2] sees a photo that is not its hash, or not there', async () => {
    const file = mediaFile(env.mediaDir, sha);
    rmSync(file);
    expect((await look()).faults).toEqual([`the media file ${sha} is missing`]);
    await photo(running, 'well');
    expect((await look()).broken).toBe(0);
  });
});

describe('a changed fold', () => {
  it('[BK3] rows of another fold are folded anew once, and only those that differ', async () => {
    expect(await refoldAfterUpgrade(running)).toMatchObject({
      cases: 12,
      refolded: 0,
      whole: true,
    });
    expect(await refoldAfterUpgrade(running)).toBeNull();
    const db = new DatabaseSync(env.databaseFile, { timeout: 5_000 });
    db.exec("UPDATE cases SET status = 'CLOSED' WHERE case_id LIKE 'case4%'");
    db.exec("UPDATE county_setting SET value = '0' WHERE name = 'fold.version'");
    db.close();
    expect((await look()).differing).toHaveLength(1);
    expect(await refoldAfterUpgrade(running)).toMatchObject({ cases: 12, refolded: 1 });
    expect((await look()).broken).toBe(0);
  });

  it('[BK3] the sample cases fold as FOLD_VERSION says: another fold is another version', () => {
    const { events, salts } = sampleCountyEvents();
    const byCase = Map.groupBy(events, ({ caseId }) => caseId);
    const folded = [...byCase].map(([caseId, own]) => {
      const rows = own.map(({ stamp, ...body }): EventRow => ({
        ...{ ...body, kind: 'event', tag: '', h: '' as never, dv: 'dv' as DeviceId, ds: 0 },
        ...{ seq: stamp.seq ?? 0, receivedAt: stamp.receivedAt as Instant },
        ...{ actor: stamp.actor, offset: stamp.clockOffsetSeconds },
      }));
      const record = freshRecord('230278000000', { caseId, salt: salts.get(caseId) ?? '' }, rows);
      return { caseId, file: record?.file, columns: record?.columns };
    });
    const print = createHash('sha256').update(canonical(JSON.parse(JSON.stringify(folded))));
    expect(folded.length).toBeGreaterThanOrEqual(20);
    // Has this changed? Then raise FOLD_VERSION by one and put both here.
    expect([FOLD_VERSION, print.digest('hex').slice(0, 16)]).toEqual([3, 'ef631ef2d8a3f5ee']);
  });
});
