import type { Calendar } from './calendar.ts';
import type { ClockCode } from './clock-rules.ts';
import type { Settings } from './settings.ts';
import type { EventId, Instant, UnitId } from './values.ts';

/** MET/MISSED/RUNNING for duties, USED/LAPSED/RUNNING for windows (rights that may lapse). */
export type ClockOutcome = 'MET' | 'MISSED' | 'RUNNING' | 'USED' | 'LAPSED';

/** 时钟记录: one clock of one case, as of the events and the `now` it was computed with. */
export interface ClockRecord {
  readonly code: ClockCode;
  /** The unit whose duty or answer it is; null for clocks of the case. */
  readonly handlingUnit: UnitId | null;
  /** Commitment id for C16, event id of the supervision for C19, of the report for C13. */
  readonly subject: string | null;
  readonly startEventId: EventId;
  readonly startedAt: Instant;
  /** Last second in which the act is in time. */
  readonly due: Instant;
  /** `due` before rolling, capping or pausing. */
  readonly dueRaw: Instant;
  readonly rolled: boolean;
  /** Counted over a year without a holiday table, or begun by an event still on the tablet. */
  readonly provisional: boolean;
  readonly holidayTableVersion: string;
  readonly stoppedAt: Instant | null;
  readonly stopEventId: EventId | null;
  readonly outcome: ClockOutcome;
  /** C4 only: the due of its extension. */
  readonly extendedTo: Instant | null;
  /** C11 only: standing still since a hearing was scheduled. */
  readonly frozenSince: Instant | null;
}

/** What the counting depends on besides the events. */
export interface ClockContext {
  readonly calendar: Calendar;
  readonly settings: Settings;
  /** The instant of looking; the domain itself has no clock. */
  readonly now: Instant;
}
