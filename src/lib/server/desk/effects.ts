import type { ClockContext, ClockRecord } from '../../domain/clock-record.ts';
import { CLOCK_RULES } from '../../domain/clock-rules.ts';
import { clocksOf } from '../../domain/clocks.ts';
import type { CaseEvent } from '../../domain/events.ts';
import { limitOf } from '../../domain/lights.ts';
import type { FieldSpec } from './acts/spec.ts';

export interface Effect {
  readonly code: string;
  readonly name: string;
  readonly due: string | null;
  readonly kind: 'starts' | 'stops';
}

/** Answers as they stand before anybody types: defaults, first choices, a word where one is needed. */
export function presumedAnswers(fields: readonly FieldSpec[]): Record<string, unknown> {
  const answers: Record<string, unknown> = {};
  for (const field of fields) {
    if (field.kind === 'claims') {
      answers[field.name] = (field.claims ?? []).map((_c, i) => ({ i, decision: 'EXPLAIN' }));
    } else if (field.kind === 'number') answers[field.name] = Number(field.value ?? 1);
    else if (field.kind === 'lines') answers[field.name] = ['—'];
    else if (field.kind === 'select' && field.required)
      answers[field.name] = field.value ?? field.options?.[0]?.value;
    else if (field.value !== undefined) answers[field.name] = field.value;
    else if (field.required) answers[field.name] = '—';
  }
  return answers;
}

const effectOf = (clock: ClockRecord, kind: Effect['kind']): Effect => ({
  code: clock.code,
  name: CLOCK_RULES[clock.code].zh,
  due: kind === 'starts' ? limitOf(clock) : null,
  kind,
});

/**
 * What an act would start and stop, found by counting the clocks with it: the same code that will
 * count them afterwards, so the promise on the button cannot differ from the deed.
 */
export function effectsOf(
  events: readonly CaseEvent[],
  event: CaseEvent,
  context: ClockContext,
): Effect[] {
  const before = clocksOf(events, context);
  const after = clocksOf([...events, event], context);
  const running = new Set(
    before
      .filter((c) => c.stoppedAt === null)
      .map((c) => `${c.code}/${c.startEventId}/${c.handlingUnit}`),
  );
  const stops = after.filter(
    (c) =>
      c.stopEventId === event.id && running.has(`${c.code}/${c.startEventId}/${c.handlingUnit}`),
  );
  const starts = after.filter((c) => c.startEventId === event.id && c.stoppedAt === null);
  return [...stops.map((c) => effectOf(c, 'stops')), ...starts.map((c) => effectOf(c, 'starts'))];
}
