/**
 * What the county itself records: a desk's act, a system event, the adoption of a kept-aside
 * event. Same log, same pen, same durable commit as a tablet's push.
 */
import type { Actor, EventBody } from '../../domain/case-event.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import { OPAQUE } from '../../domain/shapes.ts';
import {
  fail,
  ok,
  type CaseId,
  type EventId,
  type Instant,
  type Result,
  type Sha256,
} from '../../domain/values.ts';
import type { AsideRow, AuditRow, CountyTx } from '../../ports/county-store.ts';
import { asCaseEvent, type EventRow } from '../../ports/event-store.ts';
import { fitsCase, fitsSalt } from '../../protocol/bound-ids.ts';
import { cleanText, depthAtMost } from '../../protocol/canonical.ts';
import { eventHashSync } from '../../protocol/hash.ts';
import type { LeaveReason, WireEvent } from '../../protocol/sync.ts';
import { appendBeside, type MakeBeside } from './beside.ts';
import { isBox } from '../sealing/box.ts';
import { COUNTY_DEVICE, type CountyDeps } from './deps.ts';
import type { Asker, Verdict } from './judge.ts';
import { openLedger, type Ledger } from './ledger.ts';
import { attachmentsArrived } from './media-rows.ts';
import { mirrorToMasters } from './mirror.ts';
import { meetQueryCodes } from './query-codes.ts';

/** One event to record; id, time and hash are the county's unless given (an import gives them). */
export interface NewRecord {
  readonly type: string;
  readonly v?: number;
  readonly payload: unknown;
  readonly id?: EventId;
  readonly occurredAt?: Instant;
}

/** Serial numbers handed out inside the transaction: once taken they are never given again. */
export interface Serials {
  /** Next serial of case numbers of that year, from 1. */
  caseSerial(year: number): number;
}

/** What a decision may look at; it must be pure, the transaction may run it again. */
export interface Deciding {
  readonly file: CaseFile;
  readonly now: Instant;
  readonly serials: Serials;
}

export interface CountyAct<E> {
  readonly actor: Actor;
  readonly caseId: CaseId;
  /** Salt for a case that begins here; a known case keeps its own. */
  readonly salt?: string;
  /** The events, or the decision that makes them from the case as it stands in the transaction. */
  readonly events: readonly NewRecord[] | ((deciding: Deciding) => Result<readonly NewRecord[], E>);
  /** False for an import whose own system events are among `events`. */
  readonly follow?: boolean;
  /** What the same commit adds to a second case. */
  readonly beside?: MakeBeside;
  /** Lines for the audit log, in the same transaction. */
  readonly audit?: readonly Omit<AuditRow, 'at'>[];
}

/** The id of an event, or of the case, is another's or stands aside: this act was not recorded. */
export type IdTaken = 'ID_TAKEN';

export interface Recorded {
  readonly file: CaseFile;
  readonly rows: readonly EventRow[];
}

const SERIAL_YEARS = 3;
const serialName = (year: number) => `case_no.${year}`;

async function openSerials(tx: CountyTx, now: Instant) {
  const years = Array.from(
    { length: SERIAL_YEARS },
    (_, back) => Number(now.slice(0, 4)) + 1 - back,
  );
  const start = new Map<number, number>();
  for (const year of years) start.set(year, await tx.counter(serialName(year)));
  const taken = new Map<number, number>();
  const serials: Serials = {
    caseSerial: (year) => {
      const before = taken.get(year) ?? start.get(year);
      if (before === undefined) throw new Error(`invariant: no serials for the year ${year}`);
      taken.set(year, before + 1);
      return before + 1;
    },
  };
  const counters = () => [...taken].map(([year, value]) => ({ name: serialName(year), value }));
  return { serials, counters };
}

/**
 * Records events of one case at the county and resolves after the durable commit.
 * With a function for `events` its refusal comes back and nothing is written; so does `ID_TAKEN`.
 */
