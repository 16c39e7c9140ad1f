import { randomBytes } from 'node:crypto';
import type { CaseId, DeviceId, EventId, Instant } from '../domain/values.ts';
import type { ClockAndIds } from '../ports/clock-and-ids.ts';

const random128 = (): string => randomBytes(16).toString('base64url');

/**
 * The county's clock and chance. Time never goes backwards within one process, whatever is done
 * to the machine's clock, so `receivedAt` ascends with the log.
 */
export function serverClock(startAfter: string | null = null): ClockAndIds {
  let last = startAfter === null ? 0 : Date.parse(startAfter);
  return {
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
