import type { Actor } from './case-event.ts';
import type { EventType, Payload } from './events.ts';
import type { EventId, Instant } from './values.ts';

/** Where and when a fact was recorded. */
export interface Mark {
  readonly eventId: EventId;
  /** 发生时间, device time as claimed. */
  readonly occurredAt: Instant;
  /** 收到时间 at the county; null while it is only on the tablet. */
  readonly receivedAt: Instant | null;
  /** Position in the county log; null while it is only on the tablet. */
  readonly seq: number | null;
  readonly actor: Actor;
  /** County minus device, seconds: `happenedOn` of event-time.ts shows the corrected time. */
  readonly clockOffsetSeconds: number;
}

/** A fact as it was recorded: the event's payload with its mark. */
export interface Noted<T extends EventType> {
  readonly mark: Mark;
  readonly payload: Payload<T>;
}
