/**
 * The tablet's half of PS/1 as pure functions: build a request, plan what an answer changes.
 *
 *       p --stored|dup--> a --seq <= safe--> f (plain copy)
 *       p --rejected|conflict--> q --adopted--> a
 *       a|q|f --gap|rewind--> p          p --forked--> p under a new dv
 *       q --new day--> p                 p --not signed--> p, goes again signed
 *
 * Nothing here waits, asks the clock or touches the disk; the store runs `planReply` inside its
 * transaction, the simulator runs both directly.
 */
import type {
  EventRow,
  ExchangeChanges,
  ExchangeScope,
  ExchangeView,
  FormerVault,
  Position,
  StoreCursor,
  SyncRecord,
} from '../ports/tablet-store.ts';
import { idOrder } from '../protocol/ids.ts';
import type { ExchangeReply, ExchangeRequest, WireEvent } from '../protocol/sync.ts';
import { EVENTS_MAX, PROTOCOL_VERSION, WITNESSES_MAX } from '../protocol/version.ts';
import { CASE_BYTES, EVENT_BYTES, leafBytes } from '../protocol/v2/weight.ts';
import { coarseDay } from './coarse-day.ts';
import { countyBack } from './county-back.ts';
import { applyFeed } from './exchange-feed.ts';
import { Plan } from './exchange-plan.ts';
import type { Flight, ReplyInputs, RequestInputs } from './exchange-types.ts';
import { heardNow } from './heard.ts';

/** Head of a request: cursor, witnesses, history. */
const OVERHEAD_BYTES = 900;

export function buildRequest(inputs: RequestInputs): Flight {
  const { sync } = inputs;
  const cases: { id: string; salt: string }[] = [];
  const caseIndex = new Map<string, number>();
  const events: WireEvent[] = [];
  const hashes = new Map<string, string>();
  const seen = new Set<string>();
  const eventsMax = inputs.eventsMax ?? EVENTS_MAX;
  let bytes = OVERHEAD_BYTES;
  for (const { row, sealed, salt } of inputs.pending) {
    const { body } = sealed;
    const known = caseIndex.get(row.caseId);
    const event: WireEvent = {
      ...{ c: known ?? cases.length, ds: row.ds, id: row.id, t: body.type, v: body.v },
      ...{ at: body.occurredAt, p: body.payload },
    };
    bytes += EVENT_BYTES + leafBytes(event.p, seen) + (known === undefined ? CASE_BYTES : 0);
    if (events.length > 0 && (bytes > inputs.bytesMax || events.length >= eventsMax)) break;
    if (known === undefined) {
      caseIndex.set(row.caseId, cases.length);
      cases.push({ id: row.caseId, salt });
    }
    events.push(event);
    if (sealed.h !== undefined) hashes.set(row.id, sealed.h);
  }
  const rest = inputs.pending.length + (inputs.unopened ?? 0) - events.length;
  const request: ExchangeRequest = {
    ...{ proto: PROTOCOL_VERSION, build: inputs.build, schema: inputs.schema },
    ...{ dv: sync.dv, dsHi: sync.dsNext - 1, now: inputs.now },
    ...{ cursor: sync.cursor, wit: copy(sync.wit) },
    ...{ wits: sync.wits.slice(0, WITNESSES_MAX).map(pair), hist: sync.hist.map(pair) },
    ...{ cases, events, media: rest === 0 ? [...inputs.media] : [] },
    feedBytesMax: inputs.feedBytesMax,
    ...(inputs.report ? { report: inputs.report } : {}),
  };
  return { request, gen: sync.gen, epoch: sync.epoch, hashes, rest };
}

const pair = ([seq, tag]: Position): [number, string] => [seq, tag];
const copy = (p: Position | null): [number, string] | null => p && pair(p);

