const SHANGHAI_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** Days since 1970 in Asia/Shanghai: all that a row says about its time in clear. */
export const coarseDay = (instant: string): number =>
  Math.floor((Date.parse(instant) + SHANGHAI_MS) / DAY_MS);

/** The moment at which that day began; empty for what is no time. */
export function dayOnly(instant: string): string {
  const day = coarseDay(instant);
  return Number.isNaN(day) ? '' : new Date(day * DAY_MS - SHANGHAI_MS).toISOString();
}
