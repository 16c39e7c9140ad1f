/**
 * `CountyStore` over Kysely. Bodies that wait while a transaction runs are put together into the
 * next one (group commit): each under its own savepoint, one durable commit for all, and only
 * then does any of them resolve.
 *
 *     transact ──► waiting[] ──► BEGIN ─ lock ─ savepoint ─ body ─ release ─ … ─ COMMIT ──► resolve all
 *                                                  └─ throws: rollback to savepoint, reject that one
 *
 * SQLite has one writer for everything, so all counties share its commits. PostgreSQL has one per
 * county: the group holds the county's head row from its first read on, because what a body reads
 * (is this id here, how does the case stand) decides what it writes, on whichever node it runs.
 */
import { sql, type Kysely, type Transaction } from 'kysely';
import type { CountyCode, CountyStore, CountyTx } from '../../ports/county-store.ts';
import { GENESIS_TAG } from '../../protocol/hash.ts';
import { caseReads, deviceReads, historyReads, visibilityReads } from './county-reads.ts';
import { writeBatch } from './county-writes.ts';
import { feedReads } from './feed-reads.ts';
import type { AtRest } from '../sealing/at-rest.ts';
import type { CountyTables } from './tables.ts';

/** Bodies in one commit. */
const GROUP_MAX = 64;
/**
 * Turns of the event loop that a group waits for the bodies that are on their way: a driver that
 * never waits for a disk would otherwise commit each alone, while the others are still being read.
 * Without others a turn costs microseconds.
 */
const GATHER_TURNS = 3;

/** What differs between databases. */
export interface SqlTraits {
  /** Other processes write too: the head row is locked by hand, and counties go side by side. */
  readonly lockHead: boolean;
  /** Hears, under the lock, when the last row of the log was received: no later one is earlier. */
  readonly notBefore?: (receivedAt: string) => void;
  /** How words of sealed cases lie in the tables; without it as all others. */
  readonly atRest?: AtRest;
  /** Hears, after the commit, of cases whose words were in clear before it. */
  readonly rewritten?: (cases: readonly string[]) => void;
}

interface Waiting {
  readonly county: CountyCode;
  readonly run: (trx: Transaction<CountyTables>) => Promise<void>;
  readonly committed: () => void;
  readonly failed: (error: unknown) => void;
}

const countyTx = (
  db: Transaction<CountyTables>,
  county: CountyCode,
  { atRest = null }: { readonly atRest?: AtRest | null },
): CountyTx => ({
  ...historyReads(db, county),
  ...deviceReads(db, county),
  ...caseReads(db, county),
  ...visibilityReads(db, county),
  ...feedReads(db, county),
  write: (batch) => writeBatch({ db, county, atRest }, batch),
});

/** Runs the bodies; answers those that stand, having told the others why not. */
async function runGroup(
  trx: Transaction<CountyTables>,
  group: readonly Waiting[],
): Promise<readonly Waiting[]> {
  const [only] = group;
  if (only !== undefined && group.length === 1) {
    // Nobody beside it: its failure takes the whole transaction along.
    await only.run(trx);
    return group;
  }
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

/** Takes the county's head row for this transaction; a county that has none yet gets it here. */
async function lockCounty(
  trx: Transaction<CountyTables>,
  county: CountyCode,
  { notBefore }: SqlTraits,
): Promise<void> {
  const of = trx.selectFrom('log_head').select('seq').where('county', '=', county).forUpdate();
  let head = await of.executeTakeFirst();
  if (head === undefined) {
    const first = { county, seq: 0, tag: GENESIS_TAG, safe: 0 };
    const into = trx.insertInto('log_head').values(first);
    await into.onConflict((on) => on.column('county').doNothing()).execute();
    head = await of.executeTakeFirstOrThrow();
  }
  if (notBefore === undefined) return;
  const last = trx.selectFrom('log').select('received_at').where('county', '=', county);
  const row = await last.where('seq', '=', head.seq).executeTakeFirst();
  if (row !== undefined) notBefore(row.received_at);
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One queue with its group commits. */
function queueOf(db: Kysely<CountyTables>, traits: SqlTraits) {
  const waiting: Waiting[] = [];
  let working: Promise<void> | undefined;

  const commit = (group: readonly Waiting[]) =>
    db.transaction().execute(async (trx) => {
      const county = group[0]?.county;
      if (traits.lockHead && county !== undefined) await lockCounty(trx, county, traits);
      return runGroup(trx, group);
    });

  async function gathered(): Promise<void> {
    let quiet = 0;
    while (quiet < GATHER_TURNS && waiting.length < GROUP_MAX) {
      const before = waiting.length;
      await turn();
      quiet = waiting.length > before ? 0 : quiet + 1;
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      await gathered();
      const group = waiting.splice(0, GROUP_MAX);
      try {
        const standing = await commit(group);
        const sealed = traits.atRest?.takeRewritten() ?? [];
        if (sealed.length > 0) traits.rewritten?.(sealed);
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
    add: (one: Waiting): void => {
      waiting.push(one);
      working ??= drain();
    },
    idle: async () => working,
  };
}

/** The store over an open, migrated database. */
export function sqlCountyStore(db: Kysely<CountyTables>, traits: SqlTraits): CountyStore {
  const queues = new Map<CountyCode, ReturnType<typeof queueOf>>();
  const queueFor = (county: CountyCode) => {
    const name = traits.lockHead ? county : '';
    const queue = queues.get(name) ?? queueOf(db, traits);
    queues.set(name, queue);
    return queue;
  };
  return {
    transact: (county, body) => {
      type Value = Awaited<ReturnType<typeof body>>;
      const { promise, resolve, reject } = Promise.withResolvers<Value>();
      let value: { readonly is: Value } | undefined;
      queueFor(county).add({
        county,
        run: async (trx) => {
          value = { is: await body(countyTx(trx, county, traits)) };
        },
        committed: () => {
          if (value === undefined) reject(new Error('invariant: committed before it ran'));
          else resolve(value.is);
        },
        failed: reject,
      });
      return promise;
    },
    close: async () => {
      await Promise.all([...queues.values()].map((queue) => queue.idle()));
      await db.destroy();
    },
  };
}
