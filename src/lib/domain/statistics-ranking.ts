/** 诉求排行 (seed R29): what people come with, where, and how it moved against the period before. */
import { changeOf, type Change, type Period } from './statistics-arithmetic.ts';
import { registeredIn } from './statistics-counted.ts';
import type { CaseSummary } from './statistics-summary.ts';

/** One line of a ranking. */
export interface RankingLine {
  readonly key: string;
  readonly change: Change;
}

/**
 * Registered cases by a key, most first, each with its change; sealed cases are in no line. The key
 * is null for what belongs nowhere. Keys that only the period before had come last, with 0.
 */
export function demandRanking(
  all: readonly CaseSummary[],
  periods: { readonly now: Period; readonly before: Period },
  keyOf: (one: CaseSummary) => string | null,
): RankingLine[] {
  const countBy = (period: Period): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const one of registeredIn(all, period)) {
      const key = one.sealed ? null : keyOf(one);
      if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  };
  const [now, before] = [countBy(periods.now), countBy(periods.before)];
  return [...new Set([...now.keys(), ...before.keys()])]
    .map((key) => ({ key, change: changeOf(now.get(key) ?? 0, before.get(key) ?? 0) }))
    .sort((a, b) => b.change.now - a.change.now || (a.key < b.key ? -1 : 1));
}

/** Below this a cell is not shown outside the county office (REFERENCE 6.7). */
export const CELL_MIN_OUTSIDE = 3;
/** Below this a figure is not published at all (REFERENCE 3.2, P0). */
export const CELL_MIN_PUBLIC = 5;

/** A count as it may leave the county office: null when too few would be recognised. */
export function publishable(count: number, min: number = CELL_MIN_PUBLIC): number | null {
  return count < min ? null : count;
}
