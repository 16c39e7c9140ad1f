import type { CaseId, DeviceId, EventId, Instant } from '../domain/values.ts';

/** The world's time and chance, so that both halves run the same in the simulator. */
export interface ClockAndIds {
  now(): Instant;
  /** Uniform in [0, 1). */
  random(): number;
  /**
   * 128 random bits, unpadded base64url; those of a tablet's cases and events are made of them and of
   * the salt (protocol/bound-ids.ts).
   */
  eventId(): EventId;
  caseId(): CaseId;
  deviceId(): DeviceId;
  /** 128 random bits, unpadded base64url: the salt of a case. */
  salt(): string;
}
