/**
 * What every store of events promises, on the tablet and at the county, in memory and on disk:
 *
 * 1. **All or nothing.** What one call appends is there completely or not at all, also after
 *    SIGKILL and power loss.
 * 2. **Durable when resolved.** The promise resolves after the bytes are on the disk (strict
 *    transaction, synchronous=FULL, synchronous_commit=on). Nobody is told "saved" before.
 * 3. **Idempotent by id and hash.** Appending an id that is there changes nothing.
 * 4. **Append-only.** No call changes or deletes an event; a correction is a new event.
 * 5. **Prefix visibility.** Positions are dense from 1; whoever reads n can read all before n.
 *
 * `tests/contract` holds one suite per port that every driver must pass.
 */
import type { Actor, CaseEvent } from '../domain/case-event.ts';
import type { CaseId, DeviceId, EventId, Instant, Sha256 } from '../domain/values.ts';

/** An event as it stands in the county log. */
export interface EventRow {
  readonly kind: 'event';
  readonly seq: number;
  readonly tag: string;
  readonly id: EventId;
  readonly h: Sha256;
  readonly caseId: CaseId;
  readonly type: string;
  readonly v: number;
  readonly occurredAt: Instant;
  readonly payload: unknown;
  readonly receivedAt: Instant;
  /** county minus device, seconds. */
  readonly offset: number;
  readonly actor: Actor;
  readonly dv: DeviceId;
  readonly ds: number;
  /** Its words lie under a key that is not here; `payload` is null. */
  readonly locked?: true;
}

/**
 * A row of the log that is no event: who sees which case from this position on (`enter`, `leave`
 * with the reason in `note`), or that a kept-aside event was adopted (`note` is its id).
 */
export interface MarkRow {
  readonly kind: 'enter' | 'leave' | 'adopted';
  readonly seq: number;
  readonly tag: string;
  readonly id: EventId;
  readonly h: Sha256;
  readonly caseId: CaseId;
  readonly personId: string;
  readonly note: string;
  readonly receivedAt: Instant;
}

export type LogRow = EventRow | MarkRow;

/** The row as the fold reads it. */
export function asCaseEvent(row: EventRow): CaseEvent<string> {
  const { id, caseId, type, v, occurredAt, payload, seq, receivedAt, actor, offset } = row;
  const stamp = { seq, receivedAt, actor, clockOffsetSeconds: offset };
  return { id, caseId, type, v, occurredAt, payload, stamp };
}
