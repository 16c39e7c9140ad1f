/** Walks one step of the fold: plain stops of the rule table, then what the type's handler adds. */
import { isInstant } from './calendar.ts';
import { CLOCK_CODES, CLOCK_RULES, CLOSED_BY_ANY_ENDING, type ClockCode } from './clock-rules.ts';
import { HANDLERS as APPEAL } from './clocks-appeal.ts';
import {
  unitNamed,
  type ClockHandler,
  type ClockHandlers,
  type ClockStep,
} from './clocks-handler.ts';
import { HANDLERS as HANDLING } from './clocks-handling.ts';
import { HANDLERS as INTAKE } from './clocks-intake.ts';
import { actTime, stopClocks, type Ledger } from './clocks-ledger.ts';
import { HANDLERS as SERVICE } from './clocks-service.ts';
import type { CaseEvent, EventType } from './events.ts';
import type { FoldStep } from './evolve.ts';
import { lifted } from './shapes.ts';
import { TERMINAL } from './status.ts';
import type { EventId, UnitId } from './values.ts';

const HANDLERS: ClockHandlers = { ...INTAKE, ...HANDLING, ...SERVICE, ...APPEAL };

/** Stops that depend on more than the type; their handlers do them. */
const STOPPED_BY_HANDLER: readonly EventType[] = [
  'case.supplemented',
  'delivery.recorded',
  'rating.accepted',
  'commitment.fulfilled',
  'commitment.breached',
  'urgent.acknowledged',
  'supervision.answered',
];

/** Types whose facts count for a clock even where they came out of place. */
const COUNT_OUT_OF_PLACE: readonly EventType[] = ['delivery.recorded', 'urgent.acknowledged'];

const PLAIN_STOPS: ReadonlyMap<EventType, readonly ClockCode[]> = new Map(
  [...new Set(CLOCK_CODES.flatMap((code) => CLOCK_RULES[code].stopsOn))]
    .filter((type) => !STOPPED_BY_HANDLER.includes(type))
    .map((type) => [type, CLOCK_CODES.filter((code) => CLOCK_RULES[code].stopsOn.includes(type))]),
);

/** Events of one unit, which leave the clocks of the others alone while the case goes on. */
function scopeOf(step: ClockStep): UnitId | undefined {
  if (TERMINAL.includes(step.after.status)) return undefined;
  return isSending(step.event.type) ? undefined : (unitNamed(step.event) ?? undefined);
}

function isSending(type: EventType): boolean {
  return type === 'case.transferred' || type === 'case.assigned';
}

function runHandler<T extends EventType>(ledger: Ledger, step: ClockStep, type: T): void {
  const handler = HANDLERS[type] as ClockHandler<EventType> | undefined;
  handler?.(ledger, step);
}

function applyEffective(ledger: Ledger, step: ClockStep): void {
  const { before, event, after } = step;
  const codes = PLAIN_STOPS.get(event.type);
  if (codes) {
    const unit = scopeOf(step);
    stopClocks(ledger, { codes, event, ...(unit === undefined ? {} : { unit }) });
  }
  runHandler(ledger, step, event.type);
  const ended = TERMINAL.includes(after.status) && before.status !== after.status;
  if (ended) stopClocks(ledger, { codes: CLOSED_BY_ANY_ENDING, event });
  capLeaderCases(ledger, event);
}

/** An event that the county had put down unread acts on the clocks once it is read. */
function applyRead(ledger: Ledger, step: ClockStep, id: EventId): void {
  const kept = step.before.opaque?.find(({ eventId }) => eventId === id)?.event;
  const effect = step.after.timeline.find(({ eventId }) => eventId === id)?.effect;
  if (!kept || effect === undefined || effect === 'UNKNOWN') return;
  const event = lifted(kept) as CaseEvent;
  if (!isInstant(actTime(event))) return;
  if (effect === 'SUSPENDED') ledger.suspended.set(event.id, event);
  else if (effect !== 'NOTED' || COUNT_OUT_OF_PLACE.includes(event.type))
    applyEffective(ledger, { ...step, event });
}

/** Lets one step of the fold act on the clocks; acts without power wait for their ratification. */
export function applyStep(ledger: Ledger, { before, event, after }: FoldStep): void {
  const effect = after.timeline.at(-1)?.effect ?? 'UNKNOWN';
  // The same event again changes nothing; an unread one or one without a time starts no clock.
  if (after === before || effect === 'UNKNOWN') return;
  const step: ClockStep = { before, event: lifted(event) as CaseEvent, after };
  if (!isInstant(actTime(step.event))) return;
  if (effect === 'SUSPENDED') {
    ledger.suspended.set(event.id, step.event);
    return;
  }
  // By the system it is noted only; what it lets count counts all the same.
  if (step.event.type === 'event.adopted') applyRead(ledger, step, step.event.payload.eventId);
  if (effect === 'NOTED' && !COUNT_OUT_OF_PLACE.includes(step.event.type)) return;
  applyEffective(ledger, step);
  if (step.event.type !== 'mandate.granted') return;
  for (const id of step.event.payload.ratifies ?? []) {
    const ratified = ledger.suspended.get(id);
    if (ratified === undefined) continue;
    ledger.suspended.delete(id);
    applyEffective(ledger, { ...step, event: ratified });
  }
}

/** 领导包案 may never outlast the legal limit of the handling: C18 is cut at C5, else C4. */
function capLeaderCases(ledger: Ledger, event: CaseEvent): void {
  const [limit] = ledger.drafts
    .filter((d) => (d.code === 'C4' || d.code === 'C5') && d.stoppedAt === null)
    .map((d) => d.due)
    .sort()
    .reverse();
  if (limit === undefined) return;
  for (const draft of ledger.drafts) {
    if (draft.code !== 'C18' || draft.stoppedAt !== null || event.id === draft.stopEventId)
      continue;
    draft.due = limit < draft.dueRaw ? limit : draft.dueRaw;
  }
}
