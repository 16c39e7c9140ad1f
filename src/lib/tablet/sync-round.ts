import type { ClockAndIds } from '../ports/clock-and-ids.ts';
import type {
  EventRow,
  ExchangeChanges,
  FormerVault,
  SyncRecord,
  TabletStore,
} from '../ports/tablet-store.ts';
import type { ExchangeOutcome, NoReply, Transport } from '../ports/transport.ts';
import { isOlderBuild } from '../protocol/build.ts';
import { hashesInRow, isHashable, type PushSignature } from '../protocol/device-key.ts';
import { receiptInput, receiptOf, type Digest, type TagLink } from '../protocol/hash.ts';
import type { ExchangeReply, WireMedia } from '../protocol/sync.ts';
import { EVENTS_MAX, FEED_BYTES_MAX, WIRE_BYTES_MAX } from '../protocol/version.ts';
import { blindAnswered, hasMoved, noReplyOf, type BlindWay } from './blind-rows.ts';
import { coarseDay } from './coarse-day.ts';
import type { PushSigner } from './device-key.ts';
import { buildRequest, planReply, scopeOf } from './exchange-client.ts';
import { sealReply } from './exchange-seal.ts';
import type { Flight, Pending, RequestInputs } from './exchange-types.ts';
import { casePlace, eventPlace, notePlace } from './places.ts';
import { EXCHANGE_BYTES_PROBE } from './retry.ts';
import { rottenOf } from './rotten.ts';
import type { SealedCase, SealedEvent } from './sealed-shapes.ts';
import { sentAgain } from './sent-again.ts';
import { RECORDS_PER_TURN, turn } from './turn.ts';
import { isBlind, orTorn, type Vault } from './vault.ts';

export interface SyncDeps {
  readonly store: TabletStore;
  readonly vault: Vault;
  readonly transport: Transport;
  readonly clock: ClockAndIds;
  readonly digest: Digest;
  readonly build: string;
  /** Version of the event shapes this build writes. */
  readonly schema: number;
  /** Absent: everything goes unsigned. */
  readonly signer?: PushSigner;
  /** The way of what is sealed for the county alone; absent where the vault seals nothing so. */
  readonly blind?: BlindWay;
  /** What the browser says of its storage; told to the county, believed by nobody. */
  storage?(): Promise<StorageFacts>;
}

export interface StorageFacts {
  readonly leftBytes: number | null;
  readonly persisted: boolean | null;
}

const UNKNOWN_STORAGE: StorageFacts = { leftBytes: null, persisted: null };

/** What one exchange came to. */
export type Round =
  | {
      readonly kind: 'done';
      /** There is more to send or to fetch at once. */
      readonly more: boolean;
      /** Own events that got an answer. */
      readonly settled: number;
      readonly missing: Missing;
      /** Files that were announced, and how many of them the county takes on another day. */
      readonly announced: number;
      readonly unnamed: number;
      /** On the wire, both ways. */
      readonly bytes: number;
      /** Stored bytes of the events that were sent. */
      readonly delivered: number;
      readonly spreadSeconds: number;
      /** The county named this device id as somebody else's: the new one must be enrolled. */
      readonly forked: boolean;
      /** The county wants a newer program; it takes this one's events all the same. */
      readonly outdated: boolean;
    }
  | { readonly kind: 'failed'; readonly outcome: NoReply };

/** Chunks the county lacks, per announced file. */
export type Missing = readonly {
  readonly sha: string;
  readonly chunks: readonly number[];
  /** First bytes of a missing chunk that are there; absent when the county takes no pieces. */
  readonly parts?: readonly (readonly [chunk: number, bytes: number])[] | undefined;
  readonly refused?: string | undefined;
}[];

/** A page of the feed for a batch of so many bytes: ways down are wider, and its JSON packs well. */
const FEED_PER_BATCH = 4;

