/** What the screens are told of sending: why something waits, and how it stands altogether. */
import type { EventType } from '../domain/events.ts';
import type { CaseId, EventId, Instant } from '../domain/values.ts';
import type { FormerVault } from '../ports/tablet-store.ts';
import type { LineDoubt } from './day-line.ts';
import type { Running } from './send-job-types.ts';
import type { Signal } from './signal.ts';

/** Why something waits or was put aside: a code, the words are the dictionary's. */
export type WaitReason =
  | 'NOT_TRIED_YET'
  | 'NO_ANSWER'
  | 'NOT_THE_COUNTY'
  | 'COUNTY_BUSY'
  | 'COUNTY_FAULT'
  | 'COUNTY_FULL'
  | 'OTHER_PERSON'
  | 'CLOCK_WRONG'
  | 'SIGN_IN_AGAIN'
  | 'SENDING'
  | 'TEXT_FIRST'
  | 'BROKEN_OFF'
  | 'FILES_TOMORROW'
  | 'RETRY_SOON'
  | 'APP_TOO_OLD';

export interface UnsentEvent {
  readonly id: EventId;
  readonly type: EventType;
  readonly occurredAt: Instant;
  readonly bytes: number;
  /** p: not sent yet; q: the county put it aside and keeps a copy. */
  readonly state: 'p' | 'q';
  /** Rejection code when q. */
  readonly code: string | null;
}

export interface SyncStatus {
  readonly phase: 'idle' | 'sending' | 'waiting' | 'stopped';
  /** Events and files still only on this tablet. */
  readonly unsentEvents: number;
  readonly unsentMedia: number;
  /** Cases that have any of them: the figure of the strip (3 件还在机器里). */
  readonly unsentCases: number;
  readonly refusedEvents: number;
  readonly unsentTextBytes: number;
  readonly unsentMediaBytes: number;
  readonly reason: WaitReason | null;
  /** The county's own time in its last verified answer. */
  readonly lastReceiptAt: Instant | null;
  readonly lastTriedAt: Instant | null;
  readonly nextTryAt: Instant | null;
  /** The proof is still being made: neither green nor unsent may be said. */
  readonly proving: boolean;
  /** Nothing waits, and still the proof does not hold: why. */
  readonly doubt: LineDoubt | null;
  /**
   * Set only while every saved event and file has a receipt that matches its id and hash.
   * `sentHere` is false while this device has saved nothing: its cases came with the county's feed.
   */
  readonly allSent: {
    readonly cases: number;
    readonly at: Instant;
    readonly sentHere: boolean;
  } | null;
  /** A vault of this tablet was lost, or the county was put back; told until it was read. */
  readonly alarm: (FormerVault & { readonly county?: true }) | null;
  /** Nearest deadline among unsent cases. */
  readonly nearestDue: { readonly caseId: CaseId; readonly dueAt: Instant } | null;
  /** Today's link as real requests measured it; `secondsFor` makes it a waiting time. */
  readonly signal: Signal;
  /** County minus tablet, seconds, of the last answer; 0 when the clock was put right since. */
  readonly clockOffsetSeconds: number;
  /** The request that is on its way now. */
  readonly running: Running | null;
  /** Share of all bytes of the files of this job at the county, 0..1; never goes back. */
  readonly mediaProgress: number | null;
  /** The county wants a newer program; what is saved is taken all the same. */
  readonly outdated: boolean;
}
