import { randomBytes } from 'node:crypto';
import type { CaseId, DeviceId, EventId, Instant } from '../domain/values.ts';
import type { ClockAndIds } from '../ports/clock-and-ids.ts';

const random128 = (): string => randomBytes(16).toString('base64url');

export interface ServerClock extends ClockAndIds {
  /** Another node has already received something at that time. */
  notBefore(this: void, receivedAt: string): void;
}

/**
 * The county's clock and chance. Time never goes backwards, whatever is done to the machine's clock
 * and whatever node wrote before, so `receivedAt` ascends with the log.
 */
export function serverClock(startAfter: string | null = null): ServerClock {
  let last = startAfter === null ? 0 : Date.parse(startAfter);
  return {
    notBefore: (receivedAt) => {
      last = Math.max(last, Date.parse(receivedAt) || 0);
    },
    now: () => {
      last = Math.max(last, Date.now());
      return new Date(last).toISOString() as Instant;
    },
    random: Math.random,
    eventId: () => random128() as EventId,
    caseId: () => random128() as CaseId,
    deviceId: () => random128() as DeviceId,
    salt: random128,
  };
}
