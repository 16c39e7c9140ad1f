import { Kysely, sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { sqlCountyStore } from '../../src/lib/server/store/county-store-sql.ts';
import { migrateForward } from '../../src/lib/server/store/migrate.ts';
import { openPostgres } from '../../src/lib/server/store/postgres.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { countyStoreContract } from '../contract/county-store.contract.ts';
import { freshDatabase } from '../postgres.ts';

async function open() {
  const opened = await openPostgres(await freshDatabase());
  if (!opened.ok) throw new Error(opened.error);
  const db = new Kysely<CountyTables>({ dialect: opened.value.dialect });
  await migrateForward(db);
  return { db, store: sqlCountyStore(db, { lockHead: true }) };
}

describe('county store on PostgreSQL', { timeout: 60_000 }, () => {
  countyStoreContract(async () => (await open()).store);

  it('[PG10] counties never wait for each other', async () => {
    const { store } = await open();
    const { promise, resolve } = Promise.withResolvers<void>();
    const slow = store.transact('230278000000', () => promise);
    const other = await store.transact('230279000000', async (tx) => {
      await tx.write({ counters: [{ name: 'x', value: 1 }] });
      return tx.counter('x');
    });
    expect(other).toBe(1);
    resolve();
    await slow;
    await store.close();
  });

  it('[PG10] what waits while one commits goes into the next commit, one failure alone', async () => {
    const { db, store } = await open();
    const spent = async () => {
      const { rows } = await sql<{ n: string }>`select pg_current_xact_id()::text as n`.execute(db);
      return Number(rows[0]?.n);
    };
    const before = await spent();
    const all = await Promise.allSettled(
      Array.from({ length: 100 }, (_, n) =>
        store.transact('230278000000', async (tx) => {
          await tx.write({ counters: [{ name: `c${n}`, value: n + 1 }] });
          if (n % 10 === 9) throw new Error('no');
          return n;
        }),
      ),
    );
    // Every one has a savepoint, and a savepoint that wrote has a number of its own.
    const commits = (await spent()) - before - 1 - 100;
    expect(commits).toBeLessThan(10);
    expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    const kept = await db.selectFrom('counters').select('value').orderBy('value').execute();
    const right = Array.from({ length: 100 }, (_, n) => n + 1).filter((n) => n % 10 !== 0);
    expect(kept.map(({ value }) => value)).toEqual(right);
    await store.close();
  });
});