export async function recordAtCounty<S extends Asker, E = never>(
  deps: CountyDeps<S>,
  act: CountyAct<E>,
): Promise<Result<Recorded, E | IdTaken>> {
  const { actor, caseId } = act;
  const result = await deps.store.transact(deps.county, async (tx) => {
    const ledger = openLedger(deps, await tx.head(), await tx.cases([caseId]));
    const salt = ledger.record(caseId)?.salt ?? act.salt ?? deps.clock.salt();
    if (!fitsSalt(caseId, salt)) return fail<IdTaken>('ID_TAKEN');
    const { serials, counters } = await openSerials(tx, ledger.now);
    const file = ledger.file(caseId, salt);
    const decided =
      typeof act.events === 'function'
        ? act.events({ file, now: ledger.now, serials })
        : ok(act.events);
    if (!decided.ok) return decided;
    const given = decided.value.flatMap(({ id }) => id ?? []);
    if (!given.every((id) => fitsCase(id, caseId))) return fail<IdTaken>('ID_TAKEN');
    const here = await tx.known(given);
    const own = new Set(file.timeline.map(({ eventId }) => eventId));
    if ([...here.keys()].some((id) => !own.has(id))) return fail<IdTaken>('ID_TAKEN');
    const rows: EventRow[] = [];
    for (const event of decided.value) {
      // A press that came twice carries the same id: it is recorded once.
      if (event.id !== undefined && here.has(event.id)) continue;
      const body = bodyOf(deps, { caseId, now: ledger.now, event });
      const h = eventHashSync(deps.digest, salt, body);
      const row = ledger.append({ body, h, actor, offset: 0, dv: COUNTY_DEVICE, ds: 0 }, salt);
      rows.push(row);
      if (act.follow === false) continue;
      const after = ledger.file(caseId, salt);
      ledger.follow(caseId, deps.judge.followUps(after, asCaseEvent(row)));
    }
    if (act.beside) await appendBeside(deps, { tx, ledger }, { caseId, actor, make: act.beside });
    if (act.follow !== false) {
      await mirrorToMasters(deps, tx, ledger);
      if (ledger.created().size > 0) await meetQueryCodes(deps, tx, ledger);
    }
    const audit = (act.audit ?? []).map((line) => ({ ...line, at: ledger.now }));
    await tx.write({ ...ledger.take(), counters: counters(), audit });
    return ok({ file: ledger.file(caseId, salt), rows });
  });
  const last = result.ok ? result.value.rows.at(-1) : undefined;
  if (last !== undefined) deps.committed?.(last.seq);
  return result;
}

function bodyOf<S extends Asker>(
  deps: CountyDeps<S>,
  { caseId, now, event }: { caseId: CaseId; now: Instant; event: NewRecord },
): EventBody<string> {
  const { type, v = 1, payload, id = deps.clock.eventId(), occurredAt = now } = event;
  return { id, caseId, type, v, occurredAt, payload: cleanText(payload) };
}

/** Which kept event, by whom and why; with `caseId` only when it belongs to that case. */
export interface AskedAdoption {
  readonly id: EventId;
  readonly caseId?: CaseId;
  readonly actor: Actor;
  readonly reason: string;
}

/** What a tablet hears of a case that was never its person's. */
const LEFT: LeaveReason = 'HANDED_OVER';

/** Why an event cannot be adopted. */
export type AdoptRefusal = 'NOT_FOUND' | 'ALREADY_ADOPTED' | 'NOT_READABLE';

function readAside(row: AsideRow): EventBody<string> | null {
  if (isBox(row.raw)) return null;
  const wire = JSON.parse(row.raw) as WireEvent;
  // Not even its envelope could be read: the office copies the words by hand.
  if (row.code === 'MALFORMED' || wire.id !== row.id || !depthAtMost(wire.p)) return null;
  const { id, caseId } = row;
  return { id, caseId, type: wire.t, v: wire.v, occurredAt: wire.at as Instant, payload: wire.p };
}

/** Lets an event count that joined the log unread, once this build reads it. */
async function readInside<S extends Asker>(
  deps: CountyDeps<S>,
  tx: CountyTx,
  { row, actor, reason }: Pick<AskedAdoption, 'actor' | 'reason'> & { readonly row: AsideRow },
): Promise<Result<Ledger, AdoptRefusal>> {
  const { id, caseId, salt } = row;
  const ledger = openLedger(deps, await tx.head(), await tx.cases([caseId]));
  const at = (await tx.known([id])).get(id);
  const seq = at?.at === 'log' ? at.seq : 0;
  const kept = (await tx.eventsOf(caseId, seq + 1)).find((event) => event.id === id);
  const read = kept === undefined ? null : deps.judge.readable(asCaseEvent(kept));
  if (read === null) return fail('NOT_READABLE');
  const joined = ledger.whole(() => {
    const given = { type: 'event.adopted', payload: { eventId: id, reason } };
    const body = bodyOf(deps, { caseId, now: ledger.now, event: given });
    const h = eventHashSync(deps.digest, salt, body);
    ledger.append({ body, h, actor, offset: 0, dv: COUNTY_DEVICE, ds: 0 }, salt);
    ledger.follow(caseId, deps.judge.followUps(ledger.file(caseId, salt), read));
    return body;
  });
  if (joined === null) return fail('NOT_READABLE');
  await attachmentsArrived(tx, ledger, ledger.touched());
  await tx.write({ ...ledger.take(), adopted: [{ id, seq }] });
  return ok(ledger);
}

