import { createHash, randomBytes } from 'node:crypto';
import { type AccountDeps, countAccounts, createAccount, type NewAccount } from './accounts.ts';

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

interface FirstAdmin {
  readonly userName: string;
  readonly name: string;
  readonly passphrase: string;
  /** Makes the account with its line of the audit; without it the account alone. */
  readonly make?: (account: NewAccount) => Promise<unknown>;
}

/** Who made the first account. */
export const BY_SETUP = 'setup';

/** Spends the word and makes the administrator; false when the word is no good. */
export async function useSetupToken(
  deps: AccountDeps,
  token: string,
  { make, ...admin }: FirstAdmin,
): Promise<boolean> {
  if (!(await setupTokenIsGood(deps, token))) return false;
  const spent = await deps.db
    .updateTable('setup_link')
    .set({ used_at: deps.now() })
    .where('token_hash', '=', hashOf(token))
    .where('used_at', 'is', null)
    .executeTakeFirst();
  if (spent.numUpdatedRows === 0n) return false;
  const account = { ...admin, grants: [{ role: 'ADMIN' }] };
  await (make?.(account) ?? createAccount(deps, account, BY_SETUP));
  return true;
}
