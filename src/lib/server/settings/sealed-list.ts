/**
 * 密封白名单: nobody gets on it by one person's hand. Administrator or director propose, another of
 * them confirms, neither for himself; coming off it takes one hand.
 *
 *     nothing ─ proposed (X) ─► confirmed (Y ≠ X, both ≠ him) ─► on the list ─ ended ─► nothing
 *                    └────────► refused, or taken back by X
 */
import type { Kysely } from 'kysely';
import * as z from 'zod';
import { isInForce, type Subject } from '../../domain/permissions.ts';
import type { Instant, PersonId } from '../../domain/values.ts';
import type { AuditRow } from '../../ports/county-store.ts';
import {
  type AccountDeps,
  addGrants,
  endGrant,
  grantRowsOf,
  listAccounts,
} from '../auth/accounts.ts';
import { colleaguesOf, grantOf, rolesAt } from '../auth/subject.ts';
import type { AccountGrantTable, AuthTables } from '../auth/tables.ts';
import type { Room } from '../room.ts';
import type { CountyTables } from '../store/tables.ts';
import { accountLine, type AccountNote } from './account-notes.ts';
import { areOneHand } from './account-resets.ts';
import { inOne } from './in-one.ts';
import { keep, lastKeptUnder } from './kept.ts';

type ListDeps = Pick<Room, 'accounts' | 'desk' | 'container'>;

const PREFIX = 'sealed_list.';
const storedSchema = z.object({
  state: z.enum(['proposed', 'confirmed', 'refused', 'ended']),
  /** Who proposed. */
  by: z.string(),
});
type Stored = z.infer<typeof storedSchema>;

/** Somebody who is on the list, or shall be; all names as the accounts have them. */
export interface SealedLine {
  readonly personId: string;
  readonly name: string;
  readonly role: string;
  /** On the list since, or proposed at. */
  readonly at: string;
  /** Empty when nobody proposed him here: the first ones of a county. */
  readonly proposedBy: string;
  readonly confirmedBy: string;
  /** Whether the reader may confirm it, refuse it, or end it. */
  readonly mayConfirm: boolean;
  readonly mayEnd: boolean;
}

/** The list as one reader sees it. */
export interface SealedListView {
  readonly listed: readonly SealedLine[];
  readonly proposed: readonly SealedLine[];
  /** Whom he may propose; empty for those who only read. */
  readonly candidates: readonly { readonly value: string; readonly word: string }[];
}

/** Why nothing was done. */
export type ListRefusal = 'none' | 'own' | 'second' | 'there';

/** Director and administrator: who may propose and confirm. */
const NAMERS = ['O5', 'ADMIN'];
const mayName = (roles: readonly string[]): boolean => roles.some((r) => NAMERS.includes(r));
/** Whether this person may propose, confirm, refuse and end. */
export const namesSealed = (person: Subject, now: Parameters<typeof rolesAt>[1]): boolean =>
  mayName(rolesAt(person, now));

/** Grants of the county office in force; only these can carry the list. */
function officeGrants(rows: readonly AccountGrantTable[], now: Parameters<typeof isInForce>[1]) {
  return rows.filter((row) => {
    const grant = grantOf(row);
    return grant !== null && grant.role.startsWith('O') && isInForce(grant, now);
  });
}
const isListed = (row: AccountGrantTable): boolean => row.sealed_list === 1;

async function stored({ desk }: ListDeps) {
  const found = new Map<string, Stored & { at: string; who: string; n: number }>();
  for (const [personId, row] of await lastKeptUnder(desk, PREFIX)) {
    const read = storedSchema.safeParse(JSON.parse(row.value));
    const told = { at: row.changed_at, who: row.changed_by, n: Number(row.n) };
    if (read.success) found.set(personId, { ...read.data, ...told });
  }
  return found;
}

