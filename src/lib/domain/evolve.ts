/**
 * (file, event) → file: total, pure, and the same everywhere that holds the same events.
 *
 *     the county put it down unread? ─► a line UNKNOWN, until `event.adopted`
 *     known type and version (older ones are lifted)? ── no ──► a line UNKNOWN
 *        │ sealed payload? ──► the status moves, a line SEALED
 *        │ without power (K09)? ──► kept aside, a line SUSPENDED
 *        ▼
 *     life cycle allows it here? ── yes: facts and status (APPLIED), no: facts alone (NOTED)
 *
 * A late field event adds facts about the past and never undoes an office act that stands before
 * it, because the status it may move from is no longer there.
 */
import type { CaseEvent as AnyEvent } from './case-event.ts';
import { emptyCaseFile, type CaseFile, type EventEffect } from './case-file.ts';
import { countedAt, happenedAt, isAfter } from './event-time.ts';
import type { CaseEvent, EventType } from './events.ts';
import { fieldReducers } from './evolve/field.ts';
import { intakeReducers } from './evolve/intake.ts';
import { officeReducers } from './evolve/office.ts';
import { recordReducers } from './evolve/record.ts';
import { markOf, type Reducers, type Step } from './evolve/step.ts';
import { unitReducers } from './evolve/unit.ts';
import { villagerReducers } from './evolve/villager.ts';
import { nextStatus } from './lifecycle.ts';
import { isEventType, isOfToday, lifted, SHAPES, type Shapes } from './shapes.ts';
import { TERMINAL } from './status.ts';
import type { CaseId } from './values.ts';

const REDUCERS: Reducers<EventType> = {
  ...intakeReducers,
  ...fieldReducers,
  ...officeReducers,
  ...unitReducers,
  ...villagerReducers,
  ...recordReducers,
};

/** Acts by which the agent binds the villager; everything else is information or a messenger's. */
const NEEDS_POWER: ReadonlySet<string> = new Set<EventType>([
  'resolution.recorded',
  'withdrawal.requested',
  'review.requested',
  'recheck.requested',
]);

/** 无权代理 (民法典 171, K09): an agent's binding act after his mandate was revoked. */
export function isWithoutPower(file: CaseFile, event: AnyEvent<string>): boolean {
  if (event.stamp.actor.code !== 'A' || !NEEDS_POWER.has(event.type)) return false;
  if (file.mandates.some((m) => m.revoked === null)) return false;
  const at = happenedAt(event);
  return file.mandates.some((m) => m.revoked !== null && isAfter(at, m.revoked.at));
}

const isKnown = (event: AnyEvent<string>, shapes: Shapes): event is CaseEvent =>
  isOfToday(event, shapes);

const isSealed = (payload: unknown): boolean =>
  typeof payload === 'object' && payload !== null && Object.hasOwn(payload, 'sealedBox');

const isTyped = (event: AnyEvent<string>): event is CaseEvent => isEventType(event.type);

/** The facts of one event; null when its payload is of a shape this build cannot read. */
function withFacts<T extends EventType>(file: CaseFile, step: Step<T>): CaseFile | null {
  try {
    return REDUCERS[step.event.type](file, step);
  } catch {
    // Admission checked every shape; a foreign one may still stand in an old log, and the fold
    // has to go on: the line is kept, the event stays unread.
    return null;
  }
}

function withLine(file: CaseFile, event: AnyEvent<string>, effect: EventEffect): CaseFile {
  const { seq } = event.stamp;
  const last = file.lastActAt;
  return {
    ...file,
    timeline: [
      ...file.timeline,
      {
        ...markOf(event as CaseEvent),
        type: event.type as EventType,
        v: event.v,
        effect,
        status: file.status,
      },
    ],
    unread: effect === 'UNKNOWN' ? [...file.unread, event.id] : file.unread,
    lastActAt: last === null || isAfter(event.occurredAt, last) ? event.occurredAt : last,
    seq: Math.max(file.seq, seq ?? 0),
  };
}

/** Status, and what follows from a status alone. */
function withStatus(file: CaseFile, event: CaseEvent, next: CaseFile['status']): CaseFile {
  if (next === file.status) return file;
  const moved = { ...file, status: next, statusSince: markOf(event) };
  if (!TERMINAL.includes(next)) return moved;
  const { moments } = file;
  const endedAt = next === 'CLOSED' ? (moments.deliveredAt ?? countedAt(event)) : countedAt(event);
  const ended = { ...moved, moments: { ...moments, endedAt: moments.endedAt ?? endedAt } };
  if (next === 'CLOSED') return { ...ended, closeKind: file.closeKind ?? 'ANSWERED' };
  const handlings = file.handlings.map((h) =>
    h.status === 'SERVED' || h.status === 'RETRACTED' ? h : { ...h, status: 'ENDED' as const },
  );
  return next === 'TERMINATED' ? ended : { ...ended, handlings };
}

