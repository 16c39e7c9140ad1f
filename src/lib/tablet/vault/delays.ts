/**
 * Growing waits after wrong tries: five are free, then 30 s, doubling to an hour. They hold up a
 * child or a colleague; a thief copies the profile and starts anew (FAULTS F7), so nothing leans on
 * them and nothing is ever destroyed.
 */
export const FREE_TRIES = 5;
const FIRST_WAIT_SECONDS = 30;
export const WAIT_SECONDS_MAX = 3_600;

export interface Tries {
  readonly wrong: number;
  /** Milliseconds since 1970 of the last wrong try that makes the next one wait; 0 without one. */
  readonly lastAt: number;
}
export const NO_TRIES: Tries = { wrong: 0, lastAt: 0 };

const waitAfter = (wrong: number): number =>
  wrong < FREE_TRIES
    ? 0
    : Math.min(WAIT_SECONDS_MAX, FIRST_WAIT_SECONDS * 2 ** Math.min(wrong - FREE_TRIES, 10));

/**
 * Seconds until the next try may be made. A clock that was put back does not lengthen the wait
 * beyond its own length.
 */
export function waitSeconds({ wrong, lastAt }: Tries, now: number): number {
  const wait = waitAfter(wrong);
  const passed = Math.max(0, (now - lastAt) / 1000);
  return Math.max(0, Math.min(wait, Math.ceil(wait - passed)));
}

export const afterWrong = ({ wrong }: Tries, now: number): Tries => ({
  wrong: wrong + 1,
  // In clear on the disk: no hour of his is noted before it is needed.
  lastAt: waitAfter(wrong + 1) > 0 ? now : 0,
});
