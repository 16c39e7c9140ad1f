/**
 * 重新开锁: an agent lost his card and forgot his sentence. Director or administrator begins; two
 * holders of sheets, each signed in as himself, seal theirs to the page that opens; only then the
 * county gives that page its half of the vault's key. What comes back is the id of a new card and a
 * slip that opens nothing without it (`protocol/reopen.ts`).
 *
 *     open ──two sheets──▶ made ──the tablet names the new card──▶ used
 *       └──────────────── ended, or an hour, or thirty days ────────┘
 *
 * Sheets are taken away as soon as it is no longer open. Every step is an audit line.
 */
import * as z from 'zod';
import type { Subject } from '../../domain/permissions.ts';
import { fromBase64Url } from '../../protocol/bytes.ts';
import { readSlip, SHEETS_MINUTES, SLIP_DAYS } from '../../protocol/reopen.ts';
import { isRecipientKey } from '../../protocol/sealed.ts';
import { rolesAt } from '../auth/subject.ts';
import type { DeskDeps } from '../desk/deps.ts';
import { may } from '../desk/see.ts';
import { cards, noteCard, revokeCard } from '../desk/tablet-locks.ts';
import { areOneHand } from '../settings/account-resets.ts';
import { keep, lastKept, lastKeptUnder, type SettingsDeps } from '../settings/kept.ts';
import { keptVault, type KeptVault } from './kept-vaults.ts';
import { recoveryKeys } from './officer-key-rows.ts';

const PREFIX = 'reopening.';
const SHEET = 'reopening_sheet.';
/** Sheets that open. */
export const SHEETS_NEEDED = 2;
/** Characters of why a lock is opened anew. */
export const REOPEN_REASON_MAX = 200;
const DAY_MS = 86_400_000;

const storedSchema = z.object({
  state: z.enum(['open', 'made', 'used', 'ended']),
  vaultId: z.string(),
  dv: z.string(),
  /** The agent whose lock it is. */
  personId: z.string(),
  by: z.string(),
  at: z.string(),
  reason: z.string(),
  /** Public key of the page that opens. */
  to: z.string(),
  /** Who gave a sheet; written when it is no longer open. */
  holders: z.array(z.string()),
  cardId: z.string(),
  slip: z.string(),
});
export type Reopening = z.infer<typeof storedSchema>;
const sheetSchema = z.object({ keyId: z.string(), sealed: z.string().regex(/^[\w-]{80,400}$/) });
export type Sheet = z.infer<typeof sheetSchema> & { readonly personId: string };

const ID = /^[\w-]{22}$/;

const begins = (by: Subject, deps: DeskDeps): boolean =>
  rolesAt(by, deps.now()).some((role) => role === 'O5' || role === 'ADMIN');

/** What keeping and telling the audit needs; an endpoint of the tablets has no more. */
export type KeepDeps = Pick<DeskDeps, 'db' | 'county' | 'store' | 'now'>;

async function write(
  deps: KeepDeps,
  by: Subject,
  [id, word, step]: readonly [id: string, word: Reopening, step: string],
): Promise<void> {
  const [at, { personId }] = [deps.now(), by];
  const { vaultId, dv, reason, cardId } = word;
  const of = { id, vaultId, dv, of: word.personId, reason, cardId };
  const role = rolesAt(by, at).join(',');
  const line = { at, personId, role, caseId: null, note: JSON.stringify(of) };
  const kept = [{ name: PREFIX + id, value: JSON.stringify(word), at, personId }];
  await deps.store.transact(deps.county, (tx) =>
    tx.write({ kept, audit: [{ ...line, action: `vault_reopen.${step}` }] }),
  );
}

const isLate = ({ at, state }: Reopening, now: string): boolean => {
  const age = Date.parse(now) - Date.parse(at);
  return age > (state === 'open' ? SHEETS_MINUTES * 60_000 : SLIP_DAYS * DAY_MS);
};

