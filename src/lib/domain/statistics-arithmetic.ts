import { instantMs, toLocalDate } from './calendar.ts';
import type { Instant, LocalDate } from './values.ts';

/** 统计期: Shanghai days, both ends included. */
export interface Period {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** True when an instant falls on a day of the period; false for null. */
export function inPeriod(period: Period, at: Instant | null): boolean {
  if (at === null) return false;
  const day = toLocalDate(at);
  return period.from <= day && day <= period.to;
}

/** 率: never shown without its two counts. */
export interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
  /** Per cent with one decimal, half up; null for a denominator of 0. */
  readonly percent: number | null;
}

/** Tenths of `numerator / denominator * scale`, rounded half away from zero, exactly. */
function tenthsOf(numerator: bigint, denominator: bigint, scale: bigint): number {
  const negative = numerator < 0n !== denominator < 0n;
  const top = (numerator < 0n ? -numerator : numerator) * scale * 20n;
  const bottom = denominator < 0n ? -denominator : denominator;
  const tenths = Number((top / bottom + 1n) / 2n) / 10;
  return negative && tenths !== 0 ? -tenths : tenths;
}

/** A ratio from its counts. */
export function ratioOf(numerator: number, denominator: number): Ratio {
  const percent = denominator === 0 ? null : tenthsOf(BigInt(numerator), BigInt(denominator), 100n);
  return { numerator, denominator, percent };
}

/** The share of a list that fulfils a condition. */
export function shareOf<T>(all: readonly T[], fulfils: (one: T) => boolean): Ratio {
  return ratioOf(all.filter(fulfils).length, all.length);
}

/** Mean of whole numbers with one decimal, half up, divided by `unit`; null for an empty list. */
export function meanOf(values: readonly number[], unit = 1): number | null {
  if (values.length === 0) return null;
  const sum = values.reduce((total, value) => total + BigInt(value), 0n);
  return tenthsOf(sum, BigInt(values.length) * BigInt(unit), 1n);
}

/** 各单位平均: the mean of the rates of several units, each unit counting the same. */
export function meanOfRatios(ratios: readonly Ratio[]): number | null {
  const real = ratios.filter((ratio) => ratio.denominator > 0);
  if (real.length === 0) return null;
  let top = 0n;
  let bottom = 1n;
  for (const { numerator, denominator } of real) {
    top = top * BigInt(denominator) + BigInt(numerator) * bottom;
    bottom *= BigInt(denominator);
  }
  return tenthsOf(top, bottom * BigInt(real.length), 100n);
}

/** 同比、环比: change of a value (given in whole units or in tenths) against the last period. */
export interface Change {
  readonly now: number;
  readonly before: number;
  /** Per cent with one decimal; null when there was nothing before. */
  readonly percent: number | null;
}

const TENTHS = 10;

/** `(now − before) ÷ before`; values may carry one decimal. */
export function changeOf(now: number, before: number): Change {
  const [a, b] = [Math.round(now * TENTHS), Math.round(before * TENTHS)];
  const percent = b === 0 ? null : tenthsOf(BigInt(a - b), BigInt(b), 100n);
  return { now, before, percent };
}

/** `96.0 %`, `−76.0 %` with a real minus sign, or `—`. */
export function percentText(percent: number | null): string {
  if (percent === null) return '—';
  const sign = percent < 0 ? '−' : '';
  return `${sign}${Math.abs(percent).toFixed(1)} %`;
}

/** The value at or above which lies the highest `1 − share`; nearest rank. Null when empty. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

/** Milliseconds from one instant to another. */
export const msBetween = (from: Instant, to: Instant): number => instantMs(to) - instantMs(from);
