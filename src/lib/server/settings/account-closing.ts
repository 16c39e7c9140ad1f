/**
 * 停用 of an account, and opening it again: login, sessions, rights and tablets in one commit with
 * their lines.
 *
 *     close ─▶ no sign-in · sessions over · rights end now · his tablets are barred (停用)
 *     open  ─▶ the same rights again from now, without the sealed list · those bars are lifted
 *
 * Rights that ended stay as rows: what he recorded before is judged by them, what came after waits
 * (K10), whoever brings it.
 */
import type { Kysely } from 'kysely';
import * as z from 'zod';
import type { Subject } from '../../domain/permissions.ts';
import type { Instant, PersonId } from '../../domain/values.ts';
import type { AuditRow } from '../../ports/county-store.ts';
import { type AccountDeps, grantRowsOf, grantsFor } from '../auth/accounts.ts';
import type { AccountGrantTable, AuthTables } from '../auth/tables.ts';
import { barAll, freeAll } from '../desk/tablet-locks.ts';
import type { Room } from '../room.ts';
import type { CountyTables } from '../store/tables.ts';
import { accountLine } from './account-notes.ts';
import { inOne } from './in-one.ts';
import { keep, lastKept, type By, type SettingsDeps } from './kept.ts';
import { takenOff } from './sealed-list.ts';

const CLOSED = 'account_closed.';
/** What the bars say that a closing sets. */
const REASON = '账号停用';

const closedSchema = z.object({
  /** Rights that this closing ended, and until when they would have lasted. */
  grants: z.array(z.object({ id: z.string(), to: z.nullable(z.string()) })),
  /** Device ids that it barred. */
  bars: z.array(z.string()),
});
type Closed = z.infer<typeof closedSchema>;
const NOTHING: Closed = { grants: [], bars: [] };

type Trx = Kysely<AuthTables>;
type Deps = Pick<Room, 'accounts' | 'desk' | 'container'>;

/** Better-auth's own column: a truth value there, a number on SQLite. */
async function setBanned(
  trx: Trx,
  { personId, banned, kind }: { personId: string; banned: boolean; kind: string },
): Promise<void> {
  const value = kind === 'postgres' ? banned : Number(banned);
  await trx.updateTable('user').set({ banned: value }).where('id', '=', personId).execute();
}

async function endRights(trx: Trx, personId: string, now: Instant): Promise<Closed['grants']> {
  const running = (await grantRowsOf(trx, personId)).filter(
    ({ to_at: to }) => to === null || to > now,
  );
  const ended = trx.updateTable('account_grant').set({ to_at: now });
  for (const { id } of running) await ended.where('id', '=', id).execute();
  return running.map(({ id, to_at: to }) => ({ id, to }));
}

/** Characters of why an account was closed. */
export const CLOSE_REASON_MAX = 200;

/** Closes the account of somebody else; why stands in the line of the audit. */
export function closeAccount(
  { accounts, desk, container }: Deps,
  by: Subject,
  { personId, why }: { readonly personId: string; readonly why: string },
): Promise<void> {
  const at = desk.now();
  const whose = { personId: by.personId, at };
  return inOne(container, async (all) => {
    const trx = all as unknown as Trx;
    const place = { db: all as unknown as Kysely<CountyTables>, county: desk.county };
    const deps: AccountDeps = { ...accounts, db: trx };
    const line = accountLine(at, by, { action: 'account.closed', personId, why });
    const off = await takenOff(deps, { by, personId, county: desk.county });
    await setBanned(trx, { personId, banned: true, kind: container.database.kind });
    await trx.deleteFrom('session').where('userId', '=', personId).execute();
    const grants = await endRights(trx, personId, at);
    const { dvs, audit } = await barAll(place, { personId, reason: REASON }, whose);
    // Closed twice: what the first one ended is not forgotten.
    const before = await closedBy(place, personId);
    const value: Closed = {
      grants: [...before.grants, ...grants],
      bars: [...before.bars, ...dvs],
    };
    await keep(place, { name: CLOSED + personId, value }, whose);
    return { value: undefined, audit: [line, ...off, ...audit] };
  });
}

async function closedBy(place: SettingsDeps, personId: string): Promise<Closed> {
  const row = await lastKept(place, CLOSED + personId);
  return (row && closedSchema.safeParse(JSON.parse(row.value)).data) ?? NOTHING;
}

/** Rights and tablets as they were before the closing: the rights that begin again, the bars' lines. */
export async function restoreClosed(
  { trx, place }: { readonly trx: Trx; readonly place: SettingsDeps },
  personId: string,
  by: By,
): Promise<{ given: readonly AccountGrantTable[]; audit: readonly AuditRow[] }> {
  const closed = await closedBy(place, personId);
  const until = new Map(closed.grants.map(({ id, to }) => [id, to]));
  const rows = (await grantRowsOf(trx, personId)).filter(({ id }) => until.has(id));
  const grants = rows.flatMap(({ id, role, area_code: area, unit_id: unit }) => {
    const to = until.get(id) ?? null;
    if (to !== null && to <= by.at) return [];
    return {
      ...{ role, ...(area === null ? {} : { areaCode: area }) },
      ...{ ...(unit === null ? {} : { unitId: unit }), ...(to && { to: to as Instant }) },
    };
  });
  const again = grantsFor({ personId, grants, madeBy: by.personId }, by.at);
  if (again.length > 0) await trx.insertInto('account_grant').values(again).execute();
  const audit = await freeAll(place, { dvs: closed.bars, reason: REASON }, by);
  if (closed !== NOTHING) await keep(place, { name: CLOSED + personId, value: NOTHING }, by);
  return { given: again, audit };
}

/** Opens it again; one that is open stays as it is. */
export function openAccount(
  { desk, container }: Deps,
  by: Subject,
  personId: string,
): Promise<void> {
  const at = desk.now();
  return inOne(container, async (all) => {
    const trx = all as unknown as Trx;
    const place = { db: all as unknown as Kysely<CountyTables>, county: desk.county };
    await setBanned(trx, { personId, banned: false, kind: container.database.kind });
    const who = { personId: by.personId as PersonId, at };
    const { given, audit } = await restoreClosed({ trx, place }, personId, who);
    const line = accountLine(at, by, { action: 'account.opened', personId, given });
    return { value: undefined, audit: [line, ...audit] };
  });
}