/** The list for the settings page; null for whoever is neither on it nor names who is. */
export async function sealedListFor(
  deps: ListDeps,
  person: Subject,
): Promise<SealedListView | null> {
  const now = deps.desk.now();
  const names = namesSealed(person, now);
  const [accounts, words] = await Promise.all([listAccounts(deps.accounts.db), stored(deps)]);
  const nameOf = (id: string) => accounts.find((one) => one.personId === id)?.name ?? '';
  const lines = accounts.flatMap((one) => {
    const own = officeGrants(one.grants, now);
    const [first] = own;
    if (one.disabled || first === undefined) return [];
    const grant = own.find(isListed);
    const word = words.get(one.personId);
    const isOpen = grant === undefined && word?.state === 'proposed';
    const isOther = names && person.personId !== one.personId;
    const by = word?.state === 'confirmed' || isOpen ? word : undefined;
    const line: SealedLine = {
      ...{ personId: one.personId, name: one.name, role: (grant ?? first).role },
      at: grant?.from_at ?? word?.at ?? '',
      proposedBy: nameOf(by?.by ?? ''),
      confirmedBy: by?.state === 'confirmed' ? nameOf(by.who) : '',
      mayConfirm: isOther && isOpen && word.by !== person.personId,
      mayEnd: names && (isOpen || grant !== undefined),
    };
    return [{ line, isOpen, isOn: grant !== undefined }];
  });
  const listed = lines.filter(({ isOn }) => isOn).map(({ line }) => line);
  if (!names && !listed.some(({ personId }) => personId === person.personId)) return null;
  return {
    listed,
    proposed: lines.filter(({ isOpen }) => isOpen).map(({ line }) => line),
    candidates: lines
      .filter(({ isOn, isOpen, line }) => !isOn && !isOpen && line.personId !== person.personId)
      .filter(() => names)
      .map(({ line }) => ({ value: line.personId, word: line.name })),
  };
}

/** The word, what else the step does, and the line of the audit, in one commit. */
function write(
  { desk, container }: ListDeps,
  by: Subject,
  of: {
    readonly personId: string;
    readonly word: Stored;
    /** Answers the rights that it gives. */
    readonly also?: (trx: Kysely<AuthTables>) => Promise<readonly AccountGrantTable[]>;
  },
): Promise<null> {
  const { personId, word, also } = of;
  const at = desk.now();
  return inOne(container, async (trx) => {
    const given = await also?.(trx as unknown as Kysely<AuthTables>);
    const place = { db: trx as unknown as Kysely<CountyTables>, county: desk.county };
    const what = { name: `${PREFIX}${personId}`, value: word };
    await keep(place, what, { personId: by.personId, at });
    return { value: null, audit: [lineOf(at, by, { personId, word, ...(given && { given }) })] };
  });
}

const lineOf = (
  at: Instant,
  by: Subject,
  { word, ...of }: Pick<AccountNote, 'personId' | 'given'> & { readonly word: Stored },
): AuditRow => accountLine(at, by, { ...of, action: `sealed_list.${word.state}`, note: word.by });

/** Proposes a person of the county office; nothing is opened by it. Null: done. */
export async function proposeSealed(
  deps: ListDeps,
  by: Subject,
  personId: string,
): Promise<ListRefusal | null> {
  if (!namesSealed(by, deps.desk.now())) return 'none';
  if (personId === by.personId) return 'own';
  const view = await sealedListFor(deps, by);
  if ([...(view?.listed ?? []), ...(view?.proposed ?? [])].some((l) => l.personId === personId))
    return 'there';
  if (!view?.candidates.some(({ value }) => value === personId)) return 'none';
  return write(deps, by, { personId, word: { state: 'proposed', by: by.personId } });
}

