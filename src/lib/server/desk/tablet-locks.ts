/**
 * 锁: what the county says to the vault of a tablet (停用, 报丢) and which cards on a lanyard it has
 * printed and revoked. The secret of a card is made and printed in a browser and is never here.
 *
 *     desk ──setBar, noteCard──▶ kept rows ──lockWord──▶ answer of the next exchange ──▶ tablet
 *              └─ lost: every session of its person ends; a barred device is shown nothing
 */
import * as z from 'zod';
import type { PersonId } from '../../domain/values.ts';
import type { LockSaid } from '../../protocol/sync.ts';
import { keep, lastKept, lastKeptUnder, type By, type SettingsDeps } from '../settings/kept.ts';
import type { AuditRow } from '../../ports/county-store.ts';
import type { DeskDeps } from './deps.ts';
import { typedReason } from './typed-reason.ts';

const BAR = 'vault_bar.';
const CARD = 'vault_card.';
/** Characters of why a tablet was locked or a card revoked. */
export const LOCK_REASON_MAX = 200;

/** revoked: this agent works on it no more; lost: nobody knows in whose hands it is. */
export const BARS = ['revoked', 'lost'] as const;
export type Bar = (typeof BARS)[number];

const barSchema = z.object({ bar: z.nullable(z.enum(BARS)), reason: z.string() });
const cardSchema = z.object({ personId: z.string(), revoked: z.boolean(), reason: z.string() });
const CARD_ID = /^[\w-]{16}$/;

/** What stands about one tablet or one card, with who said it and when. */
interface Said {
  readonly reason: string;
  readonly at: string;
  readonly by: string;
}
export interface BarLine extends Said {
  readonly bar: Bar | null;
}
export interface CardLine extends Said {
  readonly cardId: string;
  readonly personId: string;
  readonly revoked: boolean;
}

/** Bars by device id; a row that cannot be read bars, because that costs the least. */
export async function bars(deps: SettingsDeps): Promise<ReadonlyMap<string, BarLine>> {
  const all = new Map<string, BarLine>();
  for (const [dv, row] of await lastKeptUnder(deps, BAR)) {
    const read = barSchema.safeParse(JSON.parse(row.value));
    const { bar, reason } = read.success ? read.data : { bar: 'revoked' as const, reason: '' };
    all.set(dv, { bar, reason, at: row.changed_at, by: row.changed_by });
  }
  return all;
}

