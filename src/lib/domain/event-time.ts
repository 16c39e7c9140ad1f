/** The times an event counts by (REFERENCE 4.5 rule 7). */
import { addSeconds, instantMs } from './calendar.ts';
import type { CaseEvent } from './case-event.ts';
import type { Instant } from './values.ts';

/** Beyond this the device clock is shown as wrong (K11). */
export const SKEW_SHOWN_SECONDS = 600;
/** Beyond this `occurredAt` proves nothing and only `receivedAt` counts. */
export const SKEW_UNCERTAIN_SECONDS = 86_400;

const PLAIN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
const ms = (at: string): number => (PLAIN.test(at) ? Date.parse(at) : Number.NaN);
const readable = (at: string): boolean => !Number.isNaN(ms(at));

/** True when `a` is after `b`; false for anything that is no time. Never throws. */
export const isAfter = (a: Instant, b: Instant): boolean => ms(a) > ms(b);

type Timed = Pick<CaseEvent<string>, 'occurredAt' | 'stamp'>;

/** Device time is too far off to prove anything. */
export const isTimeUncertain = (event: Timed): boolean =>
  !readable(event.occurredAt) || Math.abs(event.stamp.clockOffsetSeconds) > SKEW_UNCERTAIN_SECONDS;

/** 发生时间, corrected by the measured offset; the receipt when the device time proves nothing. */
export function happenedAt(event: Timed): Instant {
  const { receivedAt, clockOffsetSeconds } = event.stamp;
  if (isTimeUncertain(event)) return receivedAt ?? event.occurredAt;
  return clockOffsetSeconds === 0
    ? event.occurredAt
    : addSeconds(event.occurredAt, Math.round(clockOffsetSeconds));
}

/** 办公时间: when the county had it; the device time while it is unsent. */
export const countedAt = (event: Timed): Instant => event.stamp.receivedAt ?? event.occurredAt;

/** Seconds from `a` to `b`; 0 when either is no time. */
export const secondsBetween = (a: Instant, b: Instant): number =>
  readable(a) && readable(b) ? Math.round((instantMs(b) - instantMs(a)) / 1_000) : 0;

/** 办公时间 of a recorded fact. */
export const markedAt = (mark: {
  readonly receivedAt: Instant | null;
  readonly occurredAt: Instant;
}): Instant => mark.receivedAt ?? mark.occurredAt;

/** 发生时间 of a recorded fact as people read it: corrected by the measured offset. */
export const happenedOn = (mark: {
  readonly receivedAt: Instant | null;
  readonly occurredAt: Instant;
  readonly clockOffsetSeconds: number;
}): Instant => {
  const { occurredAt, receivedAt, clockOffsetSeconds } = mark;
  const stamp = { seq: null, receivedAt, clockOffsetSeconds };
  return happenedAt({ occurredAt, stamp: stamp as Timed['stamp'] });
};
