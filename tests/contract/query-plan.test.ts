import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { expect, it } from 'vitest';
import { sqlCountyStore } from '../../src/lib/server/store/county-store-sql.ts';
import { migrateForward } from '../../src/lib/server/store/migrate.ts';
import { openSqlite, sqliteDialect } from '../../src/lib/server/store/sqlite.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { COUNTY } from '../simulation/county.ts';

/** Steps in which SQLite reads all there is: a table, or an index by its county alone. */
function wholeReads(db: DatabaseSync, sql: string, parameters: readonly unknown[]): string[] {
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters.map(String));
  return plan
    .map(({ detail }) => String(detail))
    .filter((step) => /^SCAN |\(county=\?\)$/.test(step));
}

it('[ST81] a query code is looked up by index: no case is read for it that has another', async () => {
  const raw = openSqlite(':memory:');
  const asked: { sql: string; parameters: readonly unknown[] }[] = [];
  const db = new Kysely<CountyTables>({
    dialect: sqliteDialect(raw),
    log: ({ query }) => void asked.push(query),
  });
  await migrateForward(db);
  const store = sqlCountyStore(db, { lockHead: false });
  asked.length = 0;
  await store.transact(COUNTY, (tx) => tx.caseByQueryCode('123456789012'));
  const looks = asked.filter(({ sql }) => sql.includes('query_code'));
  expect(looks).toHaveLength(1);
  for (const { sql, parameters } of looks) {
    expect(wholeReads(raw, sql, parameters)).toEqual([]);
    // The guard itself: what a plain UNION makes of the same question is seen.
    const sorted = sql.replace('union all', 'union');
    expect(sorted).not.toBe(sql);
    expect(wholeReads(raw, sorted, parameters).join()).toContain('cases');
  }
  await store.close();
});