/** Every card that was printed here or named by a tablet, the newest first. */
export async function cards(deps: SettingsDeps): Promise<readonly CardLine[]> {
  const all: CardLine[] = [];
  for (const [cardId, row] of await lastKeptUnder(deps, CARD)) {
    const read = cardSchema.safeParse(JSON.parse(row.value));
    if (read.success) all.push({ cardId, ...read.data, at: row.changed_at, by: row.changed_by });
  }
  return all.sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** What the next answer tells the tablet; nothing for most. */
export async function lockWord(
  deps: SettingsDeps,
  of: { readonly dv: string; readonly personId: string },
): Promise<{ readonly bar?: Bar; readonly cards?: string[] }> {
  const row = await lastKept(deps, `${BAR}${of.dv}`);
  const read = row && barSchema.safeParse(JSON.parse(row.value));
  const bar = read && (read.success ? read.data.bar : ('revoked' as const));
  const own = (await cards(deps)).filter((c) => c.revoked && c.personId === of.personId);
  return {
    ...(bar ? { bar } : {}),
    ...(own.length > 0 ? { cards: own.map(({ cardId }) => cardId) } : {}),
  };
}

/**
 * The same for a tablet whose session is refused, by its device id alone: 128 random bits that only
 * the tablet knows. Null: there is no such device.
 */
export async function lockSaid(
  deps: SettingsDeps & Pick<DeskDeps, 'db'>,
  dv: string,
): Promise<LockSaid | null> {
  const personId = await ownerOf(deps, dv);
  if (personId === undefined) return null;
  const { bar = null, cards: dead } = await lockWord(deps, { dv, personId });
  return { bar, ...(dead ? { cards: dead } : {}) };
}

type AuditDeps = Pick<DeskDeps, 'db' | 'county' | 'store'>;

/** What is kept and its line of the audit, in one commit. */
const audited = async (
  deps: AuditDeps,
  { personId, at }: By,
  what: {
    readonly action: string;
    readonly note: unknown;
    readonly kept: readonly { readonly name: string; readonly value: unknown }[];
  },
): Promise<void> => {
  const { action } = what;
  const line = { at, personId, action, caseId: null, note: JSON.stringify(what.note) };
  const kept = what.kept.map(({ name, value }) => {
    return { name, value: JSON.stringify(value), at, personId };
  });
  await deps.store.transact(deps.county, (tx) => tx.write({ kept, audit: [line] }));
};

/** What the audit calls it: lost, stopped and let open again are three things and read as three. */
const lineOf = (bar: Bar | null): string => `device.${bar ?? 'freed'}`;

/** Locks or frees a tablet that is known here; false without a reason in words, or for an unknown one. */
export async function setBar(
  deps: DeskDeps,
  of: { readonly dv: string; readonly bar: string; readonly reason: string },
  by: By,
): Promise<boolean> {
  const reason = typedReason(of.reason, LOCK_REASON_MAX);
  const bar = of.bar === '' ? null : BARS.find((one) => one === of.bar);
  if (reason === null || bar === undefined) return false;
  const owner = await ownerOf(deps, of.dv);
  if (owner === undefined) return false;
  const ids = await sameTablet(deps, { dv: of.dv, personId: owner });
  const also = ids.length > 1 ? { also: ids.slice(1) } : {};
  const note = { dv: of.dv, bar, reason, ...also };
  const kept = ids.map((dv) => ({ name: `${BAR}${dv}`, value: { bar, reason } }));
  await audited(deps, by, { action: lineOf(bar), note, kept });
  // Which sessions began on it nobody can tell; his other tablets ask him to sign in again.
  if (bar === 'lost') await deps.endSessions(owner);
  return true;
}

async function ownerOf(
  { db, county }: Pick<DeskDeps, 'db' | 'county'>,
  dv: string,
): Promise<string | undefined> {
  const found = await db
    .selectFrom('devices')
    .select('person_id')
    .where('county', '=', county)
    .where('dv', '=', dv)
    .executeTakeFirst();
  return found?.person_id;
}

const barLine = (
  { personId, at }: By,
  note: { readonly dv: string; readonly bar: Bar | null; readonly reason: string },
): AuditRow => ({
  ...{ at, personId, action: lineOf(note.bar), caseId: null, note: JSON.stringify(note) },
});

/** Bars every tablet of a person that is not barred: with his account his vaults are shut. */
export async function barAll(
  place: SettingsDeps & Pick<DeskDeps, 'db'>,
  { personId, reason }: { readonly personId: string; readonly reason: string },
  by: By,
): Promise<{ readonly dvs: readonly string[]; readonly audit: readonly AuditRow[] }> {
  const known = await bars(place);
  const rows = await place.db
    .selectFrom('devices')
    .select('dv')
    .where('county', '=', place.county)
    .where('person_id', '=', personId)
    .execute();
  const dvs = rows.map(({ dv }) => dv).filter((dv) => (known.get(dv)?.bar ?? null) === null);
  const value = { bar: 'revoked' as const, reason };
  for (const dv of dvs) await keep(place, { name: `${BAR}${dv}`, value }, by);
  return { dvs, audit: dvs.map((dv) => barLine(by, { dv, ...value })) };
}

/** Lifts those of these bars that still stand as `barAll` set them. */
export async function freeAll(
  place: SettingsDeps,
  { dvs, reason }: { readonly dvs: readonly string[]; readonly reason: string },
  by: By,
): Promise<readonly AuditRow[]> {
  const known = await bars(place);
  const own = dvs.filter((dv) => {
    const line = known.get(dv);
    return line?.bar === 'revoked' && line.reason === reason;
  });
  const value = { bar: null, reason };
  for (const dv of own) await keep(place, { name: `${BAR}${dv}`, value }, by);
  return own.map((dv) => barLine(by, { dv, ...value }));
}

const renumberedSchema = z.object({ dv: z.string(), was: z.string() });

/** This device id, and those that it had before or took since by its pass: one tablet. */
async function sameTablet(
  { db, county }: DeskDeps,
  { dv, personId }: { readonly dv: string; readonly personId: string },
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('audit')
    .select('note')
    .where('county', '=', county)
    .where('action', '=', 'device.renumbered')
    .where('person_id', '=', personId)
    .execute();
  const pairs = rows.flatMap(({ note }) => {
    const read = renumberedSchema.safeParse(JSON.parse(note ?? 'null'));
    return read.success ? [[read.data.dv, read.data.was] as const] : [];
  });
  const ids = new Set([dv]);
  // A set that grows while it is gone through: also what came of what came of it.
  for (const one of ids)
    for (const [next, was] of pairs)
      if (was === one) ids.add(next);
      else if (next === one) ids.add(was);
  return [...ids];
}

/** Notes a card that is being printed for somebody who works here; its id says nothing of it. */
export async function noteCard(
  deps: DeskDeps,
  of: { readonly cardId: string; readonly personId: string },
  by: By,
): Promise<boolean> {
  const { cardId } = of;
  const colleague = (await deps.colleagues()).find(({ personId }) => personId === of.personId);
  const there = CARD_ID.test(cardId) ? await lastKept(deps, `${CARD}${cardId}`) : 'shape';
  if (there !== undefined || !colleague?.roles.includes('A')) return false;
  const { personId } = colleague;
  const value = { personId, revoked: false, reason: '' };
  const kept = [{ name: `${CARD}${cardId}`, value }];
  await audited(deps, by, { action: 'device.card_printed', note: { cardId, personId }, kept });
  return true;
}

/** 作废: the card opens nothing from the tablet's next contact on; there is no way back. */
export async function revokeCard(
  deps: AuditDeps,
  of: { readonly cardId: string; readonly reason: string },
  by: By,
): Promise<boolean> {
  const reason = of.reason.trim().slice(0, LOCK_REASON_MAX);
  const card = (await cards(deps)).find(({ cardId }) => cardId === of.cardId);
  if (!card || card.revoked || reason === '') return false;
  const { cardId, personId } = card;
  const value = { personId: personId as PersonId, revoked: true, reason };
  const kept = [{ name: `${CARD}${cardId}`, value }];
  const note = { cardId, personId, reason };
  await audited(deps, by, { action: 'device.card_revoked', note, kept });
  return true;
}

/** What is known of a card; null: it was never printed or named here. */
export async function knownCard(
  deps: SettingsDeps,
  cardId: string,
): Promise<{ readonly personId: string; readonly revoked: boolean } | null> {
  const row = await lastKept(deps, `${CARD}${cardId}`);
  const read = row && cardSchema.safeParse(JSON.parse(row.value));
  return read?.success ? read.data : null;
}

/** A card that a tablet made itself, or names as the one it was made with. */
export async function nameCard(
  deps: SettingsDeps,
  { cardId, personId }: { readonly cardId: string; readonly personId: PersonId },
  by: By,
): Promise<void> {
  if (await knownCard(deps, cardId)) return;
  await keep(
    deps,
    { name: `${CARD}${cardId}`, value: { personId, revoked: false, reason: '' } },
    by,
  );
}
