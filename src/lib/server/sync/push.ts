/**
 * The push half of the exchange: one result per event, in ds order.
 *
 *     id known, same h ───────────────► dup        (aside: rejected again)
 *     id known, other h ──────────────► conflict   (bytes kept aside, alarm)
 *     aside for want of a signature, now with it ──► as if it were new
 *     (dv, ds) belongs to another id ─► forked     stop
 *     ds above last + 1 ──────────────► gap{need}  stop
 *     not signed by the device's key ─► rejected   kept aside raw, consumes ds
 *     faulty or not admitted ─────────► rejected   kept aside raw, consumes ds
 *     id or salt of another case ─────► rejected   the same, but the id stays free (SY190)
 *     of a newer build, his to write ─► stored     unread, behind a line that says so
 *     else ───────────────────────────► stored     seq, tag, perhaps a K rule
 *
 * Idempotency comes first: whatever else is wrong, an id that is here is never taken twice.
 */
import { OPAQUE } from '../../domain/shapes.ts';
import type { DeviceId, EventId, Instant, Sha256 } from '../../domain/values.ts';
import type {
  AsideRow,
  AuditRow,
  CountyTx,
  DevicePlaceRow,
  DeviceRow,
  Known,
  WriteBatch,
} from '../../ports/county-store.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import type { ExchangeRequest, PushResult, RejectionCode } from '../../protocol/sync.ts';
import type { CountyDeps } from './deps.ts';
import type { Asker } from './judge.ts';
import type { Ledger } from './ledger.ts';
import { readEvent, type ReadEvent } from './wire-event.ts';

export interface PushOutcome {
  readonly results: readonly PushResult[];
  /** id and h of what was stored or was here: what the receipt covers. */
  readonly links: readonly { readonly id: EventId; readonly h: Sha256 }[];
  readonly lastDs: number;
  readonly batch: Pick<WriteBatch, 'places' | 'aside' | 'adopted' | 'audit'>;
}

/** What one push works on; reads were done, writes are gathered. */
interface Bench<S extends Asker> {
  readonly deps: CountyDeps<S>;
  readonly asker: S;
  readonly dv: DeviceId;
  readonly offset: number;
  readonly ledger: Ledger;
  readonly known: Map<EventId, Known>;
  readonly taken: Map<number, EventId>;
  readonly places: DevicePlaceRow[];
  readonly aside: AsideRow[];
  readonly adopted: { readonly id: EventId; readonly seq: number }[];
  readonly audit: AuditRow[];
  /** False: nothing of it joins the log, for the device has a key and did not sign this. */
  readonly proven: boolean;
  /** Sealed copies: what has no place next is taken all the same, without one. */
  readonly loose: boolean;
  readonly seen: Seen | undefined;
  lastDs: number;
}

export interface PushInput<S extends Asker> {
  readonly asker: S;
  readonly request: Pick<ExchangeRequest, 'dv'>;
  readonly events: readonly ReadEvent[];
  readonly ledger: Ledger;
  readonly lastDs: number;
  readonly offset: number;
  /** False for what is not signed by the key that the device has; see signature.ts. */
  readonly proven?: boolean;
  /** Neither a gap nor a fork ends the list; no place is skipped or taken twice. */
  readonly loose?: boolean;
  readonly seen?: Seen | undefined;
}

/** The device's contact before this one: when, and the highest place that it said it had taken. */
interface Seen {
  readonly at: Instant;
  readonly ds: number;
}

/** Clocks of tablets are off by as much, and a request is on its way as long. */
const SEEN_SLACK_MS = 600_000;

/** What `seen` is of a device's row as it stands before this push. */
export const seenOf = ({ lastSeenAt, dsHi }: Pick<DeviceRow, 'lastSeenAt' | 'dsHi'>): Seen => ({
  at: new Date(Date.parse(lastSeenAt) - SEEN_SLACK_MS).toISOString() as Instant,
  ds: dsHi,
});

