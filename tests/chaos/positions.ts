import { spreadOut } from './pace.ts';

const EDGE = 6;

/** The ends first, then those between in an order whose every beginning is spread over the whole. */
export const endsFirst = (at: readonly number[]): readonly number[] => [
  ...at.slice(0, EDGE),
  ...at.slice(EDGE).slice(-EDGE),
  ...spreadOut(at.slice(EDGE, -EDGE)),
];

/** All positions below `length`, or `count` of them spread evenly, always with both ends. */
export function positions(length: number, count: number): readonly number[] {
  if (count >= length) return Array.from({ length }, (_, i) => i);
  const spread = Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));
  const ends = Array.from({ length: EDGE }, (_, i) => [i, length - 1 - i]).flat();
  return [...new Set([...spread, ...ends])].filter((k) => k >= 0).sort((a, b) => a - b);
}