/** A link that has not failed takes the feed in one page; a small one in pieces. */
const feedBytes = (bytesMax: number): number =>
  bytesMax >= EXCHANGE_BYTES_PROBE ? FEED_BYTES_MAX : bytesMax * FEED_PER_BATCH;

/** One exchange from open rows to the strict transaction that takes the answer in. */
export async function exchangeRound(
  deps: SyncDeps,
  bytesMax: number,
  media: readonly WireMedia[],
): Promise<Round> {
  const round = await plainRound(deps, bytesMax, media);
  // A new device id is told first: the county holds what comes of one that nobody enrolled.
  if (round.kind === 'failed' || round.forked || !deps.blind) return round;
  const brought = await deps.blind.bring();
  if (!brought) return round;
  if (brought.stop) return { kind: 'failed', outcome: noReplyOf(brought.stop) };
  // As after a plain push that was not signed: the key is told, and it goes again.
  const { dv } = (await deps.store.sync()) ?? { dv: '' };
  if (brought.wantsKey && (await deps.signer?.wanted(dv).catch(() => false))) deps.blind.signed();
  // What joined the log just now is told by the next answer: the places taken, and what left with it.
  const joined = brought.stored + brought.dup > 0;
  const more = round.more || joined || (hasMoved(brought) && (await deps.blind.left()));
  return { ...round, more };
}

async function plainRound(
  deps: SyncDeps,
  bytesMax: number,
  media: readonly WireMedia[],
): Promise<Round> {
  const sync = await deps.store.sync();
  if (!sync) return { kind: 'failed', outcome: { kind: 'offline' } };
  const { pending, broken, unopened, unsent } = await openPending(deps, bytesMax);
  if (broken.length > 0) await setAside(deps, broken);
  const files = (await deps.store.media()).filter((m) => m.state === 'p').length;
  const storage = (await deps.storage?.()) ?? UNKNOWN_STORAGE;
  const sentAt = deps.clock.now();
  const inputs: RequestInputs = {
    ...{ sync, pending, unopened, media, bytesMax, build: deps.build, schema: deps.schema },
    ...{ feedBytesMax: feedBytes(bytesMax), now: sentAt },
    report: {
      unsent,
      oldestUnsentAt: pending[0]?.sealed.body.occurredAt ?? null,
      ...{ storageLeftBytes: storage.leftBytes, persisted: storage.persisted },
      ...{ unsentMedia: files, ...formerOf(sync) },
    },
  };
  const { flight, outcome } = await fly(deps, inputs);
  if (outcome.kind !== 'reply') return { kind: 'failed', outcome };
  const receiptMatches = await receiptIsOurs(deps.digest, flight, outcome.reply);
  const took = await take(deps, { sync, flight, reply: outcome.reply, receiptMatches, sentAt });
  const sent = pending.slice(0, flight.request.events.length);
  const key = outcome.reply.kind === 'exchange' ? outcome.reply.key : undefined;
  // One row that is no longer what was saved keeps the others neither from an ack nor from a signature.
  const rotten = !receiptMatches || key === 'wrong' ? await rottenOf(deps.digest, sent) : [];
  if (rotten.length > 0) await setAside(deps, rotten);
  if (!receiptMatches || !took)
    return { kind: 'failed', outcome: { kind: 'not_the_county', why: 'receipt' } };
  const delivered = sent.reduce((sum, { row }) => sum + row.bytes, 0);
  const outdated = isOlderBuild(deps.build, outcome.reply.minBuild);
  const done = doneRound(flight, { ...outcome, delivered }, took.sync.dv !== sync.dv);
  // What the answer made unsent goes at once, not with the next wake.
  const again = took.put.some(({ state }) => state === 'p');
  if (key === undefined || rotten.length > 0)
    return { ...done, more: done.more || again || rotten.length > 0, outdated };
  // Not taken for want of a signature: it goes again once the county was told the key, not before.
  const told = (await deps.signer?.wanted(took.sync.dv).catch(() => false)) ?? false;
  return { ...done, more: key === 'wrong' ? told : done.more || again, outdated };
}

