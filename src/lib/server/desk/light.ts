import type { ClockContext, ClockRecord } from '../../domain/clock-record.ts';
import { CLOCK_RULES } from '../../domain/clock-rules.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import { caseLights, clockLight, type Light, limitOf } from '../../domain/lights.ts';
import { TERMINAL } from '../../domain/status.ts';
import { hasUnacknowledged } from './acts/facts.ts';

/** A light as the page draws it; structurally `DeskLight` of the ui. */
export interface LightView {
  readonly shape: 'ok' | 'soon' | 'late' | 'idle';
  readonly word:
    'ok' | 'soon' | 'late' | 'idle' | 'ended' | 'urgent' | 'hold' | 'inTime' | 'overTime';
}

const SHAPES: Record<Light, LightView> = {
  grey: { shape: 'idle', word: 'idle' },
  green: { shape: 'ok', word: 'ok' },
  yellow: { shape: 'soon', word: 'soon' },
  red: { shape: 'late', word: 'late' },
  purple: { shape: 'idle', word: 'hold' },
};

/** The light of one running clock. */
export const lightOf = (clock: ClockRecord, context: ClockContext): LightView =>
  SHAPES[clockLight(clock, context)];

/** What a row needs to know about time. */
export interface CaseTime {
  readonly light: LightView;
  /** Limit of the duty that decides the light; null when nothing runs. */
  readonly dueAt: string | null;
  /** Clock that decides, e.g. `C1`. */
  readonly code: string | null;
  /** Smaller burns first. */
  readonly order: number;
}

/** How an ended case stood against its limit; `ended` when no limit was counted. */
function endedLight(clocks: readonly ClockRecord[]): LightView {
  const limits = clocks.filter((c) => ['C4', 'C7'].includes(c.code) && c.outcome !== 'RUNNING');
  const last = limits.at(-1);
  if (!last) return { shape: 'idle', word: 'ended' };
  const late = last.stoppedAt !== null && Date.parse(last.stoppedAt) > Date.parse(limitOf(last));
  return late ? { shape: 'late', word: 'overTime' } : { shape: 'ok', word: 'inTime' };
}

/** The light of a case: unacknowledged urgency, else the worst duty, else how it ended. */
export function caseTime(
  file: CaseFile,
  clocks: readonly ClockRecord[],
  context: ClockContext,
): CaseTime {
  if (hasUnacknowledged(file)) {
    const c13 = clocks.findLast((c) => c.code === 'C13' && c.stoppedAt === null);
    return {
      light: { shape: 'late', word: 'urgent' },
      dueAt: c13?.due ?? null,
      code: 'C13',
      order: -1,
    };
  }
  const { light, decidedBy } = caseLights(clocks, context);
  if (decidedBy === null && TERMINAL.includes(file.status)) {
    return { light: endedLight(clocks), dueAt: null, code: null, order: Infinity };
  }
  const dueAt = decidedBy === null ? null : limitOf(decidedBy);
  return {
    light: SHAPES[light],
    dueAt,
    code: decidedBy?.code ?? null,
    order: dueAt === null ? Number.MAX_SAFE_INTEGER : Date.parse(dueAt),
  };
}

/** One clock as the case page lists it. */
export function clockView(clock: ClockRecord, context: ClockContext) {
  const rule = CLOCK_RULES[clock.code];
  const running = clock.stoppedAt === null;
  const done: LightView =
    clock.outcome === 'MISSED'
      ? { shape: 'late', word: 'overTime' }
      : { shape: 'ok', word: 'inTime' };
  return {
    key: `${clock.code}/${clock.handlingUnit ?? ''}/${clock.startEventId}/${clock.subject ?? ''}`,
    code: clock.code,
    name: rule.zh,
    basis: rule.basis,
    due: limitOf(clock),
    stoppedAt: clock.stoppedAt,
    outcome: clock.outcome,
    light: running ? SHAPES[clockLight(clock, context)] : done,
    provisional: clock.provisional,
  };
}
