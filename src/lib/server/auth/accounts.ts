import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Instant, PersonId } from '../../domain/values.ts';
import type { Auth } from './auth.ts';
import { hashPassphrase } from './password.ts';
import type { AccountGrantTable, AuthTables } from './tables.ts';

/** What accounts need from the world. */
export interface AccountDeps {
  readonly db: Kysely<AuthTables>;
  readonly auth: Auth;
  now(): Instant;
}

/** One line of the grant table as an administrator writes it. */
export interface NewGrant {
  readonly role: string;
  readonly areaCode?: string;
  readonly unitId?: string;
  readonly sealedList?: boolean;
  readonly from?: Instant;
  readonly to?: Instant;
}

export interface NewAccount {
  /** Given only where other records already name the person (the sample county). */
  readonly personId?: string;
  readonly userName: string;
  readonly name: string;
  readonly passphrase: string;
  readonly grants: readonly NewGrant[];
}

export interface AccountRow {
  readonly personId: PersonId;
  readonly userName: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly secondFactor: boolean;
  readonly grants: readonly AccountGrantTable[];
}

/**
 * Makes the login without passphrase and rights: it opens nothing. One that was begun and never
 * finished is taken up again. Throws when the user name is somebody's.
 */
export async function createLogin(
  deps: AccountDeps,
  account: Pick<NewAccount, 'personId' | 'userName' | 'name'>,
): Promise<PersonId> {
  const begun = await begunLogin(deps.db, account.userName);
  if (begun !== null) return begun;
  const context = await deps.auth.$context;
  const id = account.personId ?? randomBytes(16).toString('base64url');
  const user = await context.internalAdapter.createUser(
    {
      id,
      name: account.name,
      // better-auth wants an address; nobody is ever written to.
      email: `${Buffer.from(account.userName).toString('hex')}@invalid`,
      emailVerified: true,
      username: account.userName,
      role: 'user',
    },
    { method: 'admin' },
  );
  return user.id as PersonId;
}

/** A login of that name that has neither passphrase nor any right. */
async function begunLogin(db: Kysely<AuthTables>, userName: string): Promise<PersonId | null> {
  const found = await db
    .selectFrom('user')
    .select('id')
    .where('username', '=', userName.toLowerCase())
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('account').select('id').whereRef('account.userId', '=', 'user.id'))),
    )
    .executeTakeFirst();
  if (found === undefined) return null;
  return (await grantRowsOf(db, found.id)).length === 0 ? (found.id as PersonId) : null;
}

/** Makes an account with its passphrase and grants; throws when the user name is taken. */
export async function createAccount(
  deps: AccountDeps,
  account: NewAccount,
  madeBy: string,
): Promise<PersonId> {
  const context = await deps.auth.$context;
  const id = await createLogin(deps, account);
  await context.internalAdapter.linkAccount({
    userId: id,
    accountId: id,
    providerId: 'credential',
    password: await hashPassphrase(account.passphrase),
  });
  await addGrants(deps, { personId: id, grants: account.grants, madeBy });
  return id;
}

interface GrantsOf {
  readonly personId: string;
  readonly grants: readonly NewGrant[];
  readonly madeBy: string;
}

/** The rows of new grants. */
export const grantsFor = ({ personId, grants, madeBy }: GrantsOf, now: Instant) =>
  grants.map((grant) => ({
    id: randomBytes(16).toString('base64url'),
    person_id: personId,
    role: grant.role,
    area_code: grant.areaCode ?? null,
    unit_id: grant.unitId ?? null,
    sealed_list: grant.sealedList ? 1 : 0,
    from_at: grant.from ?? now,
    to_at: grant.to ?? null,
    made_by: madeBy,
    made_at: now,
  }));

