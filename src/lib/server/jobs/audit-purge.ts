/** 留痕保存: what is older than the county keeps it goes, and the chain says so. */
import type { Kysely } from 'kysely';
import * as z from 'zod/mini';
import type { Instant, PersonId } from '../../domain/values.ts';
import type { CountyStore } from '../../ports/county-store.ts';
import { num } from '../store/rows.ts';
import type { CountyTables } from '../store/tables.ts';

/** Nobody may set it shorter. Source: 网络安全法 art. 23: at least six months. */
export const AUDIT_KEEP_DAYS_MIN = 184;
/** Three years, as PIPL art. 56 wants of assessments. */
export const AUDIT_KEEP_DAYS = 1_100;
/** Action of the line that tells of it. */
export const PURGED = 'audit.purged';
const DAY_MS = 86_400_000;

const purge = z.strictObject({ upTo: z.int(), tag: z.string(), lastAt: z.string() });
/** What was taken away: up to which line, with which tag and time that line ended. */
export type Purge = z.infer<typeof purge>;

/** The note of such a line; null when it is none. */
export function readPurge(note: string): Purge | null {
  try {
    return purge.parse(JSON.parse(note));
  } catch {
    return null;
  }
}

/** The county whose audit it is, and today. */
export interface PurgeDeps {
  readonly db: Kysely<CountyTables>;
  readonly store: CountyStore;
  readonly county: string;
  readonly now: Instant;
}

/**
 * Takes away the lines older than `days` (never fewer than the law's half year), in one commit
 * with a line that carries the tag on which the rest stands; says how many went.
 */
export async function purgeAudit(
  { db, store, county, now }: PurgeDeps,
  days: number,
): Promise<number> {
  const keep = Math.max(days, AUDIT_KEEP_DAYS_MIN);
  const before = new Date(Date.parse(now) - keep * DAY_MS).toISOString();
  const of = () => db.selectFrom('audit').where('county', '=', county);
  // Times need not rise with the lines: up to the first that is young enough to stay.
  const stays = of().select('n').where('at', '>=', before).orderBy('n').limit(1);
  const young = await stays.executeTakeFirst();
  const old = of().select(['n', 'tag']).orderBy('n', 'desc').limit(1);
  const last = await (
    young === undefined ? old : old.where('n', '<', num(young.n))
  ).executeTakeFirst();
  if (last === undefined) return 0;
  const upTo = num(last.n);
  const gone = of().select(({ fn }) => [fn.countAll().as('count'), fn.max('at').as('at')]);
  const { count, at } = await gone.where('n', '<=', upTo).executeTakeFirstOrThrow();
  const note = JSON.stringify({ upTo, tag: last.tag, lastAt: at } satisfies Purge);
  const line = { at: now, personId: 'system' as PersonId, action: PURGED, caseId: null, note };
  await store.transact(county, (tx) => tx.write({ audit: [line], auditDrop: upTo }));
  return num(count);
}