/** Every opening, an open one that waited too long as ended. */
export async function reopenings(
  deps: Omit<KeepDeps, 'store'>,
): Promise<ReadonlyMap<string, Reopening>> {
  const [all, now] = [new Map<string, Reopening>(), deps.now()];
  for (const [id, row] of await lastKeptUnder(deps, PREFIX)) {
    const read = storedSchema.safeParse(JSON.parse(row.value));
    if (!read.success) continue;
    const isOver = isLate(read.data, now) && ['open', 'made'].includes(read.data.state);
    all.set(id, isOver ? { ...read.data, state: 'ended', slip: '' } : read.data);
    if (isOver && read.data.state === 'open') await dropSheets(deps, id);
  }
  return all;
}

/** The sheets that were given for an opening, one a person. */
export async function sheetsOf(deps: SettingsDeps, id: string): Promise<readonly Sheet[]> {
  const found: Sheet[] = [];
  for (const [personId, row] of await lastKeptUnder(deps, `${SHEET}${id}.`)) {
    const read = sheetSchema.safeParse(JSON.parse(row.value));
    if (read.success) found.push({ ...read.data, personId });
  }
  return found;
}

/** They are sealed to a page that is gone; nothing of a key stays all the same. */
async function dropSheets({ db, county }: SettingsDeps, id: string): Promise<void> {
  await db
    .deleteFrom('county_setting')
    .where('county', '=', county)
    .where('name', 'like', `${SHEET}${id}.%`)
    .execute();
}

/** Begins; answers the id, or null: not his to begin, no such vault, or one is open for it. */
export async function startReopening(
  deps: DeskDeps,
  by: Subject,
  of: { readonly id: string; readonly vaultId: string; reason: string; readonly to: string },
): Promise<boolean> {
  const reason = of.reason.trim().slice(0, REOPEN_REASON_MAX);
  const vault = await keptVault(deps, of.vaultId);
  const to = fromBase64Url(of.to);
  if (!begins(by, deps) || !vault || reason === '' || !ID.test(of.id)) return false;
  if (!to || !isRecipientKey(to) || (await lastKept(deps, PREFIX + of.id))) return false;
  const others = [...(await reopenings(deps)).values()];
  if (others.some(({ state, vaultId }) => state === 'open' && vaultId === of.vaultId)) return false;
  const word: Reopening = {
    ...{ state: 'open', vaultId: of.vaultId, dv: vault.dv, personId: vault.personId },
    ...{ by: by.personId, at: deps.now(), reason, to: of.to, holders: [], cardId: '', slip: '' },
  };
  await write(deps, by, [of.id, word, 'started']);
  return true;
}

async function openOne(deps: DeskDeps, id: string): Promise<Reopening | null> {
  const one = (await reopenings(deps)).get(id);
  return one?.state === 'open' ? one : null;
}

/** One sheet of one person, sealed to the page that opens; a second one of his replaces it. */
export async function giveSheet(
  deps: DeskDeps,
  by: Subject,
  of: { readonly id: string; readonly keyId: string; readonly sealed: string },
): Promise<boolean> {
  const one = await openOne(deps, of.id);
  const sheet = sheetSchema.safeParse(of);
  if (!one || !sheet.success || !may(deps, by, ['device.view', null])) return false;
  const vault = await keptVault(deps, one.vaultId);
  if (!vault?.wraps.some(({ keyId }) => keyId === of.keyId)) return false;
  await write(deps, by, [of.id, one, 'sheet']);
  const { personId } = by;
  const name = `${SHEET}${of.id}.${personId}`;
  await keep(deps, { name, value: sheet.data }, { personId, at: deps.now() });
  return true;
}

/** What the page that began opens with. */
export interface Opening {
  readonly vaultId: string;
  readonly wraps: KeptVault['wraps'];
  /** Public halves of the recovery keys, by key id. */
  readonly keys: Readonly<Record<string, string>>;
  readonly sheets: readonly Sheet[];
  readonly until: number;
}

