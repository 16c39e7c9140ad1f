/** 及时与按期: every rate that compares an act with its due date (REFERENCE 6.6). */
import { addDays, endOfDayShanghai, toLocalDate } from './calendar.ts';
import { isLate } from './clocks-ledger.ts';
import { inPeriod, ratioOf, shareOf, type Period, type Ratio } from './statistics-arithmetic.ts';
import { countedCases, registeredIn } from './statistics-counted.ts';
import type { CaseSummary, TimedDuty } from './statistics-summary.ts';
import type { Instant } from './values.ts';

const OFFICE_DAYS = 15;
const UNIT_DAYS = 30;

const inTime = ({ due, stoppedAt }: TimedDuty): boolean =>
  stoppedAt !== null && !isLate(stoppedAt, due);

/** 及时受理率（信访部门）: C1 met, by due date. */
export function officeTimelyRate(all: readonly CaseSummary[], period: Period): Ratio {
  const duties = countedCases(all).flatMap(({ officeDuty }) => officeDuty ?? []);
  return shareOf(
    duties.filter(({ due }) => inPeriod(period, due)),
    inTime,
  );
}

/** 及时受理率（责任单位）: C2 met, by due date, not counting what was withdrawn before. */
export function unitTimelyRate(all: readonly CaseSummary[], period: Period): Ratio {
  const duties = countedCases(all).flatMap(({ unitDuties }) => unitDuties);
  return shareOf(
    duties.filter(({ due, withdrawn }) => !withdrawn && inPeriod(period, due)),
    inTime,
  );
}

const laterBy = (at: Instant, days: number): Instant =>
  endOfDayShanghai(addDays(toLocalDate(at), days));

function provincial(
  all: readonly CaseSummary[],
  period: Period,
  by: { readonly days: number; readonly done: (one: CaseSummary) => Instant | null },
): Ratio {
  const due = ({ registeredAt }: CaseSummary) => registeredAt && laterBy(registeredAt, by.days);
  const cases = countedCases(all).filter((one) => inPeriod(period, due(one)));
  return shareOf(cases, (one) => {
    const [limit, done] = [due(one), by.done(one)];
    return limit !== null && done !== null && !isLate(done, limit);
  });
}

/** Provincial variant of the office's rate: first transfer or ending ≤ registration + 15 days. */
export const officeTimelyRateProvincial = (all: readonly CaseSummary[], period: Period): Ratio =>
  provincial(all, period, {
    days: OFFICE_DAYS,
    done: ({ transferredAt, acceptedAt, endedAt }) => transferredAt ?? acceptedAt ?? endedAt,
  });

/** Provincial variant of the unit's rate: acceptance ≤ registration + 30 days. */
export const unitTimelyRateProvincial = (all: readonly CaseSummary[], period: Period): Ratio =>
  provincial(
    all.filter(({ unitDuties }) => unitDuties.length > 0),
    period,
    { days: UNIT_DAYS, done: ({ acceptedAt }) => acceptedAt },
  );

/** 按期办结（答复）率 with its four parts (aqdf, cqdf, wdf, cqwdf). */
export interface OnTimeRate extends Ratio {
  readonly onTime: number;
  readonly late: number;
  readonly open: number;
  readonly overdue: number;
}

/** 按期办结率: live due (C5 else C4 else C7) in the period, against the service. */
export function onTimeRate(all: readonly CaseSummary[], period: Period, now: Instant): OnTimeRate {
  const limits = countedCases(all)
    .flatMap(({ liveLimit }) => liveLimit ?? [])
    .filter(({ due }) => inPeriod(period, due));
  const count = (fits: (limit: TimedDuty) => boolean) => limits.filter(fits).length;
  const onTime = count(inTime);
  const late = count((limit) => limit.stoppedAt !== null && !inTime(limit));
  const overdue = count(({ stoppedAt, due }) => stoppedAt === null && isLate(now, due));
  const open = limits.length - onTime - late - overdue;
  return { ...ratioOf(onTime, limits.length), onTime, late, open, overdue };
}

/** 初信初访 24 h 转办率: C1b in time among first cases that had to be transferred. */
export function fastTransferRate(all: readonly CaseSummary[], period: Period): Ratio {
  const duties = registeredIn(all, period)
    .filter(({ first }) => first)
    .flatMap(({ fastTransfer }) => fastTransfer ?? []);
  return shareOf(duties, inTime);
}