/** Sends a batch; one that comes out too large packed goes with as many events as should fit. */
async function fly(
  deps: SyncDeps,
  inputs: RequestInputs,
): Promise<{ readonly flight: Flight; readonly outcome: Heard }> {
  for (let eventsMax = EVENTS_MAX; ;) {
    const flight = buildRequest({ ...inputs, eventsMax });
    const sig = await signatureOf(deps, flight);
    const outcome = await deps.transport.exchange({ ...flight.request, ...(sig ? { sig } : {}) });
    if (outcome.kind !== 'too_large') return { flight, outcome };
    // A tenth less than the share that fits, and always fewer: some events pack worse than others.
    const fits = (0.9 * flight.request.events.length * WIRE_BYTES_MAX) / outcome.packed;
    eventsMax = Math.max(1, Math.min(Math.floor(fits), flight.request.events.length - 1));
  }
}

/** The device's signature over what is sent; null where it has no key that the county knows. */
async function signatureOf(
  { signer }: SyncDeps,
  { request: { dv, events }, hashes }: Flight,
): Promise<PushSignature | null> {
  if (!signer || events.length === 0) return null;
  const hs = events.map(({ id, p }) => (isHashable(p) ? (hashes.get(id) ?? '') : ''));
  return signer.sign(dv, hashesInRow(hs)).catch(() => null);
}

type Heard = Exclude<ExchangeOutcome, { kind: 'too_large' }>;

function doneRound(
  flight: Flight,
  outcome: { readonly reply: ExchangeReply; readonly bytes: number; readonly delivered: number },
  forked: boolean,
): Omit<Extract<Round, { kind: 'done' }>, 'outdated'> {
  const { reply, bytes, delivered } = outcome;
  const base = {
    kind: 'done',
    bytes,
    delivered,
    spreadSeconds: reply.spreadSeconds,
    forked,
  } as const;
  if (reply.kind === 'epoch')
    return { ...base, more: true, settled: 1, missing: [], announced: 0, unnamed: 0 };
  const stopped = reply.results.some((r) => r.s === 'gap' || r.s === 'forked');
  const more = flight.rest > 0 || reply.feed.more || stopped;
  const announced = flight.request.media.length;
  const unnamed = Math.max(0, announced - reply.missing.length);
  const { missing } = reply;
  return { ...base, more, settled: reply.results.length, missing, announced, unnamed };
}

/** The day stays here: the county has its own. */
function formerOf({ was }: SyncRecord): {
  was?: { dv: string; why: FormerVault['why']; unsent: number };
} {
  return was ? { was: { dv: was.dv, why: was.why, unsent: was.unsent } } : {};
}

/** Stored bytes opened for one batch: more than any batch takes, never all of a long queue. */
const OPENED_PER_BATCH = 4;

/**
 * Opens the unsent events that one batch can take, oldest first; a body that is torn or no longer
 * has its hash is set aside alone.
 */
async function openPending(
  deps: SyncDeps,
  bytesMax: number,
): Promise<{
  pending: readonly Pending[];
  broken: readonly EventRow[];
  unopened: number;
  /** All that is unsent, with what goes another way. */
  unsent: number;
}> {
  const { rows: first, count } = await deps.store.unsent(OPENED_PER_BATCH * bytesMax);
  const rows = await beforeBlind(deps, first);
  const salts = await saltsOf(deps, rows);
  const pending: Pending[] = [];
  const broken: EventRow[] = [];
  for (let at = 0; at < rows.length; at += RECORDS_PER_TURN) {
    if (at > 0) await turn();
    const portion = rows.slice(at, at + RECORDS_PER_TURN);
    const opened = await Promise.all(
      portion.map(({ id, body }) => orTorn(deps.vault.open(body, eventPlace(id)))),
    );
    for (const [i, row] of portion.entries()) {
      const [salt, sealed] = [salts.get(row.caseId), opened[i] as SealedEvent | null];
      if (salt === undefined || !sealed) broken.push(row);
      else pending.push({ row, salt, sealed });
    }
  }
  // What stands behind a blind row is no part of this batch's turn.
  const unopened = rows.length < first.length ? 0 : count - rows.length;
  return { pending, broken, unopened, unsent: count - broken.length };
}

