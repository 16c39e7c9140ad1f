const SHANGHAI_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** Days since 1970 in Asia/Shanghai: all that a row says about its time in clear. */
export const coarseDay = (instant: string): number =>
  Math.floor((Date.parse(instant) + SHANGHAI_MS) / DAY_MS);
