import type { SyncStatus } from '$lib/tablet/workspace-types';
import type { ShellWords } from '$lib/ui/messages/shell.zh-CN';

/** Difference to the county's clock from which deadlines on this tablet are not to be trusted. */
export const CLOCK_OFF_SECONDS = 120;
/** Longer without the county than this is more likely a wrong date than a long journey. */
export const CLOCK_FAR_DAYS = 60;
const DAY_SECONDS = 86_400;

/** Why this tablet's clock is not believed; seconds of difference, always positive. */
export type ClockDoubt =
  /** The county's last answer said so. */
  | { readonly kind: 'OFF'; readonly seconds: number }
  /** It stands before the county's last answer. */
  | { readonly kind: 'BACK'; readonly seconds: number }
  /** It stands long after the county's last answer. */
  | { readonly kind: 'FAR'; readonly seconds: number };

/**
 * Compares this tablet's clock with what the county said last; null while nothing speaks against it.
 * Where it cannot stand any more as that answer found it, it was set since, and is judged by its own.
 */
export function clockDoubt(
  sync: Pick<SyncStatus, 'clockOffsetSeconds' | 'lastReceiptAt'>,
  now: string,
): ClockDoubt | null {
  const { clockOffsetSeconds: offset, lastReceiptAt } = sync;
  if (!lastReceiptAt) return null;
  const since = (Date.parse(now) - Date.parse(lastReceiptAt)) / 1000;
  const asFound = since + offset;
  const stands = asFound >= -CLOCK_OFF_SECONDS && asFound <= CLOCK_FAR_DAYS * DAY_SECONDS;
  if (Math.abs(offset) > CLOCK_OFF_SECONDS && stands)
    return { kind: 'OFF', seconds: Math.abs(offset) };
  if (since < -CLOCK_OFF_SECONDS) return { kind: 'BACK', seconds: -since };
  return since > CLOCK_FAR_DAYS * DAY_SECONDS ? { kind: 'FAR', seconds: since } : null;
}

/** The doubt as a sentence: what is wrong, what is safe, what to do. */
export function doubtWords({ kind, seconds }: ClockDoubt, { clock }: ShellWords): string {
  const length =
    seconds >= 2 * DAY_SECONDS
      ? clock.days(Math.round(seconds / DAY_SECONDS))
      : seconds >= 7_200
        ? clock.hours(Math.round(seconds / 3_600))
        : clock.minutes(Math.max(1, Math.round(seconds / 60)));
  return { OFF: clock.off, BACK: clock.back, FAR: clock.far }[kind](length);
}
