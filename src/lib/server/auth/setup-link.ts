import { createHash, randomBytes } from 'node:crypto';
import { type AccountDeps, countAccounts, createAccount } from './accounts.ts';

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');

/** A set-up link is good for this long. */
const VALID_HOURS = 24;

/**
 * Makes the word of a one-time link for the first administrator, or null when accounts exist.
 * The caller prints `${ORIGIN}/desk/setup?t=<word>`; earlier links stop working.
 */
export async function makeSetupToken(deps: AccountDeps): Promise<string | null> {
  if ((await countAccounts(deps.db)) > 0) return null;
  const token = randomBytes(24).toString('base64url');
  await deps.db.deleteFrom('setup_link').execute();
  await deps.db
    .insertInto('setup_link')
    .values({ token_hash: hashOf(token), made_at: deps.now(), used_at: null })
    .execute();
  return token;
}

/** Whether a word is still good: known, unused, young, and nobody has an account yet. */
export async function setupTokenIsGood(deps: AccountDeps, token: string): Promise<boolean> {
  const row = await deps.db
    .selectFrom('setup_link')
    .selectAll()
    .where('token_hash', '=', hashOf(token))
    .executeTakeFirst();
  if (!row || row.used_at !== null) return false;
  const ageMs = Date.parse(deps.now()) - Date.parse(row.made_at);
  return ageMs <= VALID_HOURS * 3_600_000 && (await countAccounts(deps.db)) === 0;
}

/** Spends the word and makes the administrator; false when the word is no good. */
export async function useSetupToken(
  deps: AccountDeps,
  token: string,
  admin: { userName: string; name: string; passphrase: string },
): Promise<boolean> {
  if (!(await setupTokenIsGood(deps, token))) return false;
  const spent = await deps.db
    .updateTable('setup_link')
    .set({ used_at: deps.now() })
    .where('token_hash', '=', hashOf(token))
    .where('used_at', 'is', null)
    .executeTakeFirst();
  if (spent.numUpdatedRows === 0n) return false;
  await createAccount(deps, { ...admin, grants: [{ role: 'ADMIN' }] }, 'setup');
  return true;
}
