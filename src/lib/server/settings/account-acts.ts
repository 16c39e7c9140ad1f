/**
 * What an administrator does to the account of another: each in one transaction with its lines of
 * the audit. A passphrase or second factor that somebody else sets gives him no more than the
 * account had alone (`account-resets.ts`), and takes its owner off the sealed list.
 */
import type { Kysely } from 'kysely';
import type { Subject } from '../../domain/permissions.ts';
import type { PersonId } from '../../domain/values.ts';
import { createLogin, grantsFor, moveGrants, type NewAccount } from '../auth/accounts.ts';
import { hashPassphrase } from '../auth/password.ts';
import type { AuthTables } from '../auth/tables.ts';
import { voidAll } from '../keys/enrol-codes.ts';
import type { Room } from '../room.ts';
import type { CountyTables } from '../store/tables.ts';
import { accountLine } from './account-notes.ts';
import { ACCOUNT_RESET, type AccountReset } from './account-resets.ts';
import { inOne } from './in-one.ts';
import { keep } from './kept.ts';
import { takenOff } from './sealed-list.ts';

type Deps = Pick<Room, 'accounts' | 'desk' | 'container'>;
type Trx = Kysely<AuthTables>;

/** What the reset does to the login itself. */
async function setLogin(
  trx: Trx,
  { personId, hash, kind }: { personId: string; hash: string | null; kind: string },
): Promise<void> {
  if (hash === null) {
    await trx.deleteFrom('twoFactor').where('userId', '=', personId).execute();
    // better-auth's own column: a truth value there, a number on SQLite.
    const off = kind === 'postgres' ? false : 0;
    const set = trx.updateTable('user').set({ twoFactorEnabled: off });
    await set.where('id', '=', personId).execute();
  } else {
    const login = trx.updateTable('account').set({ password: hash });
    await login.where('userId', '=', personId).where('providerId', '=', 'credential').execute();
  }
  await trx.deleteFrom('session').where('userId', '=', personId).execute();
}

/**
 * Sets a new passphrase for somebody, or takes his second factor off (`passphrase` null). His
 * sessions end, he is off the sealed list, and codes for his tablets that are open are void.
 */
export async function resetAccount(
  { accounts, desk, container }: Deps,
  by: Subject,
  { personId, passphrase }: { readonly personId: string; readonly passphrase: string | null },
): Promise<void> {
  const hash = passphrase === null ? null : await hashPassphrase(passphrase);
  const what = hash === null ? 'second_factor' : 'passphrase';
  const [at, own] = [desk.now(), by.personId === personId];
  await inOne(container, async (all) => {
    const trx = all as unknown as Trx;
    const place = { db: all as unknown as Kysely<CountyTables>, county: desk.county };
    await setLogin(trx, { personId, hash, kind: container.database.kind });
    const line = accountLine(at, by, { action: `account.${what}`, personId });
    if (own) return { value: null, audit: [line] };
    const off = await takenOff({ ...accounts, db: trx }, { by, personId, county: desk.county });
    const codes = await voidAll(place, personId, { personId: by.personId, at });
    const reset: AccountReset = { by: by.personId, what, at, letIn: [] };
    const name = ACCOUNT_RESET + personId;
    await keep(place, { name, value: reset }, { personId: by.personId, at });
    return { value: null, audit: [line, ...off, ...codes] };
  });
}

/**
 * Makes an account. The login without passphrase and rights comes first, and opens nothing; what
 * opens something stands in one commit with the line. Throws when the user name is taken.
 */
export async function addAccount(
  { accounts, desk, container }: Deps,
  by: Subject,
  account: NewAccount & { readonly note: string },
): Promise<PersonId> {
  const hash = await hashPassphrase(account.passphrase);
  const personId = await createLogin(accounts, account);
  const at = desk.now();
  await inOne(container, async (all) => {
    const trx = all as unknown as Trx;
    const now = container.database.kind === 'postgres' ? new Date(at) : at;
    const own = { id: personId, userId: personId, accountId: personId };
    const login = { ...own, providerId: 'credential', password: hash };
    await trx
      .insertInto('account')
      .values({ ...login, createdAt: now, updatedAt: now })
      .execute();
    // One that was begun before may have had another name.
    const named = trx.updateTable('user').set({ name: account.name });
    await named.where('id', '=', personId).execute();
    const { grants, note } = account;
    const given = grantsFor({ personId, grants, madeBy: by.personId }, at);
    await trx.insertInto('account_grant').values(given).execute();
    const what = { action: 'account.made' as const, personId, note, given };
    return { value: null, audit: [accountLine(at, by, what)] };
  });
  return personId;
}

/** 换村 with its line; false: nothing to move, and nothing is told. */
export function moveAccount(
  { accounts, desk, container }: Deps,
  by: Subject,
  { personId, areaCode }: { readonly personId: string; readonly areaCode: string },
): Promise<boolean> {
  return inOne(container, async (all) => {
    const deps = { ...accounts, db: all as unknown as Trx };
    const given = await moveGrants(deps, { personId, areaCode, madeBy: by.personId });
    if (given === null) return { value: false, audit: [] };
    const what = { action: 'account.moved' as const, personId, note: areaCode, given };
    return { value: true, audit: [accountLine(desk.now(), by, what)] };
  });
}
