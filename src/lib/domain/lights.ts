import { compareInstants, instantMs, toLocalDate, workdaysBetween } from './calendar.ts';
import type { ClockContext, ClockRecord } from './clock-record.ts';
import { CLOCK_RULES, type ClockCode } from './clock-rules.ts';
import { isLate } from './clocks-ledger.ts';
import type { Instant } from './values.ts';

/** 灯: grey not started or over, purple frozen by a hearing, red overdue. Cases only, never people. */
export type Light = 'grey' | 'green' | 'yellow' | 'red' | 'purple';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** When a clock turns yellow (REFERENCE 6.5); working-day clocks count working days instead. */
const YELLOW_BEFORE_MS: Partial<Record<ClockCode, number>> = {
  C1: 3 * DAY_MS,
  C2: 3 * DAY_MS,
  C4: 7 * DAY_MS,
  C1b: 4 * HOUR_MS,
};
const YELLOW_WORKDAYS = 1;

const countsWorkdays = (code: ClockCode): boolean => CLOCK_RULES[code].length.unit === 'workdays';
const countsHours = (code: ClockCode): boolean => {
  const { unit } = CLOCK_RULES[code].length;
  return unit === 'hours' || unit === 'minutes';
};

/** The due date a duty is judged by: of its extension when there is one. */
export function limitOf(clock: ClockRecord): Instant {
  return clock.extendedTo ?? clock.due;
}

function isNear(clock: ClockRecord, { calendar, now }: ClockContext): boolean {
  const limit = limitOf(clock);
  const left = instantMs(limit) - instantMs(now);
  if (countsWorkdays(clock.code)) {
    return workdaysBetween(calendar, toLocalDate(now), toLocalDate(limit)) <= YELLOW_WORKDAYS;
  }
  const named = YELLOW_BEFORE_MS[clock.code];
  if (named !== undefined) return left <= named;
  const fifth = (instantMs(limit) - instantMs(clock.startedAt)) / 5;
  return left <= (countsHours(clock.code) ? fifth : Math.max(fifth, DAY_MS));
}

/** 单个时钟的灯. Green and yellow are for what still runs; a stopped clock is grey. */
export function clockLight(clock: ClockRecord, context: ClockContext): Light {
  if (clock.stoppedAt !== null || clock.outcome === 'LAPSED') return 'grey';
  if (clock.frozenSince !== null) return 'purple';
  if (isLate(context.now, limitOf(clock))) return 'red';
  return isNear(clock, context) ? 'yellow' : 'green';
}

const WORST: readonly Light[] = ['red', 'yellow', 'purple', 'green', 'grey'];

/** What a case shows: the worst light of its duties under law or rule, small dots for the rest. */
export interface CaseLights {
  readonly light: Light;
  /** The clock that decides the light; null when nothing runs. */
  readonly decidedBy: ClockRecord | null;
  /** Internal clocks that still run, worst first. */
  readonly dots: readonly { readonly clock: ClockRecord; readonly light: Light }[];
}

const byUrgency =
  (context: ClockContext) =>
  (a: ClockRecord, b: ClockRecord): number =>
    WORST.indexOf(clockLight(a, context)) - WORST.indexOf(clockLight(b, context)) ||
    compareInstants(limitOf(a), limitOf(b));

/** 案件的灯: windows of the villager never colour it, since letting a right lapse is no breach. */
export function caseLights(clocks: readonly ClockRecord[], context: ClockContext): CaseLights {
  const live = clocks.filter((clock) => clock.stoppedAt === null).sort(byUrgency(context));
  // An extended C4 is judged by its C5, so that one limit is not shown twice.
  const duties = live.filter(
    ({ code, extendedTo }) =>
      (CLOCK_RULES[code].nature === 'legal' || CLOCK_RULES[code].nature === 'rule') &&
      !(code === 'C4' && extendedTo !== null),
  );
  const [worst] = duties;
  const dots = live
    .filter(({ code }) => CLOCK_RULES[code].nature === 'internal')
    .map((clock) => ({ clock, light: clockLight(clock, context) }));
  return {
    light: worst === undefined ? 'grey' : clockLight(worst, context),
    decidedBy: worst ?? null,
    dots,
  };
}

/** 还剩多久: time left (or overdue) as a value that a dictionary can speak. */
export interface TimeLeft {
  readonly state: 'left' | 'over' | 'last_day';
  readonly unit: 'minutes' | 'hours' | 'days' | 'workdays';
  /** Whole units, rounded in the careful sense: down while left, up when over. */
  readonly count: number;
}

/** Time to the limit as seen at `now`; days are Shanghai days, `last_day` is the day itself. */
export function timeLeft(clock: ClockRecord, context: ClockContext): TimeLeft {
  const { calendar, now } = context;
  const limit = limitOf(clock);
  const ms = instantMs(limit) - instantMs(now);
  if (countsHours(clock.code)) {
    const size = Math.abs(ms);
    const over = ms < 0;
    const round = over ? Math.ceil : Math.floor;
    const inMinutes = size < 2 * HOUR_MS;
    return {
      state: over ? 'over' : 'left',
      unit: inMinutes ? 'minutes' : 'hours',
      count: round(size / (inMinutes ? 60_000 : HOUR_MS)),
    };
  }
  const today = toLocalDate(now);
  const last = toLocalDate(limit);
  const unit = countsWorkdays(clock.code) ? 'workdays' : 'days';
  if (last === today) return { state: 'last_day', unit, count: 0 };
  const over = last < today;
  if (unit === 'workdays') {
    const [from, to] = over ? [last, today] : [today, last];
    return { state: over ? 'over' : 'left', unit, count: workdaysBetween(calendar, from, to) };
  }
  const days = Math.round(
    (instantMs(`${last}T00:00:00Z` as Instant) - instantMs(`${today}T00:00:00Z` as Instant)) /
      DAY_MS,
  );
  return { state: over ? 'over' : 'left', unit, count: Math.abs(days) };
}

/** 还剩多久 in plain Chinese, as shown beside a light: `还有 3 天`, `今天到期`, `超了 2 天`. */
export function timeLeftWords(left: TimeLeft): string {
  const units = { minutes: '分钟', hours: '小时', days: '天', workdays: '个工作日' };
  if (left.state === 'last_day') return '今天到期';
  const amount = `${String(left.count)} ${units[left.unit]}`;
  return left.state === 'left' ? `还有 ${amount}` : `超了 ${amount}`;
}

/** 办理期限 shown on a case: the live limit of the lead handling, C5 else C4 else C7 (6.6). */
export function liveLimit(clocks: readonly ClockRecord[]): ClockRecord | null {
  for (const code of ['C5', 'C4', 'C7'] as const) {
    const found = clocks.findLast((clock) => clock.code === code);
    if (found) return found;
  }
  return null;
}

/** 最近的期限 while nothing is handled yet: the earliest running duty under law or rule. */
export function nextDuty(clocks: readonly ClockRecord[]): ClockRecord | null {
  const duties = clocks.filter(
    ({ code, stoppedAt, extendedTo }) =>
      stoppedAt === null &&
      extendedTo === null &&
      (CLOCK_RULES[code].nature === 'legal' || CLOCK_RULES[code].nature === 'rule'),
  );
  return [...duties].sort((a, b) => compareInstants(limitOf(a), limitOf(b)))[0] ?? null;
}
