/** When to try again and how much to send: pure arithmetic, the dice are handed in. */
import type { NoReply } from '../ports/transport.ts';
import { EXCHANGE_BYTES_CAUTIOUS, RETRY_AFTER_SECONDS_MAX } from '../protocol/version.ts';
import { BAD_BYTES_PER_SECOND } from './signal.ts';

/**
 * Largest batch before packing: a full tablet of 200 cases in one request. What repeats is said once
 * a batch, so a large one is smaller on the wire than its halves.
 */
export const BATCH_BYTES_MAX = 512 * 1024;
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
  /** A batch was cut in this window: the next ones are small enough to lose one. */
  readonly cut: boolean;
}

export const freshLink: Link = { failures: 0, bytesMax: BATCH_BYTES_MAX, cut: false };

/** A refused connection is no signal, not a bad link: only a slow failure makes batches small. */
export const SLOW_FAILURE_MS = 3_000;

/** Bytes before packing for one on the wire, as columns and dictionary bring it about. */
export const PACKED_TO = 3.5;
/** One batch may keep a slow link busy so long; after a cut a shorter time, so that less is lost. */
export const BATCH_SECONDS = 8;
export const BATCH_SECONDS_AFTER_CUT = 4;
/** Smaller batches lose more to their own heads than to cuts. */
export const EXCHANGE_BYTES_WORTH = 32 * 1024;
/** The first batch on a link of which nothing is known but that it answers slowly. */
export const EXCHANGE_BYTES_PROBE = 64 * 1024;
/** A way there and back that takes so long is no good link until a batch shows another. */
export const SLOW_LATENCY_MS = 300;

/** What the link carries in a batch's time; the limit where nothing was measured. */
function fitting(bytesPerSecond: number | null, cut: boolean): number {
  if (bytesPerSecond === null) return BATCH_BYTES_MAX;
  const seconds = cut ? BATCH_SECONDS_AFTER_CUT : BATCH_SECONDS;
  const carried = Math.floor(bytesPerSecond * seconds * PACKED_TO);
  return Math.min(BATCH_BYTES_MAX, Math.max(EXCHANGE_BYTES_WORTH, carried));
}

/**
 * A cut of a large batch: what the link was measured to carry in a short time, or little where
 * nothing was. A cut of a small one, and what is too large: half.
 */
export function afterFailure(
  link: Link,
  { outcome, tookMs }: { readonly outcome: NoReply; readonly tookMs: number },
  bytesPerSecond: number | null = null,
): Link {
  const failures = link.failures + 1;
  const status = outcome.kind === 'refused' ? outcome.status : 0;
  const tooLarge = status === 413;
  // A proxy that gave up waiting (408, 504) is a cut too, however it words it.
  const cut =
    status === 408 || status === 504 || (outcome.kind === 'offline' && tookMs >= SLOW_FAILURE_MS);
  if (!cut && !tooLarge) return { ...link, failures };
  const half = Math.floor(link.bytesMax / 2);
  const short = bytesPerSecond === null ? EXCHANGE_BYTES_WORTH : fitting(bytesPerSecond, true);
  const smaller = cut && link.bytesMax > short ? short : half;
  return { failures, bytesMax: Math.max(EXCHANGE_BYTES_MIN, smaller), cut: link.cut || cut };
}

/** As much as the link was measured to carry; after a failure no more than twice the last. */
export function afterSuccess(link: Link, bytesPerSecond: number | null = null): Link {
  const careful = link.failures > 0 || bytesPerSecond === null;
  const most = careful ? link.bytesMax * 2 : BATCH_BYTES_MAX;
  const { cut } = link;
  return { failures: 0, bytesMax: Math.min(fitting(bytesPerSecond, cut), most), cut };
}

/**
 * A good link pays no round trips for caution; one that was measured today starts with what it
 * carries, one that only answers slowly with a probe. Nothing measured is no bad link.
 */
export function firstLink(bytesPerSecond: number | null, latencyMs: number | null = null): Link {
  const begun = (bytesMax: number): Link => ({ ...freshLink, bytesMax });
  if (bytesPerSecond !== null && bytesPerSecond < BAD_BYTES_PER_SECOND)
    return begun(EXCHANGE_BYTES_CAUTIOUS);
  if (bytesPerSecond !== null) return begun(fitting(bytesPerSecond, false));
  return latencyMs !== null && latencyMs >= SLOW_LATENCY_MS
    ? begun(EXCHANGE_BYTES_PROBE)
    : freshLink;
}

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

/** An answer so long ago still says that there is a connection. */
export const WORKING_SECONDS = 60;
/** The first retry when a connection that worked was cut; a second failure waits as ever. */
export const CUT_RETRY_SECONDS = 0.5;
export const cutWait = (random: () => number): number => random() * CUT_RETRY_SECONDS;

/** How often one request goes on after a cut, and how often it is asked how much of it came. */
export const RESUMES_MAX = 12;
export const RESUME_ASKS_MAX = 5;
/** So many cuts one after another without a byte that came, and it is a cut as ever. */
export const FRUITLESS_MAX = 2;

/** A cut is no outage: the first question comes at once, the next ones after up to 4 s. */
export const resumeWaitMs = (asked: number, random: () => number): number =>
  random() * Math.min(4_000, 250 * 2 ** asked);

/** First wait after a long absence. */
export const spreadWait = (awaySeconds: number, spread: number, random: () => number): number =>
  awaySeconds > LONG_ABSENCE_SECONDS ? random() * spread : 0;

/** Between half and one and a half periods: tablets drift apart. */
export const quietWait = (random: () => number): number => QUIET_PERIOD_SECONDS * (0.5 + random());
