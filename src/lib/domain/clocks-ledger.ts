/** The working copy of the clocks while a case is folded, and the arithmetic of a due date. */
import {
  addDays,
  addSeconds,
  addWorkdays,
  compareInstants,
  daysBetween,
  endOfDayShanghai,
  instantMs,
  isKnownYear,
  isUsableDay,
  rollToWorkday,
  toLocalDate,
} from './calendar.ts';
import type { ClockContext, ClockOutcome, ClockRecord } from './clock-record.ts';
import { CLOCK_RULES, type ClockCode, type ClockLength, type ClockRule } from './clock-rules.ts';
import { happenedAt, isAfter } from './event-time.ts';
import type { CaseEvent } from './events.ts';
import { type EventId, type Instant, type LocalDate, type UnitId } from './values.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A clock while it is being worked out; the outcome is decided at the end. */
export type ClockDraft = Mutable<Omit<ClockRecord, 'outcome'>> & {
  /** A promise reported broken before its day. */
  broken?: boolean;
};

/** A paper that was served: when, when it was sent, and whether the villager signed himself. */
export interface Service {
  readonly eventId: EventId;
  readonly at: Instant;
  readonly sentAt: Instant;
  readonly signed: boolean;
}

/** Everything the rules remember between two steps of one case. */
export interface Ledger {
  readonly context: ClockContext;
  drafts: ClockDraft[];
  /** Services per opinion, keyed `<unit>/<round>`, and of review opinions under `review/<round>`. */
  readonly services: Map<string, Service[]>;
  /** Ratings by event id with the time they were made, for those that arrive late (K07). */
  readonly ratedAt: Map<string, Instant>;
  /** Acknowledgements that came before the report they answer (K24). */
  readonly acknowledgements: { readonly at: Instant; readonly eventId: EventId }[];
  /** Extensions asked for, by unit: the asking must come before the limit runs out. */
  readonly extensionAsked: Map<string, Instant>;
  /** Events kept back because the mandate had ended, until the villager ratifies (K09). */
  readonly suspended: Map<string, CaseEvent>;
}

/** An empty ledger for one case. */
export function newLedger(context: ClockContext): Ledger {
  return {
    context,
    drafts: [],
    services: new Map(),
    ratedAt: new Map(),
    acknowledgements: [],
    extensionAsked: new Map(),
    suspended: new Map(),
  };
}

/**
 * 发生时间 for the clocks: corrected as in `happenedAt`, and never after the county had it.
 */
export function actTime(event: CaseEvent): Instant {
  const { receivedAt } = event.stamp;
  const happened = happenedAt(event);
  return receivedAt !== null && isAfter(happened, receivedAt) ? receivedAt : happened;
}

/** 收到时间: when the county had it; on the tablet, before sending, the act itself. */
export function receiptTime(event: CaseEvent): Instant {
  return event.stamp.receivedAt ?? actTime(event);
}

/** True when `at` is after the last second of `due`; parts of a second do not count. */
export function isLate(at: Instant, due: Instant): boolean {
  return Math.floor(instantMs(at) / 1_000) > Math.floor(instantMs(due) / 1_000);
}

interface DueDate {
  readonly due: Instant;
  readonly dueRaw: Instant;
  readonly rolled: boolean;
  readonly provisional: boolean;
}

/** The due date of a start under a rule; `stated` is the day a paper names. */
export function dueOf(
  context: ClockContext,
  rule: ClockRule,
  start: { readonly at: Instant; readonly stated?: LocalDate; readonly length?: ClockLength },
): DueDate {
  const length = start.length ?? rule.length;
  if (length.unit === 'stated') {
    if (start.stated !== undefined && isUsableDay(start.stated)) {
      return onDay(context, rule, { from: toLocalDate(start.at), day: start.stated });
    }
    // A paper that names no readable day is due on the day it was made.
    const { otherwise } = length;
    if (otherwise === undefined) {
      const day = toLocalDate(start.at);
      return onDay(context, rule, { from: day, day });
    }
    return dueOf(context, rule, { at: start.at, length: otherwise });
  }
  const count = typeof length.count === 'number' ? length.count : context.settings[length.count];
  if (length.unit === 'minutes' || length.unit === 'hours') {
    const due = addSeconds(start.at, count * (length.unit === 'hours' ? 3_600 : 60));
    return { due, dueRaw: due, rolled: false, provisional: false };
  }
  const from = toLocalDate(start.at);
  if (length.unit === 'workdays') {
    const counted = addWorkdays(context.calendar, from, count);
    const due = endOfDayShanghai(counted.date);
    return { due, dueRaw: due, rolled: false, provisional: counted.provisional };
  }
  return onDay(context, rule, { from, day: addDays(from, count) });
}