/** Adds grants and answers their rows; existing ones stay until they are ended. */
export async function addGrants(
  deps: AccountDeps,
  input: GrantsOf,
): Promise<readonly AccountGrantTable[]> {
  const rows = grantsFor(input, deps.now());
  if (rows.length > 0) await deps.db.insertInto('account_grant').values(rows).execute();
  return rows;
}

/** Ends one running grant now; the row stays, so that old acts can be judged by their time. */
export async function endGrant(deps: AccountDeps, grantId: string): Promise<boolean> {
  const now = deps.now();
  const done = await deps.db
    .updateTable('account_grant')
    .set({ to_at: now })
    .where('id', '=', grantId)
    .where((row) => row.or([row('to_at', 'is', null), row('to_at', '>', now)]))
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Roles of the field: what they may do follows the village, and villages change hands. */
const FIELD_ROLES = ['A', 'T'];

/**
 * 换村: from now on the person's field grants are for this area alone. The new one begins before the
 * old ones end, so that nobody stands without a right in between. Answers the new ones; null: nothing to move.
 */
export async function moveGrants(
  deps: AccountDeps,
  { personId, areaCode, madeBy }: { personId: string; areaCode: string; madeBy: string },
): Promise<readonly AccountGrantTable[] | null> {
  const now = deps.now();
  const running = (await grantRowsOf(deps.db, personId)).filter(
    (row) => FIELD_ROLES.includes(row.role) && (row.to_at === null || row.to_at > now),
  );
  const elsewhere = running.filter((row) => row.area_code !== areaCode);
  if (elsewhere.length === 0) return null;
  const here = running.filter((row) => row.area_code === areaCode).map(({ role }) => role);
  const roles = new Set(elsewhere.map(({ role }) => role).filter((role) => !here.includes(role)));
  const grants = [...roles].map((role) => ({ role, areaCode }));
  const given = await addGrants(deps, { personId, grants, madeBy });
  for (const { id } of elsewhere) await endGrant(deps, id);
  return given;
}

/** All grants of a person, ended ones too: `can()` judges by time. */
export function grantRowsOf(
  db: Kysely<AuthTables>,
  personId: string,
): Promise<AccountGrantTable[]> {
  return db
    .selectFrom('account_grant')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('from_at')
    .execute();
}

/** Every account with its grants, by user name; for the administrator's page. */
export async function listAccounts(db: Kysely<AuthTables>): Promise<AccountRow[]> {
  const users = await db
    .selectFrom('user')
    .select(['id', 'name', 'username', 'banned', 'twoFactorEnabled'])
    .orderBy('username')
    .execute();
  const grants = await db.selectFrom('account_grant').selectAll().orderBy('from_at').execute();
  return users.map((user) => ({
    personId: user.id as PersonId,
    userName: user.username ?? '',
    name: user.name,
    disabled: Boolean(user.banned),
    secondFactor: Boolean(user.twoFactorEnabled),
    grants: grants.filter((grant) => grant.person_id === user.id),
  }));
}

/** Closes or opens an account; closing ends its sessions at once. */
export async function setDisabled(
  deps: AccountDeps,
  personId: string,
  disabled: boolean,
): Promise<void> {
  const context = await deps.auth.$context;
  await context.internalAdapter.updateUser(personId, { banned: disabled });
  if (disabled) await context.internalAdapter.deleteUserSessions(personId);
}

/** Sets a new passphrase for somebody else and ends their sessions. */
export async function resetPassphrase(
  deps: AccountDeps,
  personId: string,
  passphrase: string,
): Promise<void> {
  const context = await deps.auth.$context;
  await context.internalAdapter.updatePassword(personId, await hashPassphrase(passphrase));
  await context.internalAdapter.deleteUserSessions(personId);
}

/** How many accounts exist; 0 means that the first administrator is still to come. */
export async function countAccounts(db: Kysely<AuthTables>): Promise<number> {
  const row = await db
    .selectFrom('user')
    .select((eb) => eb.fn.countAll().as('n'))
    .executeTakeFirstOrThrow();
  return Number(row.n);
}
