/** Clocks of review and re-review (条例 art. 35, 36). */
import type { ClockHandlers, ClockStep } from './clocks-handler.ts';
import { actTime, running, startClock, thaw, type Ledger } from './clocks-ledger.ts';
import type { EventOf } from './events.ts';

/** 复核听证: from the day it is set until it is held the 30 days stand still (条例 art. 36). */
function freeze(ledger: Ledger, { event }: ClockStep<EventOf<'hearing.scheduled'>>): void {
  const at = actTime(event);
  for (const draft of running(ledger, { codes: ['C11'] })) draft.frozenSince ??= at;
}

function melt(ledger: Ledger, { event }: ClockStep<EventOf<'hearing.held'>>): void {
  for (const draft of running(ledger, { codes: ['C11'] })) thaw(draft, actTime(event));
}

/** 复查改变或撤销原意见: a new round of handling begins, with its own 60 days. */
function settle(ledger: Ledger, { event, after }: ClockStep<EventOf<'review.settled'>>): void {
  if (after.status !== 'ACCEPTED') return;
  const { route, unit } = after.head;
  if (route === null || route === '6') startClock(ledger, { code: 'C4', event, unit });
}

/** Review, re-review and the hearing that pauses it. */
export const HANDLERS: ClockHandlers = {
  'review.requested': (ledger, { event }) => {
    startClock(ledger, { code: 'C9', event });
  },
  'review.settled': settle,
  'recheck.requested': (ledger, { event }) => {
    startClock(ledger, { code: 'C11', event });
  },
  'hearing.scheduled': freeze,
  'hearing.held': melt,
};
