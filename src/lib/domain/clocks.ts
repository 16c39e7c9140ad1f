/*
 * Statutory clocks: `clocksOf` walks the fold and yields one record per clock that ever ran.
 *
 *     events ──foldSteps──▶ {before, event, after} ──rules──▶ drafts ──now──▶ records
 *
 * A record changes only when an event is added or the calendar is; `now` decides nothing but
 * whether a running clock is still RUNNING.
 */
import type { ClockContext, ClockRecord } from './clock-record.ts';
import { finishDraft, newLedger } from './clocks-ledger.ts';
import { applyStep } from './clocks-steps.ts';
import type { CaseEvent } from './case-event.ts';
import { foldSteps, type FoldStep } from './evolve.ts';

export type { ClockContext, ClockOutcome, ClockRecord } from './clock-record.ts';
export { CLOCK_CODES, CLOCK_RULES } from './clock-rules.ts';
export type { ClockCode, ClockNature, ClockRule } from './clock-rules.ts';

/** 时钟: all clocks of one case in the order they started, from its events in fold order. */
export function clocksOf(
  events: readonly CaseEvent<string>[],
  context: ClockContext,
): ClockRecord[] {
  return clocksOfSteps(foldSteps(events), context);
}

/** The same over steps that somebody already folded. */
export function clocksOfSteps(steps: Iterable<FoldStep>, context: ClockContext): ClockRecord[] {
  const ledger = newLedger(context);
  for (const step of steps) applyStep(ledger, step);
  return ledger.drafts.map((draft) => finishDraft(draft, context));
}
