/** The limits of the front doors where several nodes serve one county: counted in its database. */
import { createHash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import type { CountyTables } from '../store/tables.ts';
import { LIMITS, refillMs, secondsUntil, type Limit, type Limiter } from './rate-limit.ts';

/** Rows of before say nothing of their limit: they wait as long as the slowest one. */
const SLOWEST_MS = Math.max(...Object.values(LIMITS).map(refillMs));
/** Old buckets are removed with every so many tries of one node. */
export const SWEPT_EVERY = 200;

type Buckets = Kysely<Pick<CountyTables, 'rate_bucket'>>;

/** Nobody needs to read there who tried to sign in; in front of it when the bucket is full again. */
const idOf = (limit: Limit, key: string): string =>
  `${refillMs(limit)}.${createHash('sha256').update(`${limit.name}\n${key}`).digest('base64url')}`;

/** Removes what is full again by its own limit, and nothing else: that forgives nobody. */
const sweep = (db: Buckets, now: number) =>
  sql`delete from rate_bucket where at_ms < cast(${now} as bigint) - case when id ~ '^[0-9]+[.]'
    then cast(split_part(id, '.', 1) as bigint) else cast(${SLOWEST_MS} as bigint) end`.execute(db);

/** Token buckets in one statement each, so that two nodes never give the same token twice. */
export function sharedLimiter(db: Buckets, nowMs: () => number): Limiter {
  let takes = 0;
  return {
    async give(limit, key) {
      const { burst } = limit;
      await sql`update rate_bucket set tokens = case when tokens + 1 < ${burst} then tokens + 1
        else ${burst} end where id = ${idOf(limit, key)}`.execute(db);
    },
    async take(limit, key) {
      const { perMinute, burst } = limit;
      const now = nowMs();
      const real = (value: number) => sql`cast(${value} as double precision)`;
      takes += 1;
      if (takes % SWEPT_EVERY === 0) await sweep(db, now);
      const passed = sql`case when ${real(now)} > b.at_ms then ${real(now)} - b.at_ms else 0 end`;
      const gained = sql`b.tokens + (${passed}) * ${real(perMinute / 60_000)}`;
      const filled = sql`case when ${gained} < ${real(burst)} then ${gained} else ${real(burst)} end`;
      const left = sql`(${filled}) - case when (${filled}) >= 1 then 1 else 0 end`;
      const { rows } = await sql<{ tokens: number; allowed: number }>`
        insert into rate_bucket as b (id, tokens, at_ms, allowed)
        values (${idOf(limit, key)}, ${burst - 1}, ${now}, 1)
        on conflict (id) do update set tokens = ${left}, at_ms = ${now},
          allowed = case when (${filled}) >= 1 then 1 else 0 end
        returning tokens, allowed`.execute(db);
      const [row] = rows;
      return row === undefined || row.allowed === 1 ? 0 : secondsUntil(limit, row.tokens);
    },
  };
}
