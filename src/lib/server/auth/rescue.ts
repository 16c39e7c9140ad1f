/**
 * 账号救急: for who can sign in no more and has nobody to ask: the only administrator without phone
 * and recovery codes, or everybody, when `auth-secret` was lost and no second factor can be read.
 * From the county's own console only; the audit tells it.
 */
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { fail, ok, type PersonId, type Result } from '../../domain/values.ts';
import type { CountyCode, CountyStore } from '../../ports/county-store.ts';
import { type AccountDeps, resetPassphrase, setDisabled } from './accounts.ts';
import { restoreClosed } from '../settings/account-closing.ts';
import type { CountyTables } from '../store/tables.ts';
import { resetSecondFactor } from './second-factor.ts';

/** Nobody's name: who sits at the console is not known here. */
const CONSOLE = 'console' as PersonId;
export const RESCUED = 'account.rescued';

export interface RescueDeps {
  readonly accounts: AccountDeps;
  readonly store: CountyStore;
  readonly county: CountyCode;
}

/**
 * Takes the second factor off, sets a new passphrase, opens the account and ends its sessions; the
 * passphrase is given once. Rights are as they were, those that a closing ended begin again.
 */
export async function rescue(
  { accounts, store, county }: RescueDeps,
  userName: string,
): Promise<Result<{ readonly passphrase: string }, 'NO_SUCH_ACCOUNT'>> {
  const found = await accounts.db
    .selectFrom('user')
    .select('id')
    .where('username', '=', userName.trim().toLowerCase())
    .executeTakeFirst();
  if (found === undefined) return fail('NO_SUCH_ACCOUNT');
  // Told first: a line too many is better than one too few.
  const at = accounts.now();
  const line = { at, personId: CONSOLE, action: RESCUED, caseId: null, note: found.id };
  await store.transact(county, (tx) => tx.write({ audit: [line] }));
  const passphrase = randomBytes(15).toString('base64url');
  await resetPassphrase(accounts, found.id, passphrase);
  await resetSecondFactor(accounts, found.id);
  await setDisabled(accounts, found.id, false);
  const place = { db: accounts.db as unknown as Kysely<CountyTables>, county };
  const by = { personId: CONSOLE, at };
  const { audit } = await restoreClosed({ trx: accounts.db, place }, found.id, by);
  await store.transact(county, (tx) => tx.write({ audit }));
  return ok({ passphrase });
}
