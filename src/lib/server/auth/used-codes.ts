/** Six digits open once: whoever looked over a shoulder has nothing of them (RFC 6238, 5.2). */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { AuthTables } from './tables.ts';

/** A code is good for the step before, its own and the one after: 90 seconds. Kept a little longer. */
const KEPT_MS = 180_000;

const hashOf = (personId: string, code: string): string =>
  createHash('sha256').update(`${personId}\n${code}`).digest('base64url');

/**
 * Takes a right code for good; false when somebody used it before. One statement decides, so that
 * of two requests at once only one gets it, on whatever node.
 */
export async function takeCode(
  db: Kysely<AuthTables>,
  used: { readonly personId: string; readonly code: string },
  nowMs = Date.now(),
): Promise<boolean> {
  await db
    .deleteFrom('second_factor_used')
    .where('used_at_ms', '<', nowMs - KEPT_MS)
    .execute();
  const done = await db
    .insertInto('second_factor_used')
    .values({ code_hash: hashOf(used.personId, used.code), used_at_ms: nowMs })
    .onConflict((one) => one.column('code_hash').doNothing())
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
}
