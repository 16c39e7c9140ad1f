/**
 * 统计指标 (REFERENCE 6.6): every indicator as a pure function over summaries and a period.
 *
 * Only registered, non-voided cases count. A merged child counts only when it was a repeat. Sealed
 * cases stand in the totals and nowhere else. Every ratio carries its two counts. A closing rate is
 * that of the files as they stand: fold them up to the last day of the period.
 */
import { addSeconds } from './calendar.ts';
import { isLate } from './clocks-ledger.ts';
import {
  inPeriod,
  meanOf,
  msBetween,
  percentile,
  ratioOf,
  shareOf,
  type Period,
  type Ratio,
} from './statistics-arithmetic.ts';
import { countedCases, ENDED, endedIn, registeredIn } from './statistics-counted.ts';
import type { CaseSummary } from './statistics-summary.ts';
import type { LocalDate } from './values.ts';

export { countedCases } from './statistics-counted.ts';
export * from './statistics-ranking.ts';
export * from './statistics-ratings.ts';
export * from './statistics-timely.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** 登记件次. */
export const registeredCount = (all: readonly CaseSummary[], period: Period): number =>
  registeredIn(all, period).length;

/** 人次: sum of petitioners. */
export const peopleCount = (all: readonly CaseSummary[], period: Period): number =>
  registeredIn(all, period).reduce((sum, { people }) => sum + people, 0);

/** 办结率, as the files stand (fold them up to the last day of the period). */
export const closingRate = (all: readonly CaseSummary[], period: Period): Ratio =>
  shareOf(registeredIn(all, period), ({ status }) => ENDED.includes(status));

/** 一次性化解率: first petitions solved without 不满意, review, reopening or repeat. */
export function onceSolvedRate(
  all: readonly CaseSummary[],
  period: Period,
  repeatDays: number,
): Ratio {
  const cases = countedCases(all);
  const ended = cases.filter(
    ({ first, status, endedAt }) =>
      first && (status === 'CLOSED' || status === 'TERMINATED') && inPeriod(period, endedAt),
  );
  const repeatedSoon = (one: CaseSummary) =>
    cases.some(
      ({ repeatOf, registeredAt }) =>
        repeatOf === one.caseId &&
        registeredAt !== null &&
        one.endedAt !== null &&
        !isLate(registeredAt, addSeconds(one.endedAt, repeatDays * 86_400)),
    );
  return shareOf(
    ended,
    (one) =>
      one.status === 'CLOSED' &&
      !one.ratings.some(({ target, value }) => target === 'UNIT' && value === '不满意') &&
      !one.reviewed &&
      !one.reopened &&
      !repeatedSoon(one),
  );
}

/** 重复信访率. */
export const repeatRate = (all: readonly CaseSummary[], period: Period): Ratio =>
  shareOf(registeredIn(all, period), ({ repeat }) => repeat);

/** 越级走访: flagged visits against visits. */
export const skipLevelRate = (all: readonly CaseSummary[], period: Period): Ratio =>
  shareOf(
    registeredIn(all, period).filter(({ channel }) => channel === 'LF'),
    ({ skipLevel }) => skipLevel,
  );

/** 越级标记件数, whatever the channel: a flag for analysis. */
export const skipLevelMarks = (all: readonly CaseSummary[], period: Period): number =>
  registeredIn(all, period).filter(({ skipLevel }) => skipLevel).length;

/** 平均办理时长, days with one decimal, from registration to the first ending. */
export function meanDuration(
  all: readonly CaseSummary[],
  period: Period,
): { readonly count: number; readonly days: number | null } {
  const spans = endedIn(all, period).flatMap(({ registeredAt, endedAt }) =>
    registeredAt !== null && endedAt !== null ? [msBetween(registeredAt, endedAt)] : [],
  );
  return { count: spans.length, days: meanOf(spans, DAY_MS) };
}

/** 就地化解占比. */
export const onsiteShare = (all: readonly CaseSummary[], period: Period): Ratio =>
  shareOf(endedIn(all, period), ({ onsite }) => onsite);

/** 离线滞后 in hours with one decimal: receipt of the taking minus the taking itself. */
export interface OfflineLag {
  readonly count: number;
  readonly mean: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

/** 离线滞后 of all cases taken in the period, registered or not. */
export function offlineLag(all: readonly CaseSummary[], period: Period): OfflineLag {
  const lags = all.flatMap(({ takenAt, takenReceivedAt }) =>
    takenAt !== null && takenReceivedAt !== null && inPeriod(period, takenAt)
      ? [Math.max(0, msBetween(takenAt, takenReceivedAt))]
      : [],
  );
  const inHours = (value: number | null) => (value === null ? null : meanOf([value], HOUR_MS));
  return {
    count: lags.length,
    mean: meanOf(lags, HOUR_MS),
    p95: inHours(percentile(lags, 0.95)),
    max: inHours(percentile(lags, 1)),
  };
}

/** 告知到位率. */
export function toldRate(all: readonly CaseSummary[], period: Period): Ratio {
  const cases = registeredIn(all, period);
  const sum = (key: 'issued' | 'told') =>
    cases.reduce((total, { notices }) => total + notices[key], 0);
  return ratioOf(sum('told'), sum('issued'));
}

/** 群众跑腿次数 over ended cases; the target is 0. */
export const tripCount = (all: readonly CaseSummary[], period: Period): number =>
  endedIn(all, period).reduce((total, { trips }) => total + trips, 0);

/** 隐患 as far as the count needs it. */
export interface HazardSummary {
  readonly foundOn: LocalDate;
  readonly status: 'OPEN' | 'WATCHING' | 'RESOLVED' | 'TO_CASE';
}

/** 隐患排查: found in the period, of them resolved, of them turned into cases. */
export function hazardCounts(
  all: readonly HazardSummary[],
  period: Period,
): { readonly found: number; readonly resolved: number; readonly toCase: number } {
  const found = all.filter(({ foundOn }) => period.from <= foundOn && foundOn <= period.to);
  const count = (status: HazardSummary['status']) =>
    found.filter((hazard) => hazard.status === status).length;
  return { found: found.length, resolved: count('RESOLVED'), toCase: count('TO_CASE') };
}

/** Field-device cases among all (R03): taken by an agent, not typed at the office. */
export const fieldShare = (all: readonly CaseSummary[], period: Period): Ratio =>
  shareOf(registeredIn(all, period), ({ channel }) => channel === 'DL');