/** Code of what is kept aside until its device signs it. */
const SIGNATURE = 'SIGNATURE' satisfies RejectionCode;
const UNREAD = '这个版本还看不懂，升级后再读';
const UNSIGNED = '没有这台平板的签名，平板再送一回就行';
/** Why something is kept aside while SEALING_KEY_FILE is away. */
export const SHUT = '密封件的钥匙不在，钥匙回来就接着办';
/** Why something is kept under another name than its own. */
const NOT_HIS = '编号是另一件的，没有让它占用';
const UNREADABLE = '县里的程序读不了这一条，请县局看原样';

/** Reads all events of a request. */
export const readEvents = <S extends Asker>(
  deps: CountyDeps<S>,
  request: Pick<ExchangeRequest, 'cases' | 'events'>,
): ReadEvent[] => request.events.map((wire) => readEvent(deps.digest, request, wire));

const takePlace = <S extends Asker>(
  bench: Bench<S>,
  { id, wire }: ReadEvent,
  outcome: DevicePlaceRow['outcome'],
): void => {
  // A place that was taken before, or behind a hole in what came sealed, is not taken now.
  if (wire.ds !== bench.lastDs + 1) return;
  bench.places.push({ dv: bench.dv, ds: wire.ds, id, outcome });
  bench.taken.set(wire.ds, id);
  bench.lastDs = Math.max(bench.lastDs, wire.ds);
};

function keepAside<S extends Asker>(
  bench: Bench<S>,
  event: ReadEvent,
  {
    code,
    reason,
    id = event.id,
  }: { code: RejectionCode | typeof OPAQUE; reason: string; id?: EventId },
): void {
  const { ledger, dv, asker, offset } = bench;
  // It lies there already, for want of a signature.
  if (bench.known.get(id)?.at === 'aside') return;
  bench.aside.push({
    id,
    h: event.h,
    dv,
    ds: event.wire.ds,
    personId: asker.personId,
    caseId: event.caseId,
    salt: event.salt,
    code,
    reason,
    raw: event.raw,
    receivedAt: ledger.now,
    offset,
    adoptedSeq: null,
  });
  bench.known.set(id, { at: 'aside', h: event.h, code });
}

/** Name beside the log of what must not have the id that it came under. */
const nameOf = ({ h }: ReadEvent): EventId =>
  toBase64Url(Buffer.from(h, 'hex').subarray(0, 16)) as EventId;

/** Same id, other content: nothing of the other is told, the bytes are kept, people hear of it. */
async function differing<S extends Asker>(
  bench: Bench<S>,
  tx: CountyTx,
  event: ReadEvent,
): Promise<PushResult> {
  const id = nameOf(event);
  if (!bench.known.has(id) && !(await tx.known([id])).has(id)) {
    keepAside(bench, event, { code: 'ID_REUSE', reason: event.id, id });
    bench.audit.push({
      at: bench.ledger.now,
      personId: bench.asker.personId,
      action: 'sync.id_reuse',
      caseId: null,
      note: event.id,
    });
  }
  return { s: 'conflict', id: event.id };
}

async function again<S extends Asker>(
  bench: Bench<S>,
  tx: CountyTx,
  { event, before }: { event: ReadEvent; before: Known },
): Promise<PushResult> {
  const { id, wire } = event;
  // After a fork was renumbered, an id may come under a new (dv, ds): the place must not stay empty.
  if (wire.ds === bench.lastDs + 1 && !bench.taken.has(wire.ds)) takePlace(bench, event, 'alias');
  if (before.h !== event.h) return differing(bench, tx, event);
  if (before.at === 'aside' && before.code === SIGNATURE) return proven(bench, event);
  if (before.at === 'aside') return { s: 'rejected', id, code: before.code };
  return { s: 'dup', id, seq: before.seq, tag: before.tag, at: before.receivedAt };
}

/** Who sent it has the case's salt against him: what has the id by right is still to come. */
const isForeign = (ledger: Ledger, event: ReadEvent): boolean => {
  const salt = ledger.record(event.caseId)?.salt ?? event.salt;
  return event.foreign || salt !== event.salt;
};

