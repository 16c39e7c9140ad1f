import type { CaseFile } from './case-file.ts';
import type { Ledger } from './clocks-ledger.ts';
import type { CaseEvent, EventOf, EventType } from './events.ts';
import type { UnitId } from './values.ts';

/** One step of the fold, as `foldSteps` yields it. */
export interface ClockStep<E = CaseEvent> {
  readonly before: CaseFile;
  readonly event: E;
  readonly after: CaseFile;
}

/** What one event type does to the ledger beyond the plain stops of the rule table. */
export type ClockHandler<T extends EventType> = (
  ledger: Ledger,
  step: ClockStep<EventOf<T>>,
) => void;

/** Handlers by event type; a type without one starts nothing. */
export type ClockHandlers = { readonly [T in EventType]?: ClockHandler<T> };

/** The unit an event names in its payload; null when it names none or cannot be read. */
export function unitNamed(event: CaseEvent): UnitId | null {
  const { payload } = event;
  return 'unitId' in payload && typeof payload.unitId === 'string'
    ? (payload.unitId as UnitId)
    : null;
}

/** The unit an event speaks of, the lead unit when it names none. */
export function unitOf(step: ClockStep): UnitId | null {
  return unitNamed(step.event) ?? step.after.head.unit;
}

/** 群众能评: not for the anonymous, not for sealed matters. */
export function mayRate(file: CaseFile): boolean {
  return file.head.anonymous !== true && file.sealed === null && file.head.kind !== '检举控告';
}

/** 可申请复查: a request of one's own that was answered; not suggestions, questions, thanks. */
export function mayAskReview(file: CaseFile): boolean {
  const { anonymous, kind } = file.head;
  return anonymous !== true && kind !== '建议意见' && kind !== '咨询' && kind !== '感谢其他';
}