/** Two people with sheets, neither of whom has the other's account in his hand. */
async function areTwo(deps: DeskDeps, people: readonly string[]): Promise<boolean> {
  if (people.length < SHEETS_NEEDED) return false;
  const now = deps.now();
  for (const [at, one] of people.entries())
    for (const other of people.slice(at + 1))
      if (!(await areOneHand(deps, [one, other], now))) return true;
  return false;
}

/** The county's half, to who began it and only when two people have each given a sheet. */
export async function openReopening(
  deps: DeskDeps,
  by: Subject,
  id: string,
): Promise<Opening | null> {
  const one = await openOne(deps, id);
  if (!one || one.by !== by.personId || !begins(by, deps)) return null;
  const [sheets, vault] = [await sheetsOf(deps, id), await keptVault(deps, one.vaultId)];
  const people = new Set(sheets.map(({ personId }) => personId));
  if (!vault || !(await areTwo(deps, [...people]))) return null;
  await write(deps, by, [id, one, 'opened']);
  const keys = Object.fromEntries(await recoveryKeys(deps));
  const until = Math.floor(Date.parse(one.at) / DAY_MS) + SLIP_DAYS;
  return { vaultId: one.vaultId, wraps: vault.wraps, keys, sheets, until };
}

/** The new card and its slip are made: the cards before are void, the sheets are gone. */
export async function madeReopening(
  deps: DeskDeps,
  by: Subject,
  of: { readonly id: string; readonly cardId: string; readonly slip: string },
): Promise<boolean> {
  const one = await openOne(deps, of.id);
  if (!one || one.by !== by.personId || !(await readSlip(of.slip))) return false;
  const holders = (await sheetsOf(deps, of.id)).map(({ personId }) => personId);
  const now = { personId: by.personId, at: deps.now() };
  if (holders.length < SHEETS_NEEDED) return false;
  if (!(await noteCard(deps, { cardId: of.cardId, personId: one.personId }, now))) return false;
  const made = { ...one, state: 'made' as const, holders, cardId: of.cardId, slip: of.slip };
  await write(deps, by, [of.id, made, 'made']);
  await dropSheets(deps, of.id);
  const before = (await keptVault(deps, one.vaultId))?.cards ?? [];
  const alive = (await cards(deps)).filter((c) => !c.revoked && before.includes(c.cardId));
  for (const { cardId } of alive) await revokeCard(deps, { cardId, reason: one.reason }, now);
  return true;
}

/** Given up, or taken back before the tablet used it: then the new card is void, too. */
export async function endReopening(deps: DeskDeps, by: Subject, id: string): Promise<boolean> {
  const one = (await reopenings(deps)).get(id);
  if (!one || !begins(by, deps) || !['open', 'made'].includes(one.state)) return false;
  const holders = [...one.holders, ...(await sheetsOf(deps, id)).map((s) => s.personId)];
  await write(deps, by, [id, { ...one, state: 'ended', holders, slip: '' }, 'ended']);
  await dropSheets(deps, id);
  const { cardId, reason } = one;
  const now = { personId: by.personId, at: deps.now() };
  if (cardId !== '') await revokeCard(deps, { cardId, reason }, now);
  return true;
}

/** The slip that waits for a vault of this person; null: none, used, or too late. */
export async function slipFor(
  deps: Omit<KeepDeps, 'store'>,
  of: { readonly vaultId: string; readonly personId: string },
): Promise<string | null> {
  const all = [...(await reopenings(deps)).values()].filter(
    (one) => one.state === 'made' && one.vaultId === of.vaultId && one.personId === of.personId,
  );
  return all.sort((a, b) => (a.at < b.at ? 1 : -1))[0]?.slip ?? null;
}

/** The tablet names the cards that open its vault: a slip whose card is among them was used. */
export async function noteUsed(
  deps: KeepDeps,
  by: Subject,
  of: { readonly vaultId: string; readonly cards: readonly string[] },
): Promise<void> {
  for (const [id, one] of await reopenings(deps))
    if (one.state === 'made' && one.vaultId === of.vaultId && of.cards.includes(one.cardId))
      await write(deps, by, [id, { ...one, state: 'used', slip: '' }, 'used']);
}
