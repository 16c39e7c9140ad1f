/**
 * A case that is sealed for the county alone: its rows are here until the county has them for good
 * (③), and open for nobody. What stands on the list is the bare entry that was written with 接单.
 *
 *     接单, sealed, sealing key known ─► rows blind + bare entry, one strict transaction
 *         ─► what lay readable before (early events) is sealed anew in the same way (`putAway`)
 */
import { emptyCaseFile, type CaseFile } from '../domain/case-file.ts';
import type { CaseId, Instant } from '../domain/values.ts';
import type { BodySwap, EventRow, MediaRecord, TabletStore } from '../ports/tablet-store.ts';
import type { MediaChunk } from '../ports/tablet-store.ts';
import type { CaseFacts } from './case-facts.ts';
import { casePlace, chunkPlace, eventPlace, mediaPlace } from './places.ts';
import type { SealedCase, SealedEvent } from './sealed-shapes.ts';
import type { SealedMedia } from './sealed-media.ts';
import { isBlind, orTorn, type BlindHand, type Vault } from './vault.ts';

/** From 接单 on nobody at the tablet needs to read it; before, the agent is still asking. */
export const goesAway = ({ sealed, moments }: CaseFile): boolean =>
  sealed !== null && moments.takenAt !== null;

/** The entry without a word of what was said, and without whom it is about. */
export function bareFacts(facts: CaseFacts, { sealed }: Pick<CaseFile, 'sealed'>): CaseFacts {
  return {
    ...facts,
    ...{ matter: '', petitioner: '', sex: null, petitionerCount: 1, place: '', hasPhone: true },
    ...{ flags: ['SEALED'], tasks: [], waits: [], words: '' },
    away: { sealed },
  };
}

/** What an entry says that was lost: the numbers, and the day. */
const lostFacts = (core: SealedCase, takenAt: Instant): CaseFacts => ({
  ...{ kind: 'case', temporaryNumber: core.temporaryNumber ?? '', queryCode: core.queryCode ?? '' },
  ...{ caseNo: null, status: 'SUBMITTED', matter: '', petitioner: '', sex: null },
  ...{ petitionerCount: 1, place: '', areaCode: '' as CaseFacts['areaCode'], hasPhone: true },
  ...{ takenAt, lastActAt: takenAt, flags: ['SEALED'], duties: [], tasks: [], waits: [] },
  ...{ topSeq: 0, words: '', away: { sealed: null } },
});

const DAY_MS = 86_400_000;

/**
 * The bare entry of a case that went away; null for every other case. `kept` is the entry as it was
 * opened, null for one that is torn.
 */
export async function awayFacts(
  vault: Vault,
  of: { readonly kept: CaseFacts | null; readonly core: SealedCase },
  rows: readonly EventRow[],
): Promise<CaseFacts | null> {
  const own = rows.filter(({ dv }) => dv !== '');
  let first = of.kept?.away ? own[0] : undefined;
  for (const row of first ? [] : own) if (!first && (await isBlind(vault, row.body))) first = row;
  if (!first && !of.kept?.away) return null;
  const day = new Date((first?.day ?? 0) * DAY_MS).toISOString() as Instant;
  const facts = of.kept ?? lostFacts(of.core, day);
  // Its rows go when a checked backup has them (③): then no place is left, and none is wanted.
  const gone = own.length === 0 ? Math.max(facts.topSeq, 1) : 0;
  const topSeq = rows.reduce((top, { seq }) => Math.max(top, seq), gone);
  return { ...facts, topSeq, duties: topSeq === 0 ? facts.duties : [] };
}

/** Stands for the fold that nobody here can make: numbers, status, and that it is sealed. */
export function awayFile(
  of: { readonly caseId: string; readonly salt: string },
  facts: CaseFacts,
): CaseFile {
  const file = emptyCaseFile(of.caseId as CaseId, of.salt);
  const { temporaryNumber: temporaryNo, queryCode, status, takenAt, areaCode } = facts;
  return {
    ...file,
    ...{ status: status as CaseFile['status'], sealed: facts.away?.sealed ?? null },
    moments: { ...file.moments, takenAt },
    head: { ...file.head, areaCode: areaCode || null },
    numbers: { ...file.numbers, temporaryNo, queryCode },
    lastActAt: facts.lastActAt,
  };
}

/** A file that is still here in a form that this vault opens, and the same sealed blind. */
export interface Resealed {
  readonly record: MediaRecord;
  readonly chunks: readonly MediaChunk[];
}

interface Stored {
  readonly store: TabletStore;
  readonly vault: Vault;
}

/** A captured file sealed blind, for the transaction that names it; null: a part of it is torn. */
export async function blindFile(
  { store, vault }: Stored,
  hand: BlindHand,
  { record, meta }: { readonly record: MediaRecord; readonly meta: SealedMedia },
): Promise<Resealed | null> {
  const chunks: MediaChunk[] = [];
  for (let n = 0; n < record.chunks; n++) {
    const body = await store.chunk(record.id, n);
    const place = chunkPlace(record.id, n);
    const bytes = body && (await orTorn(vault.openBytes(body, place)));
    if (!bytes) return null;
    chunks.push({ n, body: await hand.captureBytes(bytes, place) });
  }
  return { record: { ...record, body: await hand.capture(meta, mediaPlace(record.id)) }, chunks };
}

/** Cases that went away and of which something is still readable: a kill came before `putAway`. */
export async function halfAway({ store, vault }: Stored): Promise<ReadonlySet<string>> {
  const [blind, readable] = [new Set<string>(), new Set<string>()];
  for (const state of ['p', 'a', 'q'] as const)
    for (const { caseId, body, dv } of await store.eventsIn(state))
      if (dv !== '') ((await isBlind(vault, body)) ? blind : readable).add(caseId);
  return new Set([...blind].filter((caseId) => readable.has(caseId)));
}

/**
 * Seals blind what of the case was written before it went away; killed at any point it is done again
 * by the next idle turn. How many rows.
 */
export async function putAway({ store, vault }: Stored, caseId: string): Promise<number> {
  const hand = vault.blind;
  if (!hand) return 0;
  const { record, events } = await store.look(caseId);
  if (!record) return 0;
  const { salt } = (await vault.open(record.body, casePlace(caseId))) as SealedCase;
  const swaps: BodySwap[] = [];
  for (const { id, dv, body } of events) {
    if (dv === '' || (await isBlind(vault, body))) continue;
    const sealed = (await orTorn(vault.open(body, eventPlace(id)))) as SealedEvent | null;
    if (!sealed) continue;
    swaps.push({ store: 'events', id, before: body, after: await hand.captureEvent(sealed, salt) });
  }
  return swaps.length === 0 ? 0 : store.swapBodies(swaps);
}