/** Refused whoever signed it, and kept under its bytes' name: the id that it came under stays free. */
function foreign<S extends Asker>(bench: Bench<S>, event: ReadEvent): PushResult {
  const id = nameOf(event);
  takePlace(bench, { ...event, id }, 'rejected');
  keepAside(bench, event, { code: 'MALFORMED', reason: NOT_HIS, id });
  return { s: 'rejected', id: event.id, code: 'MALFORMED' };
}

/** The county's word on an event whose id is not here. */
function settled<S extends Asker>(bench: Bench<S>, event: ReadEvent): PushResult {
  if (isForeign(bench.ledger, event)) return foreign(bench, event);
  return bench.proven ? judged(bench, event) : unsigned(bench, event);
}

/** It was kept aside for want of a signature: with it, it is weighed as if it came now. */
function proven<S extends Asker>(bench: Bench<S>, event: ReadEvent): PushResult {
  const { id } = event;
  if (!bench.proven) return { s: 'rejected', id, code: SIGNATURE };
  const result = judged(bench, event);
  if (result.s === 'stored') bench.adopted.push({ id, seq: result.seq });
  return result;
}

/** New, and not signed by the device's own key: its bytes are kept, nobody judges them yet. */
function unsigned<S extends Asker>(bench: Bench<S>, event: ReadEvent): PushResult {
  takePlace(bench, event, 'rejected');
  keepAside(bench, event, { code: SIGNATURE, reason: UNSIGNED });
  return { s: 'rejected', id: event.id, code: SIGNATURE };
}

function judged<S extends Asker>(bench: Bench<S>, event: ReadEvent): PushResult {
  const { ledger } = bench;
  const { id, caseId, body } = event;
  const record = ledger.record(caseId);
  const { fault } = event;
  if (fault !== null) {
    takePlace(bench, event, 'rejected');
    keepAside(bench, event, { code: fault, reason: '' });
    return { s: 'rejected', id, code: fault };
  }
  if (record?.locked) {
    // Nobody refuses it: it is read again when the key is back (read-again.ts).
    takePlace(bench, event, 'rejected');
    keepAside(bench, event, { code: 'UNKNOWN_TYPE', reason: SHUT });
    return { s: 'rejected', id, code: 'UNKNOWN_TYPE' };
  }
  const result = ledger.whole(() => weighed(bench, event));
  if (result !== null) return result;
  // The raw bytes stand beside the log, a person reads them; what comes behind flows on.
  takePlace(bench, event, 'rejected');
  keepAside(bench, event, { code: 'PAYLOAD', reason: UNREADABLE });
  const { personId } = bench.asker;
  const note = `${body.type} ${id}`;
  bench.audit.push({ at: ledger.now, personId, action: 'sync.unreadable', caseId: null, note });
  ledger.whole(() => {
    const line = { eventId: id, eventType: body.type, code: 'PAYLOAD', reason: UNREADABLE };
    const payload = { ...line, occurredAt: body.occurredAt };
    if (record !== null) ledger.follow(caseId, [{ type: 'event.quarantined', v: 1, payload }]);
  });
  return { s: 'rejected', id, code: 'PAYLOAD' };
}

