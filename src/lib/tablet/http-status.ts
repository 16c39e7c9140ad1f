/**
 * What a status other than a verified 200 means, as one pure table (FAULTS N7).
 *
 *     typed 401          sign in again, nothing else helps
 *     413                the batch is halved      408, 504  counts as cut: small batches
 *     429, 503           busy: wait what it asks, and up to as much again
 *     507                the county's disk is full: as busy, told by its own name
 *     421, 425, 431, 5xx the county's fault: full jitter
 *     3xx, 2xx, a page with 4xx   somebody else answered: a portal, a proxy
 */
import type { NoReply } from '../ports/transport.ts';
import type { SyncError } from '../protocol/sync.ts';
import { RETRY_AFTER_SECONDS_MAX } from '../protocol/version.ts';

/** The head of an answer and the code that its JSON body named, null when there was none. */
export interface Answered {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly error: SyncError | null;
  /** A page for people (text/html), as portals and proxies write. */
  readonly isPage: boolean;
}

/** Statuses that a proxy in front of the county gives in its own words, often as HTML. */
const PROXY_SAYS: ReadonlySet<number> = new Set([408, 413, 421, 425, 429, 431]);
const BUSY: ReadonlySet<number> = new Set([429, 503]);

/** Whole seconds only (a date would need a right clock), at least one, capped. */
export function retryAfter(value: string | null): number | null {
  if (value === null || !/^\d{1,6}$/.test(value.trim())) return null;
  return Math.min(RETRY_AFTER_SECONDS_MAX, Number(value));
}

/** Never an ack: tells apart what to wait for and what the screen says. */
export function outcomeOf({ status, retryAfter: asked, error, isPage }: Answered): NoReply {
  const retryAfterSeconds = retryAfter(asked);
  if (BUSY.has(status)) return { kind: 'busy', retryAfterSeconds };
  // 511 is the portals' own status; an opaque redirect has status 0.
  const proxy = PROXY_SAYS.has(status) || (status >= 500 && status !== 511);
  const ours = proxy || (status >= 400 && (error !== null || !isPage));
  if (!ours) return { kind: 'not_the_county', why: `status ${status}` };
  return { kind: 'refused', status, error, retryAfterSeconds };
}
