/** 研判的数: each figure of the page under its id, and the cases that make it. */
import type { Settings } from '../../domain/settings.ts';
import {
  countedCases,
  doubleSatisfactionRate,
  fastTransferRate,
  fieldShare,
  meanDuration,
  onceSolvedRate,
  onsiteShare,
  onTimeRate,
  ratingRate,
  registeredCount,
  repeatRate,
  satisfactionRate,
  unitTimelyRate,
} from '../../domain/statistics.ts';
import type { Period } from '../../domain/statistics-arithmetic.ts';
import type { CaseSummary } from '../../domain/statistics-summary.ts';
import type { Instant } from '../../domain/values.ts';

/** What a figure is counted with. */
export interface Counting {
  readonly period: Period;
  readonly now: Instant;
  readonly settings: Settings;
}

/** The two counts of a figure. */
export interface TwoCounts {
  readonly numerator: number;
  readonly denominator: number;
}

type Figure = (all: readonly CaseSummary[], by: Counting) => TwoCounts;
const counted = (n: number): TwoCounts => ({ numerator: n, denominator: n });

/** Every figure as a pair of counts; a mere count stands for both. */
export const FIGURES = {
  registered: (all, { period }) => counted(registeredCount(all, period)),
  meanDays: (all, { period }) => counted(meanDuration(all, period).count),
  transferIn24h: (all, { period }) => fastTransferRate(all, period),
  unitInTime: (all, { period }) => unitTimelyRate(all, period),
  closedInTime: (all, { period, now }) => onTimeRate(all, period, now),
  satisfiedUnit: (all, { period }) => satisfactionRate(all, period, 'UNIT'),
  satisfiedOffice: (all, { period }) => satisfactionRate(all, period, 'OFFICE'),
  rated: (all, { period }) => ratingRate(all, period, 'UNIT'),
  bothSatisfied: (all, { period }) => doubleSatisfactionRate(all, period),
  onsite: (all, { period }) => onsiteShare(all, period),
  onceSolved: (all, { period, settings }) =>
    onceSolvedRate(all, period, settings['onceSolved.repeatDays']),
  repeat: (all, { period }) => repeatRate(all, period),
  fromField: (all, { period }) => fieldShare(all, period),
} as const satisfies Record<string, Figure>;
export type FigureId = keyof typeof FIGURES;

export const isFigure = (id: string): id is FigureId => Object.hasOwn(FIGURES, id);

/**
 * What each case adds to the two counts of a figure; their sums are the figure. A case with several
 * duties may add more than one. Every figure looks at one case alone, but for 一次性化解, which
 * also asks whether the same matter came again.
 */
export function casesBehind(
  id: FigureId,
  all: readonly CaseSummary[],
  by: Counting,
): ReadonlyMap<string, TwoCounts> {
  const behind = new Map<string, TwoCounts>();
  for (const one of countedCases(all)) {
    const again = all.filter(({ repeatOf }) => repeatOf === one.caseId);
    const alone = [one, ...(id === 'onceSolved' ? again.map(onlyAsRepeat) : [])];
    const { numerator, denominator } = FIGURES[id](alone, by);
    if (denominator > 0) behind.set(one.caseId, { numerator, denominator });
  }
  return behind;
}

/** Seen as the repeat of another case, and not counted by itself. */
const onlyAsRepeat = (one: CaseSummary): CaseSummary => ({ ...one, first: false });