function applied(file: CaseFile, event: CaseEvent): { file: CaseFile; effect: EventEffect } {
  if (typeof event.payload !== 'object' || event.payload === null) {
    return { file, effect: 'UNKNOWN' };
  }
  const next = nextStatus(file, event);
  if (isSealed(event.payload)) {
    return { file: withStatus(file, event, next ?? file.status), effect: 'SEALED' };
  }
  const step = {
    event,
    payload: event.payload,
    mark: markOf(event),
    allowed: next !== null,
    next: next ?? file.status,
  } as Step<EventType>;
  const facts = withFacts(file, step);
  if (facts === null) return { file, effect: 'UNKNOWN' };
  return { file: withStatus(facts, event, step.next), effect: step.allowed ? 'APPLIED' : 'NOTED' };
}

/** 追认: acts kept aside run now, each with its own time. */
function withRatified(file: CaseFile, event: CaseEvent): CaseFile {
  if (event.type !== 'mandate.granted') return file;
  const given = (event.payload as Partial<typeof event.payload> | null)?.ratifies;
  const ids = Array.isArray(given) ? given : [];
  let next = file;
  for (const act of file.suspended) {
    if (act.ratifiedBy !== null || !ids.includes(act.event.id) || !isTyped(act.event)) continue;
    const ran = applied(next, act.event);
    next = {
      ...ran.file,
      suspended: ran.file.suspended.map((s) =>
        s.event.id === act.event.id ? { ...s, ratifiedBy: event.id } : s,
      ),
      timeline: ran.file.timeline.map((line) =>
        line.eventId === act.event.id ? { ...line, effect: ran.effect } : line,
      ),
    };
  }
  return next;
}

/** What the fold makes of an event that may count; its line is the caller's. */
function counted(file: CaseFile, event: CaseEvent): { file: CaseFile; effect: EventEffect } {
  if (!isWithoutPower(file, event)) return applied(file, event);
  const suspended = [...file.suspended, { event, ratifiedBy: null }];
  return { file: { ...file, suspended }, effect: 'SUSPENDED' };
}

/** The county wrote before it that it could not read it: kept as it came, nothing is moved. */
function withWaiting(file: CaseFile, event: AnyEvent<string>): CaseFile | null {
  if (file.opaque?.some(({ eventId }) => eventId === event.id) !== true) return null;
  const opaque = file.opaque.map((one) => (one.eventId === event.id ? { ...one, event } : one));
  return withLine({ ...file, opaque }, event, 'UNKNOWN');
}

/** An event that was put down unread counts from now on, as what it said then. */
function withRead(file: CaseFile, event: CaseEvent, shapes: Shapes): CaseFile {
  if (event.type !== 'event.adopted') return file;
  const id = (event.payload as Partial<typeof event.payload> | null)?.eventId;
  const kept = file.opaque?.find(({ eventId }) => eventId === id)?.event;
  if (!kept) return file;
  const read = lifted(kept, shapes);
  if (!isKnown(read, shapes)) return file;
  const ran = counted(file, read);
  const timeline = ran.file.timeline.map((line) =>
    line.eventId === id ? { ...line, v: read.v, effect: ran.effect } : line,
  );
  const unread = ran.effect === 'UNKNOWN' ? file.unread : file.unread.filter((one) => one !== id);
  const opaque = file.opaque?.filter(({ eventId }) => eventId !== id) ?? [];
  return withRatified({ ...ran.file, timeline, unread, opaque }, read);
}

/** `evolve` as a build with these shapes does it. */
export function evolveAs(shapes: Shapes, file: CaseFile, came: AnyEvent<string>): CaseFile {
  if (file.timeline.some((line) => line.eventId === came.id)) return file;
  const waiting = withWaiting(file, came);
  if (waiting !== null) return waiting;
  const event = lifted(came, shapes);
  if (!isKnown(event, shapes)) return withLine(file, event, 'UNKNOWN');
  const ran = counted(file, event);
  const after = withRatified(withLine(ran.file, event, ran.effect), event);
  return withRead(after, event, shapes);
}

/** Adds one event. The same event twice changes nothing; nothing makes it throw. */
export const evolve = (file: CaseFile, event: AnyEvent<string>): CaseFile =>
  evolveAs(SHAPES, file, event);

/** County order: by `seq`, then what is still unsent, in the order given. */
export function inServerOrder<E extends Pick<AnyEvent<string>, 'stamp'>>(
  events: readonly E[],
): readonly E[] {
  const place = (e: E) => e.stamp.seq ?? Number.POSITIVE_INFINITY;
  return events.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

/** One step of a fold: the file before and after an event. */
export interface FoldStep {
  readonly before: CaseFile;
  readonly event: AnyEvent<string>;
  readonly after: CaseFile;
}

/** Walks a case in county order; clocks and history read it. */
export function* foldSteps(events: readonly AnyEvent<string>[], salt = ''): Generator<FoldStep> {
  let before = emptyCaseFile(events[0]?.caseId ?? ('' as CaseId), salt);
  for (const event of inServerOrder(events)) {
    const after = evolve(before, event);
    yield { before, event, after };
    before = after;
  }
}

/** Folds the events of one case; no events give an empty file. */
export function foldCase(events: readonly AnyEvent<string>[], salt = ''): CaseFile {
  const start = emptyCaseFile(events[0]?.caseId ?? ('' as CaseId), salt);
  return inServerOrder(events).reduce(evolve, start);
}
