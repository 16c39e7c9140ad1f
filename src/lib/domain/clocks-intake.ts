/** Clocks from the first word to the county's transfer, and those that run beside: danger, promises. */
import { compareInstants, isInstant, isUsableDay } from './calendar.ts';
import type { ClockHandlers, ClockStep } from './clocks-handler.ts';
import {
  actTime,
  isLate,
  receiptTime,
  running,
  startClock,
  stopClocks,
  type Ledger,
} from './clocks-ledger.ts';
import { absorbedBy } from './evolve/absorbed.ts';
import type { EventOf } from './events.ts';
import type { Instant } from './values.ts';

function startPromises(
  ledger: Ledger,
  { event }: ClockStep<EventOf<'resolution.recorded'> | EventOf<'opinion.issued'>>,
): void {
  for (const claim of event.payload.claims ?? []) {
    if (claim.due === undefined || !isUsableDay(claim.due)) continue;
    if ('result' in claim && claim.result !== 'PROMISED') continue;
    const subject = `${event.id}/${String(claim.i)}`;
    startClock(ledger, { code: 'C16', event, subject, stated: claim.due });
  }
}

/** The report is answered by the first acknowledgement made after it, whichever came first (K24). */
function startUrgent(ledger: Ledger, { event }: ClockStep<EventOf<'urgent.reported'>>): void {
  if (event.payload.sameActAs !== undefined) return;
  const draft = startClock(ledger, { code: 'C13', event, subject: event.id });
  const answer = ledger.acknowledgements
    .filter((known) => compareInstants(known.at, draft.startedAt) >= 0)
    .sort((a, b) => compareInstants(a.at, b.at))[0];
  if (answer === undefined) return;
  draft.stoppedAt = answer.at;
  draft.stopEventId = answer.eventId;
}

function acknowledge(ledger: Ledger, { event }: ClockStep<EventOf<'urgent.acknowledged'>>): void {
  const { reportId } = event.payload;
  const at = actTime(event);
  ledger.acknowledgements.push({ at, eventId: event.id });
  const subject = reportId === undefined ? {} : { subject: reportId };
  stopClocks(ledger, { codes: ['C13'], event, at, ...subject });
}

/** 补充材料 answers a return; what the office itself copies over from a merged child does not. */
function supplement(ledger: Ledger, step: ClockStep<EventOf<'case.supplemented'>>): void {
  const { mirrorOf } = step.event.payload;
  if (absorbedBy(step.event) === undefined && mirrorOf === undefined) {
    stopClocks(ledger, { codes: ['C14'], event: step.event });
  }
  inheritDues(ledger, step);
}

/** 并案: the master keeps the earlier of two due dates for the same clock (K05). */
function inheritDues(ledger: Ledger, { event }: ClockStep<EventOf<'case.supplemented'>>): void {
  for (const child of absorbedBy(event)?.dues ?? []) {
    for (const draft of ledger.drafts) {
      if (draft.code !== child.code || draft.stoppedAt !== null || !isInstant(child.due)) continue;
      if (compareInstants(child.due, draft.due) < 0) draft.due = child.due;
    }
  }
}

function settlePromise(
  ledger: Ledger,
  { event }: ClockStep<EventOf<'commitment.fulfilled'> | EventOf<'commitment.breached'>>,
): Instant | null {
  const { commitmentId } = event.payload;
  const open = running(ledger, {
    codes: ['C16'],
    ...(commitmentId === undefined ? {} : { subject: commitmentId }),
  });
  const [first] = open;
  if (first === undefined) return null;
  const at = actTime(event);
  first.stoppedAt = compareInstants(at, first.startedAt) < 0 ? first.startedAt : at;
  first.stopEventId = event.id;
  return at;
}

/** A promise reported broken is missed from that hour, even before its day. */
function breakPromise(ledger: Ledger, step: ClockStep<EventOf<'commitment.breached'>>): void {
  const at = settlePromise(ledger, step);
  const broken = ledger.drafts.find((draft) => draft.stopEventId === step.event.id);
  if (at === null || broken === undefined || isLate(at, broken.due)) return;
  broken.broken = true;
}

/** Intake, office desk before the transfer, danger and promises. */
export const HANDLERS: ClockHandlers = {
  'case.taken': (ledger, { event }) => {
    startClock(ledger, { code: 'C0', event });
  },
  'case.received': (ledger, { event }) => {
    if (ledger.drafts.some((draft) => draft.code === 'C1')) return;
    startClock(ledger, { code: 'C1', event });
  },
  'case.returned': (ledger, { event }) => {
    startClock(ledger, { code: 'C14', event });
  },
  'case.supplemented': supplement,
  'case.registered': (ledger, { event, after }) => {
    if (after.head.procedure === 'ONSITE') return;
    startClock(ledger, { code: 'C1b', event, at: receiptTime(event) });
  },
  'case.reopened': (ledger, { event }) => {
    startClock(ledger, { code: 'C1b', event, at: receiptTime(event) });
  },
  'resolution.recorded': startPromises,
  'opinion.issued': startPromises,
  'commitment.fulfilled': (ledger, step) => {
    settlePromise(ledger, step);
  },
  'commitment.breached': breakPromise,
  'urgent.reported': startUrgent,
  'urgent.acknowledged': acknowledge,
};