function onDay(
  { calendar, settings }: ClockContext,
  rule: ClockRule,
  span: { readonly from: LocalDate; readonly day: LocalDate },
): DueDate {
  const { from, day } = span;
  const mayRoll = rule.rolls || (settings.rollOfficeDeadlines && rule.nature !== 'internal');
  const rolledDay = mayRoll ? rollToWorkday(calendar, day) : { date: day, provisional: false };
  const unknown = !isKnownYear(calendar, from) || !isKnownYear(calendar, day);
  return {
    due: endOfDayShanghai(rolledDay.date),
    dueRaw: endOfDayShanghai(day),
    rolled: rolledDay.date !== day,
    provisional: unknown || rolledDay.provisional,
  };
}

/** How a clock is started: only what differs from the rule has to be said. */
export interface Start {
  readonly code: ClockCode;
  readonly event: CaseEvent;
  readonly unit?: UnitId | null;
  readonly subject?: string;
  readonly at?: Instant;
  readonly stated?: LocalDate;
  readonly length?: ClockLength;
}

/** Starts a clock and returns its draft. */
export function startClock(ledger: Ledger, start: Start): ClockDraft {
  const rule = CLOCK_RULES[start.code];
  const { event } = start;
  const at = start.at ?? (rule.startsBy === 'receivedAt' ? receiptTime(event) : actTime(event));
  const due = dueOf(ledger.context, rule, { ...start, at });
  const draft: ClockDraft = {
    code: start.code,
    handlingUnit: start.unit ?? null,
    subject: start.subject ?? null,
    startEventId: event.id,
    startedAt: at,
    ...due,
    provisional: due.provisional || event.stamp.seq === null,
    holidayTableVersion: ledger.context.calendar.version,
    stoppedAt: null,
    stopEventId: null,
    extendedTo: null,
    frozenSince: null,
  };
  ledger.drafts.push(draft);
  return draft;
}

/** Which clocks an act ends, and when it was done. */
export interface Stop {
  readonly codes: readonly ClockCode[];
  readonly event: CaseEvent;
  readonly at?: Instant;
  /** Only this unit's clocks; all when absent. */
  readonly unit?: UnitId | null;
  readonly subject?: string;
}

/** The clocks that still run, of these codes, this unit and this subject. */
export function running(ledger: Ledger, stop: Omit<Stop, 'event'>): ClockDraft[] {
  return ledger.drafts.filter(
    (draft) =>
      draft.stoppedAt === null &&
      stop.codes.includes(draft.code) &&
      (stop.unit === undefined ||
        draft.handlingUnit === null ||
        draft.handlingUnit === stop.unit) &&
      (stop.subject === undefined || draft.subject === stop.subject),
  );
}

/** Stops clocks; an act after a window has lapsed does not stop it. */
export function stopClocks(ledger: Ledger, stop: Stop): void {
  const at = stop.at ?? actTime(stop.event);
  for (const draft of running(ledger, stop)) {
    if (CLOCK_RULES[draft.code].nature === 'window' && isLate(at, draft.due)) continue;
    if (draft.frozenSince !== null) thaw(draft, at);
    draft.stoppedAt = compareInstants(at, draft.startedAt) < 0 ? draft.startedAt : at;
    draft.stopEventId = stop.event.id;
  }
}

/** 听证期间不计: adds the days a frozen clock stood still (条例 art. 36). */
export function thaw(draft: ClockDraft, at: Instant): void {
  if (draft.frozenSince === null) return;
  const stood = Math.max(0, daysBetween(toLocalDate(draft.frozenSince), toLocalDate(at)));
  draft.due = addSeconds(draft.due, stood * 86_400);
  draft.frozenSince = null;
}

function outcomeOf(draft: ClockDraft, now: Instant): ClockOutcome {
  const window = CLOCK_RULES[draft.code].nature === 'window';
  const limit = draft.extendedTo ?? draft.due;
  if (draft.stoppedAt !== null) {
    if (window) return 'USED';
    return isLate(draft.stoppedAt, limit) ? 'MISSED' : 'MET';
  }
  if (draft.frozenSince !== null || !isLate(now, limit)) return 'RUNNING';
  return window ? 'LAPSED' : 'MISSED';
}

/** The finished record of a draft as seen at `now`. */
export function finishDraft(draft: ClockDraft, context: ClockContext): ClockRecord {
  const { broken, ...record } = draft;
  return { ...record, outcome: broken === true ? 'MISSED' : outcomeOf(draft, context.now) };
}
