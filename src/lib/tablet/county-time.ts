import type { Instant } from '../domain/values.ts';
import type { SyncRecord } from '../ports/tablet-store.ts';

/** Difference to the county's clock that is let pass. */
const NEAR_MS = 120_000;

/**
 * The county's time by which lights and days are counted here: this clock, or this clock put right
 * by the last answer's difference, whichever stands sooner after that answer. So a wrong date makes
 * nothing late, and neither does an old difference after the date was set right.
 */
export function countyTime(
  now: Instant,
  sync: Pick<SyncRecord, 'clockOffsetSeconds' | 'lastReceiptAt'> | null,
): Instant {
  if (!sync?.lastReceiptAt || Math.abs(sync.clockOffsetSeconds) * 1000 <= NEAR_MS) return now;
  const here = Date.parse(now);
  const right = here + sync.clockOffsetSeconds * 1000;
  const first = Date.parse(sync.lastReceiptAt) - NEAR_MS;
  const hereIsSooner = here >= first && (right < first || here <= right);
  return hereIsSooner || right < first ? now : (new Date(right).toISOString() as Instant);
}
