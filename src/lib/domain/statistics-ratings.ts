/** 参评与满意: only ratings that the rating desk has opened are ever read (REFERENCE 6.6). */
import { inPeriod, ratioOf, shareOf, type Period, type Ratio } from './statistics-arithmetic.ts';
import { countedCases } from './statistics-counted.ts';
import type { CaseSummary, RatingTarget } from './statistics-summary.ts';

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
