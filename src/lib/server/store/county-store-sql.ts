/**
 * `CountyStore` over Kysely. Bodies that wait while a transaction runs are put together into the
 * next one (group commit): each under its own savepoint, one durable commit for all, and only
 * then does any of them resolve.
 *
 *     transact ──► waiting[] ──► BEGIN ─ savepoint ─ body ─ release ─ … ─ COMMIT ──► resolve all
 *                                           └─ throws: rollback to savepoint, reject that one
 */
import { sql, type Kysely, type Transaction } from 'kysely';
import type { CountyCode, CountyStore, CountyTx } from '../../ports/county-store.ts';
import {
  caseReads,
  deviceReads,
  feedReads,
  historyReads,
  visibilityReads,
  type SqlTraits,
} from './county-reads.ts';
import { writeBatch } from './county-writes.ts';
import type { CountyTables } from './tables.ts';

/** Bodies in one commit. */
const GROUP_MAX = 64;

interface Waiting {
  readonly run: (trx: Transaction<CountyTables>) => Promise<void>;
  readonly committed: () => void;
  readonly failed: (error: unknown) => void;
}

const countyTx = (
  db: Transaction<CountyTables>,
  county: CountyCode,
  traits: SqlTraits,
): CountyTx => ({
  ...historyReads(db, county, traits),
  ...deviceReads(db, county),
  ...caseReads(db, county),
  ...visibilityReads(db, county),
  ...feedReads(db, county),
  write: (batch) => writeBatch(db, county, batch),
});

/** Runs the bodies; answers those that stand, having told the others why not. */
async function runGroup(
  trx: Transaction<CountyTables>,
  group: readonly Waiting[],
): Promise<readonly Waiting[]> {
  const standing: Waiting[] = [];
  for (const one of group) {
    await sql`savepoint one`.execute(trx);
    try {
      await one.run(trx);
      standing.push(one);
    } catch (error) {
      // A full disk has rolled back everything: then the whole group fails, and for that reason.
      const back = sql`rollback to savepoint one`.execute(trx);
      await back.catch(() => Promise.reject(error as Error));
      one.failed(error);
    }
    await sql`release savepoint one`.execute(trx);
  }
  return standing;
}

/** The store over an open, migrated database. */
export function sqlCountyStore(db: Kysely<CountyTables>, traits: SqlTraits): CountyStore {
  const waiting: Waiting[] = [];
  let working: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0, GROUP_MAX);
      try {
        const standing = await db.transaction().execute((trx) => runGroup(trx, group));
        for (const one of standing) one.committed();
      } catch (error) {
        // Nothing of the group is on the disk; telling a body twice that it failed is harmless.
        for (const one of group) one.failed(error);
      }
    }
    // Here and not in a `finally`: nobody may slip in between the last look and this line.
    working = undefined;
  }

  return {
    transact: (county, body) => {
      type Value = Awaited<ReturnType<typeof body>>;
      const { promise, resolve, reject } = Promise.withResolvers<Value>();
      let value: { readonly is: Value } | undefined;
      waiting.push({
        run: async (trx) => {
          value = { is: await body(countyTx(trx, county, traits)) };
        },
        committed: () => {
          if (value === undefined) reject(new Error('invariant: committed before it ran'));
          else resolve(value.is);
        },
        failed: reject,
      });
      working ??= drain();
      return promise;
    },
    close: async () => {
      await working;
      await db.destroy();
    },
  };
}