/** Rows the plan has to see; asking for too much is harmless. */
export function scopeOf(
  reply: ExchangeReply,
  sync: SyncRecord,
  { request }: Pick<Flight, 'request'>,
): ExchangeScope {
  if (reply.kind === 'epoch') return { ids: [], cases: [], own: true, all: true };
  const { rows } = reply.feed;
  const ids = [
    ...reply.results.map((r) => r.id),
    ...rows.flatMap((r) => (r.k === 'event' ? [r.event.id] : r.k === 'adopted' ? [r.id] : [])),
    ...rows.flatMap((r) => (r.k === 'enter' ? r.events.map((e) => e.id) : [])),
  ];
  // A case that left may go with its last row only: every row of what was sent must be in sight.
  const cases = [
    ...rows.flatMap((r) => (r.k === 'enter' || r.k === 'leave' ? [r.caseId] : [])),
    ...request.cases.map((c) => c.id),
  ];
  // A fork renumbers everything unsent, so all of it must be in sight.
  const trouble =
    reply.results.some((r) => r.s === 'gap' || r.s === 'forked') ||
    outrun(reply, sync) ||
    movedOn(reply, sync);
  const purge = reply.safe > sync.safe || reply.epoch !== sync.epoch;
  // What is adopted may be purged at once, and its case with it: not while a row is out of sight.
  const adopts = rows.some(({ k }) => k === 'adopted');
  return { ids, cases, own: trouble || purge || adopts || newDay(reply, sync), all: trouble };
}

/** The answer is of another history than the one that is known here. */
export const movedOn = ({ epoch }: ExchangeReply, sync: Pick<SyncRecord, 'epoch'>): boolean =>
  sync.epoch !== '' && epoch !== sync.epoch;

/** It was asked without a cursor, in the history that is still the one here. */
const unknowing = ({ request, epoch }: Flight, sync: SyncRecord): boolean =>
  request.cursor === null && sync.cursor === null && epoch === sync.epoch;

/** The first answer of a county day, not the first of all. */
const newDay = ({ now }: ExchangeReply, { lastReceiptAt }: SyncRecord): boolean =>
  lastReceiptAt !== '' && coarseDay(now) !== coarseDay(lastReceiptAt);

/**
 * What a verified answer changes, or null when it is an answer to an older state of this tablet
 * (another generation, another history) and must be ignored.
 */
export function planReply(view: ExchangeView, inputs: ReplyInputs): ExchangeChanges | null {
  const { sync } = view;
  const { reply, flight } = inputs;
  if (sync.gen !== flight.gen || sync.dv !== flight.request.dv) return null;
  if (reply.kind === 'epoch') return rewind(view, inputs);
  // With a cursor the county would have said `epoch`; without one it had only witnesses to look at,
  // and those may lie below the place where the histories part.
  if (movedOn(reply, sync)) return unknowing(flight, sync) ? rewind(view, inputs) : null;
  const plan = new Plan(view);
  plan.sync = {
    ...sync,
    ...{ epoch: reply.epoch, head: reply.head, safe: Math.max(sync.safe, reply.safe) },
    ...heardNow(reply.now, inputs.sealed.heard),
    clockOffsetSeconds: inputs.clockOffsetSeconds,
    dsLast: reply.dsLast ?? sync.dsLast,
  };
  forgetVerified(plan, flight.request.wits);
  if (inputs.receiptMatches) applyResults(plan, inputs);
  // The county has more of this device than it ever made: it was put back to an older state, or
  // a second tablet makes entries under its name. What is at the county comes with the feed.
  if (plan.sync.dv === sync.dv && outrun(reply, sync))
    fork(plan, inputs, { why: 'RESTORED', unsent: 0 });
  if (sameCursor(sync.cursor, flight.request.cursor) && sameCursor(sync.cursor, reply.feed.from))
    applyFeed(plan, reply, inputs);
  if (newDay(reply, sync)) offerRefused(plan, view, inputs.blind);
  witnessHead(plan, reply);
  purge(plan, inputs.blind);
  return plan.changes(false);
}

/** The county has outcomes of this device beyond the last place it took here. */
const outrun = ({ dsLast = 0 }: Exchange, sync: SyncRecord): boolean => dsLast > sync.dsNext - 1;

const sameCursor = (a: StoreCursor | null, b: StoreCursor | null): boolean =>
  a === b || (!!a && !!b && a.epoch === b.epoch && a.seq === b.seq && a.tag === b.tag);

