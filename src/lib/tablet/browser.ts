import { sha256OfBytes } from '../domain/text-hash.ts';
import type { CaseId, DeviceId, EventId, Instant } from '../domain/values.ts';
import type { ClockAndIds } from '../ports/clock-and-ids.ts';
import { eventIdOf } from '../protocol/bound-ids.ts';
import { toBase64Url, type Digest } from '../protocol/hash.ts';

/** 128 random bits. */
const randomId = (): string => toBase64Url(randomBytes(16));

export const randomBytes = (n: number): Uint8Array => crypto.getRandomValues(new Uint8Array(n));

/** The tablet's own clock and chance. */
export const browserClock: ClockAndIds = {
  now: () => new Date().toISOString() as Instant,
  random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
  eventId: () => randomId() as EventId,
  caseId: () => randomId() as CaseId,
  deviceId: () => randomId() as DeviceId,
  salt: randomId,
};

/** An id made on the tablet for an event of this case. */
export const newEventId = (caseId: string): EventId => eventIdOf(caseId, randomId());

/** Up to here hashing on the spot is quicker than the way to another thread and back. */
const AT_ONCE_BYTES_MAX = 2_048;

export const browserDigest: Digest = async (bytes) =>
  bytes.length <= AT_ONCE_BYTES_MAX
    ? sha256OfBytes(bytes)
    : new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

/**
 * Milliseconds until the county's quickest answer to this window, as the browser timed it; null
 * before one came. The link's share is smaller still.
 */
export function quickestAnswer(): number | null {
  const timed = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  const waits = timed
    .filter(({ name }) => name.startsWith(`${location.origin}/api/`))
    .map(({ requestStart, responseStart }) => responseStart - requestStart)
    .filter((ms) => ms > 0);
  return waits.length === 0 ? null : Math.min(...waits);
}

/** When the page has nothing to do, or at the latest after that time. */
export const idle = (atMostMs = 2_000): Promise<void> =>
  new Promise((resolve) => {
    if (typeof requestIdleCallback === 'undefined') setTimeout(resolve, 1);
    else requestIdleCallback(() => resolve(), { timeout: atMostMs });
  });

/** After what was changed stands on the screen. */
export const afterPaint = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));

/** Holds a Web Lock until `release`; null while another tab has it. Without locks: always held. */
export function holdLock(name: string): Promise<{ release(): void } | null> {
  const { locks } = navigator;
  if (!locks) return Promise.resolve({ release: () => undefined });
  return new Promise((resolve, reject) => {
    locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(null);
        return new Promise<void>((release) => resolve({ release }));
      })
      .catch(reject);
  });
}

/** Whether somebody holds a lock of that name. */
export async function isHeld(name: string): Promise<boolean> {
  if (!navigator.locks) return false;
  const { held } = await navigator.locks.query();
  return (held ?? []).some((lock) => lock.name === name);
}
