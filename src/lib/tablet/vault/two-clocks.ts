/**
 * Two clocks, because each lies in its own way: the running one stands still while a tablet sleeps,
 * the one that shows the date can be set. Time is over when either of them says so.
 */

/** Milliseconds: `up` only runs forward, `wall` since 1970 by this device. */
export interface Times {
  readonly up: number;
  readonly wall: number;
}

/** A clock that time servers put back by less than this was not put back. */
export const CLOCK_BACK_MS = 60_000;

/** Whether one clock went by `ms` further than the other: the machine slept, or the date was set. */
export const leapt = (since: Times, now: Times, ms: number): boolean =>
  Math.abs(now.wall - since.wall - (now.up - since.up)) >= ms;

/** Whether `ms` are over since then by either clock; a wall clock that was put back says so too. */
export const isOver = (since: Times, now: Times, ms: number): boolean =>
  now.up - since.up >= ms || now.wall - since.wall >= ms || now.wall < since.wall - CLOCK_BACK_MS;
