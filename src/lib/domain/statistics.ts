/**
 * 统计指标 (REFERENCE 6.6): every indicator as a pure function over summaries and a period.
 *
 * Only registered, non-voided cases count. A merged child counts only when it was a repeat. Sealed
 * cases stand in the totals and nowhere else. Every ratio carries its two counts.
 */
import { addDays, addSeconds, endOfDayShanghai, toLocalDate } from './calendar.ts';
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
import type { CaseSummary, RatingTarget, TimedDuty } from './statistics-summary.ts';
import type { FileStatus } from './status.ts';
import type { Instant, LocalDate } from './values.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const OFFICE_DAYS = 15;
const UNIT_DAYS = 30;

/** 办结 for the closing rate. */
const ENDED: readonly FileStatus[] = [
  'CLOSED',
  'TERMINATED',
  'DIVERTED',
  'NO_MORE',
  'NOT_ACCEPTED',
  'WITHDRAWN',
];

/** 计入统计的件: registered, not voided, and merged only when it was a repeat. */
export function countedCases(all: readonly CaseSummary[]): CaseSummary[] {
  return all.filter(
    ({ registeredAt, status, repeat }) =>
      registeredAt !== null && status !== 'VOIDED' && (status !== 'MERGED' || repeat),
  );
}

const registeredIn = (all: readonly CaseSummary[], period: Period): CaseSummary[] =>
  countedCases(all).filter(({ registeredAt }) => inPeriod(period, registeredAt));

const endedIn = (all: readonly CaseSummary[], period: Period): CaseSummary[] =>
  countedCases(all).filter(
    ({ status, endedAt }) => ENDED.includes(status) && inPeriod(period, endedAt),
  );

const inTime = ({ due, stoppedAt }: TimedDuty): boolean =>
  stoppedAt !== null && !isLate(stoppedAt, due);

/** 登记件次. */
export const registeredCount = (all: readonly CaseSummary[], period: Period): number =>
  registeredIn(all, period).length;

/** 人次: sum of petitioners. */
export const peopleCount = (all: readonly CaseSummary[], period: Period): number =>
  registeredIn(all, period).reduce((sum, { people }) => sum + people, 0);

/** 办结率, as the files stand (fold them up to the last day of the period). */
export const closingRate = (all: readonly CaseSummary[], period: Period): Ratio =>
  shareOf(registeredIn(all, period), ({ status }) => ENDED.includes(status));

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

const mayBeRated = (one: CaseSummary, target: RatingTarget): boolean =>
  target === 'OFFICE' || one.status !== 'DIVERTED';

const ratingsIn = (all: readonly CaseSummary[], period: Period, target: RatingTarget) =>
  countedCases(all)
    .filter((one) => mayBeRated(one, target))
    .flatMap(({ ratings }) =>
      ratings.filter((rating) => rating.target === target && inPeriod(period, rating.at)),
    );

/** 参评率: rated against rated and expired unrated. */
export function ratingRate(
  all: readonly CaseSummary[],
  period: Period,
  target: RatingTarget,
): Ratio {
  const rated = ratingsIn(all, period, target).length;
  const expired = countedCases(all)
    .filter((one) => mayBeRated(one, target))
    .filter(({ ratings }) => !ratings.some((rating) => rating.target === target))
    .filter(({ expired: lapsed }) =>
      lapsed.some((one) => one.target === target && inPeriod(period, one.at)),
    ).length;
  return ratioOf(rated, rated + expired);
}

/** 满意率: 满意 and 基本满意 against rated. */
export const satisfactionRate = (
  all: readonly CaseSummary[],
  period: Period,
  target: RatingTarget,
): Ratio => shareOf(ratingsIn(all, period, target), ({ value }) => value !== '不满意');

/** 双满意率: both 满意 against both rated. */
export function doubleSatisfactionRate(all: readonly CaseSummary[], period: Period): Ratio {
  const valueOf = (one: CaseSummary, target: RatingTarget) =>
    one.ratings.find((rating) => rating.target === target && inPeriod(period, rating.at))?.value;
  const pairs = countedCases(all)
    .map((one) => [valueOf(one, 'OFFICE'), valueOf(one, 'UNIT')])
    .filter((pair) => pair.every((value) => value !== undefined));
  return shareOf(pairs, (pair) => pair.every((value) => value === '满意'));
}

/** 不满意原因构成: each reason against all 不满意. */
export function dissatisfactionReasons(
  all: readonly CaseSummary[],
  period: Period,
  target: RatingTarget,
): ReadonlyMap<string, Ratio> {
  const bad = ratingsIn(all, period, target).filter(({ value }) => value === '不满意');
  const reasons = new Set(bad.flatMap((rating) => rating.reasons));
  return new Map(
    [...reasons].map((reason) => [reason, shareOf(bad, (one) => one.reasons.includes(reason))]),
  );
}

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

/** 初信初访 24 h 转办率: C1b in time among first cases that had to be transferred. */
export function fastTransferRate(all: readonly CaseSummary[], period: Period): Ratio {
  const duties = registeredIn(all, period)
    .filter(({ first }) => first)
    .flatMap(({ fastTransfer }) => fastTransfer ?? []);
  return shareOf(duties, inTime);
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