/** The county looked at these witnesses and answered: they need not be shown again. */
function forgetVerified(plan: Plan, sent: readonly Position[]): void {
  const seen = new Set(sent.map(([seq, tag]) => `${seq} ${tag}`));
  const wits = plan.sync.wits.filter(([seq, tag]) => !seen.has(`${seq} ${tag}`));
  plan.sync = { ...plan.sync, wits };
}

type Exchange = Extract<ExchangeReply, { kind: 'exchange' }>;

/** What the feed showed depended on the county up to its head, not only up to the cursor. */
function witnessHead(plan: Plan, { head, headTag }: Exchange): void {
  if (headTag === undefined || head <= (plan.sync.wit?.[0] ?? 0)) return;
  plan.sync = { ...plan.sync, wit: [head, headTag] };
}

/**
 * One witness per answer is enough: its tag covers every smaller position of that history. Version 2
 * of the wire brings the tag of this place only.
 */
function highest(results: Exchange['results']): Position | null {
  let top: Position | null = null;
  for (const r of results)
    if ((r.s === 'stored' || r.s === 'dup') && r.tag !== '' && r.seq > (top?.[0] ?? 0))
      top = [r.seq, r.tag];
  return top;
}

function applyResults(plan: Plan, inputs: ReplyInputs): void {
  const reply = inputs.reply as Exchange;
  for (const r of reply.results) {
    const row = plan.row(r.id);
    if (r.s === 'gap') {
      gap(plan, r.need, inputs);
      break;
    }
    if (r.s === 'forked') {
      fork(plan, inputs, { why: 'CLONED', unsent: 0 });
      break;
    }
    if (!row || row.state !== 'p') continue;
    // Not for what it says: it goes again as soon as the county knows this tablet's key.
    if (r.s === 'rejected' && r.code === 'SIGNATURE') continue;
    const note = inputs.sealed.notes.get(r.id) ?? null;
    if (r.s === 'rejected' || r.s === 'conflict') plan.put({ ...row, state: 'q', note });
    else plan.put({ ...row, state: 'a', seq: r.seq, tag: r.tag, epoch: reply.epoch, note });
  }
  const top = highest(reply.results);
  if (!top) return;
  const wit = !plan.sync.wit || top[0] > plan.sync.wit[0] ? top : plan.sync.wit;
  plan.sync = { ...plan.sync, wit, wits: [...plan.sync.wits, top] };
}

/** The county never saw `need` of this device: everything from there is offered again. */
function gap(plan: Plan, need: number, inputs: ReplyInputs): void {
  const { dv, dsNext } = plan.sync;
  // A refused row of a device before this one, offered again: it takes the next places here.
  const late = plan.all().filter((r) => r.state === 'p' && r.dv !== dv && r.dv !== '');
  if (late.length > 0) {
    late.forEach((r, i) => plan.put({ ...r, dv, ds: dsNext + i }));
    plan.sync = { ...plan.sync, dsNext: dsNext + late.length };
    return;
  }
  const mine = plan.all().filter((r) => r.dv === dv && r.ds >= need);
  if (!mine.some((r) => r.ds === need)) {
    // A torn row was set aside by name and is still here; any other is gone.
    const aside = plan.all().filter((r) => r.state === 'q' && r.dv === '').length;
    const unsent = Math.max(0, dsNext - need - mine.length - aside);
    return fork(plan, inputs, { why: 'RESTORED', unsent });
  }
  for (const r of mine) plan.put(unsent(r));
}

/**
 * A county that was put back may have lost what it had set aside, and no witness covers that: what it
 * refused is offered again once a day, at its own place where this device still has that. So is what
 * an older program took for torn, because it could not open what is sealed for the county alone.
 */