/** What the domain makes of it. Throws only where an event breaks a rule of the fold itself. */
function weighed<S extends Asker>(bench: Bench<S>, event: ReadEvent): PushResult {
  const { deps, asker, ledger, dv, offset, seen } = bench;
  const { id, caseId, salt, body, wire, h } = event;
  const record = ledger.record(caseId);
  const file = ledger.file(caseId, salt);
  const actor = deps.judge.actor(asker, file, { type: body.type, now: ledger.now });
  const seq = ledger.head().seq + 1;
  const stamp = { seq, receivedAt: ledger.now, actor, clockOffsetSeconds: offset };
  const late = seen !== undefined && wire.ds > seen.ds ? { takenAfter: seen.at } : {};
  const offered = { asker, file, event: { ...body, stamp }, now: ledger.now, ...late };
  const verdict = deps.judge.admit(offered);
  if (verdict.kind === 'quarantined') {
    if (record !== null) ledger.follow(caseId, verdict.followUps);
    takePlace(bench, event, 'rejected');
    keepAside(bench, event, { code: verdict.code, reason: verdict.reason });
    return { s: 'rejected', id, code: verdict.code };
  }
  const unread = verdict.kind === 'opaque';
  // What lies aside already cannot wait there a second time, for the build that reads it.
  if (unread && bench.known.get(id)?.at === 'aside') return { s: 'rejected', id, code: SIGNATURE };
  if (unread) ledger.follow(caseId, verdict.followUps);
  const row = ledger.append({ body, h, actor, offset, dv, ds: wire.ds }, salt);
  // Its raw bytes wait for the build that reads them; to the tablet it is stored like any other.
  if (unread) keepAside(bench, event, { code: OPAQUE, reason: UNREAD });
  else ledger.follow(caseId, verdict.followUps);
  // Asked here once, so that a case nobody could be shown never joins the log.
  deps.judge.keepsFrom(asker, ledger.file(caseId, salt), ledger.now);
  takePlace(bench, event, 'stored');
  const { tag, receivedAt } = row;
  bench.known.set(id, { at: 'log', h, seq: row.seq, tag, receivedAt, dv });
  const result = { s: 'stored' as const, id, seq: row.seq, tag, at: receivedAt };
  return unread || verdict.rule === null ? result : { ...result, rule: verdict.rule };
}

/** What an event may lie here as. */
const namesOf = (ledger: Ledger, event: ReadEvent): EventId[] =>
  isForeign(ledger, event) ? [event.id, nameOf(event)] : [event.id];

/** One line for a push of which something was kept aside unsigned. */
function noteUnsigned<S extends Asker>({ aside, audit, ledger, asker, dv }: Bench<S>): void {
  const count = aside.filter(({ code }) => code === SIGNATURE).length;
  const { personId } = asker;
  const line = { at: ledger.now, personId, action: 'sync.signature', caseId: null };
  if (count > 0) audit.push({ ...line, note: `${dv} ${count}` });
}

/** Takes the events one by one; the county's answer to each is final once the commit stands. */
export async function push<S extends Asker>(
  deps: CountyDeps<S>,
  tx: CountyTx,
  { asker, request, events, ledger, lastDs, offset, ...how }: PushInput<S>,
): Promise<PushOutcome> {
  const dv = request.dv as DeviceId;
  const { loose = false, proven: signed = true } = how;
  const bench: Bench<S> = {
    deps,
    asker,
    dv,
    offset,
    ledger,
    known: new Map(await tx.known(events.flatMap((event) => namesOf(ledger, event)))),
    taken: new Map(await tx.placesOf(dv, [...new Set(events.map(({ wire }) => wire.ds))])),
    places: [],
    aside: [],
    adopted: [],
    audit: [],
    proven: signed,
    loose,
    seen: how.seen,
    lastDs,
  };
  const results: PushResult[] = [];
  const links: { id: EventId; h: Sha256 }[] = [];
  const settle = (event: ReadEvent): void => {
    const result = settled(bench, event);
    results.push(result);
    if (result.s === 'stored') links.push({ id: event.id, h: event.h });
  };
  for (const event of events) {
    const { id, wire, h } = event;
    const before = bench.known.get(id);
    if (before !== undefined) {
      const result = await again(bench, tx, { event, before });
      results.push(result);
      if (result.s === 'dup' || result.s === 'stored') links.push({ id, h });
      continue;
    }
    // Told once already, and asked again because the answer was lost.
    if (loose || (isForeign(ledger, event) && bench.known.has(nameOf(event)))) {
      settle(event);
      continue;
    }
    if (wire.ds <= bench.lastDs) {
      results.push({ s: 'forked', id });
      break;
    }
    if (wire.ds > bench.lastDs + 1) {
      results.push({ s: 'gap', id, need: bench.lastDs + 1 });
      break;
    }
    settle(event);
  }
  noteUnsigned(bench);
  const { places, aside, adopted, audit } = bench;
  return { results, links, lastDs: bench.lastDs, batch: { places, aside, adopted, audit } };
}
