import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kysely, sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import type { CaseId, Instant, PersonId } from '../../src/lib/domain/values.ts';
import { purgeAudit } from '../../src/lib/server/jobs/audit-purge.ts';
import { noFindings } from '../../src/lib/server/jobs/findings.ts';
import { verifyAudit } from '../../src/lib/server/jobs/verify-audit.ts';
import { sqlCountyStore } from '../../src/lib/server/store/county-store-sql.ts';
import { migrateForward } from '../../src/lib/server/store/migrate.ts';
import * as first from '../../src/lib/server/store/migrations/0001-county.ts';
import * as chain from '../../src/lib/server/store/migrations/0006-audit-chain.ts';
import { openPostgres } from '../../src/lib/server/store/postgres.ts';
import { openSqlite, sqliteDialect } from '../../src/lib/server/store/sqlite.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { freshDatabase } from '../postgres.ts';

const COUNTY = '230278000000';
const root = mkdtempSync(path.join(tmpdir(), 'daiban-chain-'));
const onPostgres = process.env['DAIBAN_TEST_PG'] !== undefined;
let opened = 0;
const open: Kysely<CountyTables>[] = [];
afterAll(async () => {
  for (const db of open) await db.destroy();
  rmSync(root, { recursive: true, force: true });
});

async function database(url?: string): Promise<Kysely<CountyTables>> {
  opened += 1;
  const file = path.join(root, `${opened}.sqlite`);
  const postgres = onPostgres ? await openPostgres(url ?? (await freshDatabase())) : null;
  if (postgres !== null && !postgres.ok) throw new Error(postgres.error);
  const dialect = postgres?.value.dialect ?? sqliteDialect(openSqlite(file));
  const db = new Kysely<CountyTables>({ dialect });
  open.push(db);
  return db;
}

const storeOf = (db: Kysely<CountyTables>) => sqlCountyStore(db, { lockHead: onPostgres });
const line = (n: number, at = '2026-06-08T02:00:00Z') => ({
  ...{ at: at as Instant, personId: 'wang' as PersonId, role: 'O1', action: 'view.logged' },
  ...{ caseId: `case${n}` as CaseId, note: 'P3', why: `第${n}回：村民来问` },
});

async function county(lines = 12) {
  const db = await database();
  await migrateForward(db);
  const store = storeOf(db);
  for (let n = 1; n <= lines; n++)
    await store.transact(COUNTY, (tx) => tx.write({ audit: [line(n), line(n)] }));
  return { db, store };
}

async function look(db: Kysely<CountyTables>) {
  const findings = noFindings();
  const seen = await verifyAudit(db, findings);
  return { ...findings, ...seen };
}

