import { inPeriod, type Period } from './statistics-arithmetic.ts';
import type { CaseSummary } from './statistics-summary.ts';
import type { FileStatus } from './status.ts';

/** 办结 for the closing rate. */
export const ENDED: readonly FileStatus[] = [
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

/** Counted cases registered in the period. */
export const registeredIn = (all: readonly CaseSummary[], period: Period): CaseSummary[] =>
  countedCases(all).filter(({ registeredAt }) => inPeriod(period, registeredAt));

/** Counted cases that ended in the period. */
export const endedIn = (all: readonly CaseSummary[], period: Period): CaseSummary[] =>
  countedCases(all).filter(
    ({ status, endedAt }) => ENDED.includes(status) && inPeriod(period, endedAt),
  );