/** The event under its author's own name and right, and what the county adds to it. */
function authored<S extends Asker>(
  deps: CountyDeps<S>,
  ledger: Ledger,
  { row, body, author }: { row: AsideRow; body: EventBody<string>; author: S | null },
): { readonly by: Actor; readonly verdict: Verdict | null } {
  const { judge } = deps;
  const file = ledger.file(row.caseId, row.salt);
  const { now } = ledger;
  if (author === null) {
    // Nobody is called what somebody else is called: a name is known of the case's own agent alone.
    const name = file.agent?.personId === row.personId ? file.agent.name : '';
    return { by: { code: 'A', personId: row.personId, name }, verdict: null };
  }
  const by = judge.actor(author, file, { type: body.type, now });
  const seq = ledger.head().seq + 1;
  const stamp = { seq, receivedAt: now, actor: by, clockOffsetSeconds: row.offset };
  const event = { ...body, stamp };
  return { by, verdict: judge.admit({ asker: author, file, event, now }) };
}

async function adoptInside<S extends Asker>(
  deps: CountyDeps<S>,
  tx: CountyTx,
  { id, caseId: asked, actor, reason, author }: AskedAdoption & { readonly author: S | null },
): Promise<Result<Ledger, AdoptRefusal>> {
  const row = await tx.aside(id);
  if (row === null || row.caseId !== (asked ?? row.caseId)) return fail('NOT_FOUND');
  if (row.adoptedSeq !== null) return fail('ALREADY_ADOPTED');
  if (row.code === OPAQUE) return readInside(deps, tx, { row, actor, reason });
  const body = readAside(row);
  const ledger = openLedger(deps, await tx.head(), await tx.cases([row.caseId]));
  const salt = ledger.record(row.caseId)?.salt ?? row.salt;
  if (body === null || salt !== row.salt) return fail('NOT_READABLE');
  const { caseId, personId, offset, dv, ds } = row;
  const joined = ledger.whole(() => {
    const { by, verdict } = authored(deps, ledger, { row, body, author });
    const admitted = verdict?.kind === 'applied' ? verdict.followUps : null;
    // What was refused counts by a person's word alone, never by itself after an upgrade.
    if (verdict !== null && admitted === null && actor.code === 'S') return null;
    const added = ledger.append({ body, h: row.h as Sha256, actor: by, offset, dv, ds }, salt);
    const after = () => deps.judge.followUps(ledger.file(caseId, salt), asCaseEvent(added));
    ledger.follow(caseId, admitted ?? after());
    return added;
  });
  // What the fold still throws over stays aside, to be copied by hand.
  if (joined === null) return fail('NOT_READABLE');
  const { seq } = joined;
  const adoption: EventBody<string> = {
    id: deps.clock.eventId(),
    caseId,
    type: 'event.adopted',
    v: 1,
    occurredAt: ledger.now,
    payload: cleanText({ eventId: id, reason }),
  };
  const h = eventHashSync(deps.digest, salt, adoption);
  ledger.append({ body: adoption, h, actor, offset: 0, dv: COUNTY_DEVICE, ds: 0 }, salt);
  ledger.mark({ kind: 'adopted', caseId, personId, note: id });
  // He may never have had the case: his tablet lets go of it, unless his next exchange opens it.
  const had = await tx.accessOf(personId, [caseId]);
  const shut = had.length > 0 ? null : ledger.mark({ kind: 'leave', caseId, personId, note: LEFT });
  const access = shut === null ? [] : [{ personId, caseId, fromSeq: shut.seq, toSeq: shut.seq }];
  await mirrorToMasters(deps, tx, ledger);
  await attachmentsArrived(tx, ledger, ledger.touched());
  await tx.write({ ...ledger.take(), access, adopted: [{ id, seq }] });
  return ok(ledger);
}

/**
 * Lets a kept-aside event join the log after all; the feed tells the tablet that offered it.
 * Its author stays who sent it, by his own name and grants, and it is weighed again as his;
 * `actor` is the officer who adopts it.
 */
export async function adoptAside<S extends Asker>(
  deps: CountyDeps<S>,
  asked: AskedAdoption,
): Promise<Result<Recorded['file'], AdoptRefusal>> {
  const kept = await deps.store.transact(deps.county, (tx) => tx.aside(asked.id));
  if (kept === null) return fail('NOT_FOUND');
  const author = (await deps.sealed?.askerOf(kept.personId)) ?? null;
  const result = await deps.store.transact(deps.county, (tx) =>
    adoptInside(deps, tx, { ...asked, author }),
  );
  if (!result.ok) return result;
  deps.committed?.(result.value.head().seq);
  return ok(result.value.file(kept.caseId, ''));
}