/** A second person with the right puts him on the list; pressed twice it is one grant. */
export async function confirmSealed(
  deps: ListDeps,
  by: Subject,
  personId: string,
): Promise<ListRefusal | null> {
  const now = deps.desk.now();
  if (!namesSealed(by, now)) return 'none';
  if (personId === by.personId) return 'own';
  const open = (await stored(deps)).get(personId);
  if (open?.state !== 'proposed') return 'none';
  // Whoever set the passphrase of one of them is no second person beside him.
  const hands = [open.by, by.personId] as const;
  if (await areOneHand(deps.desk, hands, now)) return 'second';
  if (await areOneHand(deps.desk, [personId, by.personId], now)) return 'second';
  if (await areOneHand(deps.desk, [personId, open.by], now)) return 'second';
  const people = await colleaguesOf(deps.accounts.db, now);
  const proposer = people.find((one) => one.personId === open.by);
  // Whoever lost the right meanwhile has proposed nothing.
  if (proposer === undefined || !mayName(proposer.roles)) return 'none';
  if (!people.some((one) => one.personId === personId)) return 'none';
  const [grant] = officeGrants(await grantRowsOf(deps.accounts.db, personId), now);
  if (grant === undefined) return 'none';
  const word: Stored = { state: 'confirmed', by: open.by };
  const id = `${PREFIX}${personId}.${open.n}`;
  const made = { made_by: by.personId, made_at: now };
  const listed = { ...grant, id, sealed_list: 1, from_at: now, ...made };
  const also = async (trx: Kysely<AuthTables>) => {
    const into = trx.insertInto('account_grant').values(listed);
    await into.onConflict((on) => on.column('id').doNothing()).execute();
    return [listed];
  };
  return write(deps, by, { personId, word, also });
}

/** Takes a proposal back, refuses it, or takes somebody off the list: one person is enough. */
export async function endSealed(
  deps: ListDeps,
  by: Subject,
  personId: string,
): Promise<ListRefusal | null> {
  const now = deps.desk.now();
  if (!namesSealed(by, now)) return 'none';
  const own = officeGrants(await grantRowsOf(deps.accounts.db, personId), now);
  const listed = own.filter(isListed);
  const open = (await stored(deps)).get(personId);
  if (listed.length === 0 && open?.state !== 'proposed') return 'none';
  const state = listed.length > 0 ? 'ended' : 'refused';
  const word: Stored = { state, by: open?.by ?? '' };
  const also = async (trx: Kysely<AuthTables>) =>
    (await unlist({ ...deps.accounts, db: trx }, personId, by)) ?? [];
  return write(deps, by, { personId, word, also });
}

/** Takes the list from his grants; what else he may do stays: those rights. Null: he was not on it. */
async function unlist(
  accounts: AccountDeps,
  personId: string,
  by: Subject,
): Promise<readonly AccountGrantTable[] | null> {
  const own = officeGrants(await grantRowsOf(accounts.db, personId), accounts.now());
  const listed = own.filter(isListed);
  const given: AccountGrantTable[] = [];
  for (const row of listed) {
    const keepsRole = own.some((one) => !isListed(one) && one.role === row.role);
    if (!keepsRole) given.push(...(await addGrants(accounts, plainGrant(row, by))));
    await endGrant(accounts, row.id);
  }
  return listed.length > 0 ? given : null;
}

/**
 * Off the list because of something else that is done to his account, in that transaction; answers
 * the line of the audit, none when he was not on it.
 */
export async function takenOff(
  accounts: AccountDeps,
  { by, personId, county }: { by: Subject; personId: string; county: string },
): Promise<readonly AuditRow[]> {
  const given = await unlist(accounts, personId, by);
  if (given === null) return [];
  const [at, word] = [accounts.now(), { state: 'ended' as const, by: '' }];
  const place = { db: accounts.db as unknown as Kysely<CountyTables>, county };
  await keep(place, { name: `${PREFIX}${personId}`, value: word }, { personId: by.personId, at });
  return [lineOf(at, by, { personId, word, given })];
}

/** The same right without the list. */
const plainGrant = (row: AccountGrantTable, by: Subject) => ({
  personId: row.person_id as PersonId,
  madeBy: by.personId,
  grants: [
    {
      role: row.role,
      ...(row.area_code === null ? {} : { areaCode: row.area_code }),
      ...(row.unit_id === null ? {} : { unitId: row.unit_id }),
    },
  ],
});