describe('the chain of the audit', { timeout: 60_000 }, () => {
  it('[AU100] a sound chain is followed from its first line to its head', async () => {
    const { db } = await county();
    const seen = await look(db);
    expect(seen).toMatchObject({ broken: 0, faults: [], lines: 24, attempts: 24, minimum: 24 });
    expect(seen.heads).toEqual([
      { county: COUNTY, n: 24, tag: expect.stringMatching(/^[\w-]{43}$/) },
    ]);
  });

  const HARM = [
    ['a word', "UPDATE audit SET why = '没啥' WHERE n = 7", 'audit line 7 is not what was written'],
    ['who', "UPDATE audit SET person_id = 'li' WHERE n = 1", 'audit line 1 is not what'],
    ['when', "UPDATE audit SET at = '2026-06-09T02:00:00Z' WHERE n = 24", 'audit line 24 is not'],
    ['a line out of the middle', 'DELETE FROM audit WHERE n = 9', 'line 10 comes behind line 8'],
    ['the last line', 'DELETE FROM audit WHERE n = 24', 'ends at line 23, 24 were written'],
    ['the first lines', 'DELETE FROM audit WHERE n < 4', 'lines 1 to 3 are gone and no line says'],
    [
      'two lines changed about',
      'UPDATE audit SET n = 99 WHERE n = 5; UPDATE audit SET n = 5 WHERE n = 6; UPDATE audit SET n = 6 WHERE n = 99',
      'audit line 5 is not',
    ],
    ['everything', 'DELETE FROM audit', 'ends at line 0, 24 were written'],
  ] as const;
  it.each(HARM)('[AU100] %s that is altered by hand is seen', async (what, harm, fault) => {
    const { db } = await county();
    for (const one of harm.split(';')) await sql.raw(one).execute(db);
    const seen = await look(db);
    expect(seen.broken, what).toBeGreaterThan(0);
    expect(seen.faults.join('\n')).toContain(fault);
  });

  it('[AU101] odd letters in a reason break neither the line nor the chain', async () => {
    const { db, store } = await county(0);
    const odd = `a\0b\ud800c𠮷\u202e`;
    await store.transact(COUNTY, (tx) =>
      tx.write({ audit: [{ ...line(1), why: odd, note: odd }] }),
    );
    const row = await db.selectFrom('audit').select(['why', 'note']).executeTakeFirstOrThrow();
    expect(row).toEqual({ why: 'ab\ufffdc𠮷\u202e', note: 'ab\ufffdc𠮷\u202e' });
    expect((await look(db)).broken).toBe(0);
  });

  it('[AU102] a transaction that fails takes its line along, and the chain goes on', async () => {
    const { db, store } = await county(1);
    const all = await Promise.allSettled(
      Array.from({ length: 40 }, (_, n) =>
        store.transact(COUNTY, async (tx) => {
          await tx.write({ audit: [line(n)] });
          if (n % 4 === 3) throw new Error('no');
        }),
      ),
    );
    expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    expect(await look(db)).toMatchObject({ broken: 0, lines: 2 + 30 });
  });

  it('[AU103] the lines of before are chained, also of a program that ran beside', async () => {
    const db = await database();
    const bare = db as unknown as Kysely<unknown>;
    await first.up(bare);
    const old = (n: number) =>
      sql`INSERT INTO audit (county, n, at, person_id, action, case_id, note)
      VALUES (${COUNTY}, ${n}, '2026-06-08T02:00:00Z', 'wang', 'view.logged', NULL, 'P3')`.execute(
        db,
      );
    for (const n of [1, 2, 3]) await old(n);
    await db.insertInto('counters').values({ county: COUNTY, name: 'audit', value: 3 }).execute();
    expect(await look(db)).toMatchObject({ broken: 0, lines: 0 });
    await chain.up(bare);
    expect(await look(db)).toMatchObject({ broken: 0, lines: 3 });
    await old(4);
    await db.updateTable('counters').set({ value: 4 }).execute();
    expect((await look(db)).broken).toBe(1);
    await storeOf(db).transact(COUNTY, (tx) => tx.write({ audit: [line(5)] }));
    expect(await look(db)).toMatchObject({ broken: 0, lines: 5 });
  });
});

describe('what is taken away', { timeout: 60_000 }, () => {
  const NOW = '2026-12-31T00:00:00Z' as Instant;
  const aged = async () => {
    const { db, store } = await county(0);
    const times = ['2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z'];
    for (const at of [...times, '2026-08-01T00:00:00Z', '2026-01-02T00:00:00Z'])
      await store.transact(COUNTY, (tx) => tx.write({ audit: [line(1, at)] }));
    return { db, deps: { db, store, county: COUNTY, now: NOW } };
  };

  it('[AU104] nothing younger than half a year goes, whatever was asked; the rest still holds', async () => {
    const { db, deps } = await aged();
    expect(await purgeAudit(deps, 0)).toBe(3);
    expect(await look(db)).toMatchObject({ broken: 0, lines: 3 });
    expect(await purgeAudit(deps, 0)).toBe(0);
    const later = { ...deps, now: '2027-06-01T00:00:00Z' as Instant };
    expect(await purgeAudit(later, 0)).toBe(2);
    expect(await look(db)).toMatchObject({ broken: 0, lines: 2 });
    expect(await purgeAudit({ ...deps, now: '2040-01-01T00:00:00Z' as Instant }, 9_999)).toBe(0);
  });

  it('[AU104] more than was said, or too early, is seen', async () => {
    const { db, deps } = await aged();
    await purgeAudit(deps, 0);
    await sql`DELETE FROM audit WHERE n = 4`.execute(db);
    expect((await look(db)).faults.join()).toContain('lines 1 to 4 are gone and no line says');
    const early = await county(0);
    const { store } = early;
    await store.transact(COUNTY, (tx) => tx.write({ audit: [line(1, '2026-12-01T00:00:00Z')] }));
    const row = await early.db.selectFrom('audit').selectAll().executeTakeFirstOrThrow();
    const note = JSON.stringify({ upTo: 1, tag: row.tag, lastAt: row.at });
    const told = { ...line(2, NOW), action: 'audit.purged', note };
    await store.transact(COUNTY, (tx) => tx.write({ audit: [told], auditDrop: 1 }));
    expect((await look(early.db)).faults.join()).toContain('before half a year');
  });
});
