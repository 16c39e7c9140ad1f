/** Clocks of the units: acceptance, objection, handling, extension, and of those who press them. */
import { addDays, toLocalDate } from './calendar.ts';
import { unitOf, type ClockHandlers, type ClockStep } from './clocks-handler.ts';
import {
  actTime,
  isLate,
  running,
  startClock,
  stopClocks,
  type ClockDraft,
  type Ledger,
} from './clocks-ledger.ts';
import type { CaseEvent, EventOf } from './events.ts';
import { LIMITS } from './limits.ts';
import type { UnitId } from './values.ts';

type Sending = EventOf<'case.transferred'> | EventOf<'case.assigned'>;

/** 转送、交办: every unit gets its own days; a simple matter also its three. */
function startHandlings(ledger: Ledger, { event, after }: ClockStep<Sending>): void {
  const units = [event.payload.unitId ?? after.head.unit, ...(event.payload.coUnits ?? [])];
  for (const unit of new Set(units)) {
    startClock(ledger, { code: 'C2', event, unit });
    startClock(ledger, { code: 'C3', event, unit });
    if (after.head.procedure === 'SIMPLE') startClock(ledger, { code: 'C6', event, unit });
  }
}

/** 60 days only for the matters of article 31(6); the simple procedure has its ten working days. */
function startLimit(
  ledger: Ledger,
  start: { readonly event: CaseEvent; readonly unit: UnitId | null; readonly simple: boolean },
  route: string | null,
): void {
  if (start.simple) startClock(ledger, { code: 'C7', event: start.event, unit: start.unit });
  else if (route === null || route === '6') {
    startClock(ledger, { code: 'C4', event: start.event, unit: start.unit });
  }
}

/** 延期: once, at most 30 days, on top of C4, and asked for before C4 ran out. */
function extend(ledger: Ledger, step: ClockStep<EventOf<'extension.approved'>>): void {
  const { event } = step;
  const unit = unitOf(step);
  const [limit] = running(ledger, { codes: ['C4'], unit });
  if (limit === undefined || limit.extendedTo !== null) return;
  const asked = ledger.extensionAsked.get(unit ?? '') ?? actTime(event);
  if (isLate(asked, limit.due)) return;
  // A sealed extension shows no number: it can be no more than the law allows.
  const days = Math.min(event.payload.days ?? LIMITS.extensionDaysMax, LIMITS.extensionDaysMax);
  const stated = addDays(toLocalDate(limit.dueRaw), days);
  const draft = startClock(ledger, { code: 'C5', event, unit, stated });
  draft.provisional ||= limit.provisional;
  limit.extendedTo = draft.due;
}

function replace(
  ledger: Ledger,
  old: ClockDraft,
  { code, event }: { readonly code: 'C4' | 'C7'; readonly event: CaseEvent },
): void {
  const fresh = startClock(ledger, {
    code,
    event,
    unit: old.handlingUnit,
    at: old.startedAt,
  });
  fresh.startEventId = old.startEventId;
  ledger.drafts = ledger.drafts.filter((draft) => draft !== old);
}

/** 改程序: both ways the limit is counted anew from the same start (REFERENCE 4.3). */
function switchProcedure(
  ledger: Ledger,
  { before, event, after }: ClockStep<EventOf<'case.classified'>>,
): void {
  const { procedure } = after.head;
  if (procedure === before.head.procedure) return;
  if (procedure === 'SIMPLE') {
    for (const old of running(ledger, { codes: ['C4'] }))
      replace(ledger, old, { code: 'C7', event });
    for (const sent of running(ledger, { codes: ['C2'] })) {
      const has = running(ledger, { codes: ['C6'], unit: sent.handlingUnit }).length > 0;
      if (has) continue;
      const unit = sent.handlingUnit;
      const fresh = startClock(ledger, { code: 'C6', event, unit, at: sent.startedAt });
      fresh.startEventId = sent.startEventId;
    }
  }
  if (procedure === 'ORDINARY') {
    for (const old of running(ledger, { codes: ['C7'] }))
      replace(ledger, old, { code: 'C4', event });
    const simple = running(ledger, { codes: ['C6'] });
    ledger.drafts = ledger.drafts.filter((draft) => !simple.includes(draft));
  }
}

/** 督办单: its own day, else two working days for a reminder, ten from level 2 on. */
function supervise(ledger: Ledger, { event }: ClockStep<EventOf<'supervision.issued'>>): void {
  const { level, answerBy } = event.payload;
  const count = level === 1 ? 'supervision.reminderWorkdays' : 'supervision.answerWorkdays';
  startClock(ledger, {
    code: 'C19',
    event,
    subject: event.id,
    ...(answerBy === undefined ? { length: { unit: 'workdays', count } } : { stated: answerBy }),
  });
}

function answerSupervision(
  ledger: Ledger,
  { event }: ClockStep<EventOf<'supervision.answered'>>,
): void {
  const open = running(ledger, { codes: ['C19'] });
  const subject = event.payload.supervisionId ?? open.at(-1)?.subject;
  if (subject) stopClocks(ledger, { codes: ['C19'], event, subject });
}

/** 拆案: clocks that the merging stopped go on as if it had not been. */
function unmerge(ledger: Ledger, { before }: ClockStep): void {
  const merging = before.mergedInto?.mark.eventId;
  for (const draft of ledger.drafts) {
    if (merging === undefined || draft.stopEventId !== merging) continue;
    draft.stoppedAt = null;
    draft.stopEventId = null;
  }
}

/** Units, extension, leaders, supervision, and merging undone. */
export const HANDLERS: ClockHandlers = {
  'case.transferred': startHandlings,
  'case.assigned': (ledger, step) => {
    startHandlings(ledger, step);
    const { event } = step;
    const stated = event.payload.feedbackOn;
    startClock(ledger, { code: 'C15', event, ...(stated ? { stated } : {}) });
  },
  'objection.raised': (ledger, step) => {
    startClock(ledger, { code: 'C17', event: step.event, unit: unitOf(step) });
  },
  'objection.upheld': (ledger, step) => {
    const { event, after } = step;
    stopClocks(ledger, { codes: ['C3', 'C6'], event, unit: unitOf(step) });
    if (after.status !== 'REGISTERED') return;
    const length = { unit: 'workdays', count: 'transfer.againWorkdays' } as const;
    startClock(ledger, { code: 'C1b', event, length });
  },
  'case.accepted': (ledger, step) => {
    const { event, after } = step;
    const simple = (event.payload.procedure ?? after.head.procedure) === 'SIMPLE';
    startLimit(ledger, { event, unit: unitOf(step), simple }, after.head.route);
  },
  'case.classified': switchProcedure,
  'extension.requested': (ledger, step) => {
    ledger.extensionAsked.set(unitOf(step) ?? '', actTime(step.event));
  },
  'extension.approved': extend,
  'leader.assigned': (ledger, { event }) => {
    const { dueOn, days } = event.payload;
    const length = days === undefined ? {} : { length: { unit: 'days', count: days } as const };
    startClock(ledger, { code: 'C18', event, ...(dueOn ? { stated: dueOn } : length) });
  },
  'supervision.issued': supervise,
  'supervision.answered': answerSupervision,
  'case.unmerged': unmerge,
};