function offerRefused(
  plan: Plan,
  { rows }: ExchangeView,
  blind: ReadonlySet<string> = new Set(),
): void {
  const { dv } = plan.sync;
  const refused = [...rows.values()].filter(
    (r) => r.state === 'q' && (r.dv !== '' || blind.has(r.id)),
  );
  // What lost its place has its day, and within an act its id.
  const lost = (a: EventRow, b: EventRow): number => a.day - b.day || idOrder(a.id, b.id);
  refused.sort((a, b) => (a.dv < b.dv ? -1 : a.dv > b.dv ? 1 : a.ds - b.ds || lost(a, b)));
  for (const { id } of refused) {
    const r = plan.row(id);
    if (r?.state !== 'q') continue;
    const { dsNext } = plan.sync;
    plan.put(r.dv === dv ? unsent(r) : { ...unsent(r), dv, ds: dsNext });
    if (r.dv !== dv) plan.sync = { ...plan.sync, dsNext: dsNext + 1 };
  }
}

const unsent = (r: EventRow): EventRow => ({
  ...r,
  ...{ state: 'p', seq: 0, tag: '', epoch: '', note: null },
});

/** Somebody else uses this device id: take a new one and renumber what is unsent; ids stay. */
function fork(
  plan: Plan,
  { spareDv, day }: ReplyInputs,
  was: Pick<FormerVault, 'why' | 'unsent'>,
): void {
  const { dv: old, was: before } = plan.sync;
  const rows = plan.all().filter((r) => r.state === 'p');
  rows.sort((a, b) => (a.dv < b.dv ? -1 : a.dv > b.dv ? 1 : a.ds - b.ds));
  rows.forEach((r, i) => plan.put({ ...r, dv: spareDv, ds: i + 1 }));
  const told = before && before.unsent > was.unsent ? before : { dv: old, ...was, day };
  plan.sync = {
    ...plan.sync,
    ...{ dv: spareDv, dsNext: rows.length + 1, dsLast: undefined, was: told },
  };
}

/**
 * A copy in a checked backup is enough: the row becomes a plain copy, or goes with its case. What nobody
 * here can read is no copy to anybody and goes; the line of its case stays.
 */
function purge(plan: Plan, blind: ReadonlySet<string> = new Set()): void {
  const { safe, epoch } = plan.sync;
  for (const r of plan.all()) {
    if (r.state !== 'a' || r.epoch !== epoch || r.seq > safe) continue;
    if (blind.has(r.id)) {
      plan.remove(r);
      plan.keepCase(r.caseId);
    } else if (plan.left.has(r.caseId)) {
      plan.remove(r);
      plan.dropCase(r.caseId);
    } else plan.put({ ...r, state: 'f' });
  }
}

/**
 * Histories part above `base`: copies of others' events go, everything of ours that is still here is
 * offered again (ids make that harmless), and the feed starts from 0.
 */
function rewind(view: ExchangeView, { reply, day }: ReplyInputs): ExchangeChanges {
  const plan = new Plan(view);
  const base = reply.kind === 'epoch' ? reply.base : 0;
  const { dv } = view.sync;
  let { dsNext } = view.sync;
  const own = plan.all().filter((r) => r.dv !== '' && r.state !== 'p');
  own.sort((a, b) => (a.dv < b.dv ? -1 : a.dv > b.dv ? 1 : a.ds - b.ds));
  for (const r of own) {
    if (r.state === 'f' && r.seq <= base) continue;
    plan.put(r.dv === dv ? unsent(r) : { ...unsent(r), dv, ds: dsNext++ });
  }
  // Copies go whatever their position: an `enter` of the lost history may have brought old ones.
  for (const r of plan.all()) {
    if (r.state !== 'f' || r.dv !== '') continue;
    plan.remove(r);
    plan.dropCase(r.caseId);
  }
  // What left in the lost history may be ours again; the feed says `leave` once more where not.
  for (const caseId of view.left) plan.touch(caseId, { left: 0 });
  plan.sync = {
    ...view.sync,
    ...{ dsNext, epoch: reply.epoch, head: reply.head, safe: 0, gen: view.sync.gen + 1 },
    ...{ cursor: null, wit: null, wits: [], hist: [], dsLast: undefined },
    was: countyBack(view.sync, { base, own: [...view.rows.values()], day }),
  };
  return plan.changes(true);
}