/** The rows that can go plain: those in front of the first that the county alone opens. */
async function beforeBlind(
  { vault }: Pick<SyncDeps, 'vault'>,
  rows: readonly EventRow[],
): Promise<readonly EventRow[]> {
  if (!vault.isBlind) return rows;
  for (const [n, { body }] of rows.entries())
    if (await isBlind(vault, body)) return rows.slice(0, n);
  return rows;
}

/** Salts of the rows' cases; a case that is torn or missing has none. */
async function saltsOf(
  deps: SyncDeps,
  rows: readonly EventRow[],
): Promise<ReadonlyMap<string, string>> {
  const records = await deps.store.casesOf([...new Set(rows.map((r) => r.caseId))]);
  const salts = await Promise.all(
    records.map(async ({ id, body }) => {
      const core = (await orTorn(deps.vault.open(body, casePlace(id)))) as SealedCase | null;
      return core ? ([[id, core.salt]] as const) : [];
    }),
  );
  return new Map(salts.flat());
}

/** Unreadable here: kept, shown as refused, and out of the device's sequence (a fork follows). */
async function setAside(deps: SyncDeps, broken: readonly EventRow[]): Promise<void> {
  const ids = broken.map((r) => r.id);
  const sealed = ids.map((id) => deps.vault.seal({ code: 'BROKEN_HERE' }, notePlace(id)));
  const notes = new Map((await Promise.all(sealed)).map((note, i) => [ids[i], note] as const));
  await deps.store.exchange({ ids, cases: [], own: false, all: false }, (view) => ({
    ...{ sync: view.sync, remove: [], removeCases: [], mediaAgain: false },
    put: [...view.rows.values()].map((r) => ({
      ...{ ...r, state: 'q', dv: '', ds: 0, note: notes.get(r.id) ?? null },
    })),
    touch: broken.map((r) => ({ id: r.caseId })),
  }));
}

/** The answer's receipt over the county's own hashes must equal the one over ours. */
export async function receiptIsOurs(
  digest: Digest,
  flight: Flight,
  reply: ExchangeReply,
): Promise<boolean> {
  if (reply.kind === 'epoch') return true;
  const links: TagLink[] = [];
  for (const r of reply.results) {
    if (r.s !== 'stored' && r.s !== 'dup') continue;
    const h = flight.hashes.get(r.id);
    if (h === undefined) return false;
    links.push({ id: r.id, h });
  }
  return receiptOf(await digest(receiptInput(links))) === reply.receipt;
}

async function take(
  deps: SyncDeps,
  got: {
    readonly sync: SyncRecord;
    readonly flight: Flight;
    readonly reply: ExchangeReply;
    readonly receiptMatches: boolean;
    readonly sentAt: string;
  },
): Promise<ExchangeChanges | null> {
  const { flight, reply, receiptMatches } = got;
  const again = sentAgain(reply, got.sync);
  if (again) await (await import('./vault/reseal.ts')).readyToSendAgain(deps, again);
  const sealed = await sealReply(deps.vault, reply, receiptMatches ? flight.hashes : undefined);
  const now = deps.clock.now();
  const middle = (Date.parse(got.sentAt) + Date.parse(now)) / 2;
  const clockOffsetSeconds = Math.round((Date.parse(reply.now) - middle) / 1000);
  const spareDv = deps.clock.deviceId();
  const blind = await blindAnswered(deps);
  const inputs = { flight, reply, sealed, receiptMatches, clockOffsetSeconds, spareDv, blind };
  return deps.store.exchange(scopeOf(reply, got.sync, flight), (view) =>
    planReply(view, { ...inputs, day: coarseDay(now) }),
  );
}
