/** When to try again and how much to send: pure arithmetic, the dice are handed in. */
import type { NoReply } from '../ports/transport.ts';
import {
  EXCHANGE_BYTES_CAUTIOUS,
  EXCHANGE_BYTES_MAX,
  RETRY_AFTER_SECONDS_MAX,
} from '../protocol/version.ts';
import { BAD_BYTES_PER_SECOND } from './signal.ts';

/** Smallest batch after repeated 413 or time-outs. */
export const EXCHANGE_BYTES_MIN = 2 * 1024;
/** A tablet with nothing to send asks for news this often, on average. */
export const QUIET_PERIOD_SECONDS = 300;
/** Away longer than this, the first try is spread, so that a county's tablets do not come at once. */
export const LONG_ABSENCE_SECONDS = 300;
export const SPREAD_SECONDS_DEFAULT = 120;

/** State of the link as this tab has seen it; nothing of it needs to survive. */
export interface Link {
  readonly failures: number;
  readonly bytesMax: number;
}

export const freshLink: Link = { failures: 0, bytesMax: EXCHANGE_BYTES_MAX };

/** A refused connection is no signal, not a bad link: only a slow failure makes batches small. */
export const SLOW_FAILURE_MS = 3_000;

/** A good link pays no round trips for caution: the batch is small only after a failure. */
export function afterFailure(link: Link, outcome: NoReply, tookMs: number): Link {
  const failures = link.failures + 1;
  const status = outcome.kind === 'refused' ? outcome.status : 0;
  const tooLarge = status === 413;
  // A proxy that gave up waiting (408, 504) is a cut too, however it words it.
  const cut =
    status === 408 || status === 504 || (outcome.kind === 'offline' && tookMs >= SLOW_FAILURE_MS);
  if (!cut && !tooLarge) return { failures, bytesMax: link.bytesMax };
  const smaller =
    link.bytesMax > EXCHANGE_BYTES_CAUTIOUS
      ? tooLarge
        ? Math.floor(link.bytesMax / 2)
        : EXCHANGE_BYTES_CAUTIOUS
      : Math.floor(link.bytesMax / 2);
  return { failures, bytesMax: Math.max(EXCHANGE_BYTES_MIN, smaller) };
}

export const afterSuccess = (link: Link): Link => ({
  failures: 0,
  bytesMax: Math.min(EXCHANGE_BYTES_MAX, link.bytesMax * 2),
});

/** A link that was measured as bad today starts small; nothing measured is no bad link. */
export const firstLink = (bytesPerSecond: number | null): Link =>
  bytesPerSecond !== null && bytesPerSecond < BAD_BYTES_PER_SECOND
    ? { failures: 0, bytesMax: EXCHANGE_BYTES_CAUTIOUS }
    : freshLink;

/** Seconds to wait: full jitter, or what the county asked for and up to as much again. */
export function waitSeconds(link: Link, outcome: NoReply, random: () => number): number {
  const said =
    outcome.kind === 'busy' || outcome.kind === 'refused' ? outcome.retryAfterSeconds : null;
  if (said !== null && said !== undefined) {
    // At least a second: `Retry-After: 0` from a crowd would bring the crowd back at once.
    const asked = Math.min(RETRY_AFTER_SECONDS_MAX, Math.max(1, said));
    return asked + random() * asked;
  }
  return random() * Math.min(RETRY_AFTER_SECONDS_MAX, 2 * 2 ** Math.min(link.failures, 20));
}

/** First wait after a long absence. */
export const spreadWait = (awaySeconds: number, spread: number, random: () => number): number =>
  awaySeconds > LONG_ABSENCE_SECONDS ? random() * spread : 0;

/** Between half and one and a half periods: tablets drift apart. */
export const quietWait = (random: () => number): number => QUIET_PERIOD_SECONDS * (0.5 + random());
