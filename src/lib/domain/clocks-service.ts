/** Service of papers and what it opens: the villager's windows for rating and review. */
import { compareInstants, usableInstant } from './calendar.ts';
import { CLOCK_RULES, type ClockCode } from './clock-rules.ts';
import {
  mayAskReview,
  mayRate,
  unitOf,
  type ClockHandlers,
  type ClockStep,
} from './clocks-handler.ts';
import {
  actTime,
  dueOf,
  isLate,
  running,
  startClock,
  stopClocks,
  type Ledger,
  type Service,
} from './clocks-ledger.ts';
import type { EventOf } from './events.ts';
import type { EventId, Instant, UnitId } from './values.ts';

const earliest = (times: readonly Instant[]): Instant | undefined =>
  [...times].sort(compareInstants)[0];

/** K15 for the villager's right: the date he signed himself, else the latest that is claimed. */
function serviceForRight(services: readonly Service[]): Service | undefined {
  const byTime = [...services].sort((a, b) => compareInstants(a.at, b.at));
  return byTime.find((service) => service.signed) ?? byTime.at(-1);
}

interface Opening {
  readonly code: ClockCode;
  readonly step: ClockStep<EventOf<'delivery.recorded'>>;
  readonly unit: UnitId | null;
  /** Which paper: `<unit>/<round>` or `review/<round>`. */
  readonly paper: string;
}

/** Opens a window at the first service, and moves it when a second date for the paper appears. */
function openWindow(ledger: Ledger, { code, step, unit, paper }: Opening): void {
  const service = serviceForRight(ledger.services.get(paper) ?? []);
  if (service === undefined) return;
  const known = ledger.drafts.find((draft) => draft.code === code && draft.subject === paper);
  if (known === undefined) {
    startClock(ledger, { code, event: step.event, unit, subject: paper, at: service.at });
    return;
  }
  if (known.stoppedAt !== null) return;
  const due = dueOf(ledger.context, CLOCK_RULES[code], { at: service.at });
  Object.assign(known, due, { startedAt: service.at, startEventId: service.eventId });
}

/** K15 for the office's limit: the earliest proven act of sending ends C4, C5 or C7. */
function stopHandling(
  ledger: Ledger,
  { event }: ClockStep<EventOf<'delivery.recorded'>>,
  on: { readonly unit: UnitId | null; readonly paper: string },
): void {
  const services = ledger.services.get(on.paper) ?? [];
  const at = earliest(services.map((service) => service.sentAt));
  if (at === undefined) return;
  const codes: ClockCode[] = ['C4', 'C5', 'C7'];
  stopClocks(ledger, { codes, event, at, unit: on.unit });
  const ids: readonly (EventId | null)[] = services.map((service) => service.eventId);
  for (const draft of ledger.drafts) {
    if (!codes.includes(draft.code) || !ids.includes(draft.stopEventId)) continue;
    if (draft.stoppedAt !== null && compareInstants(at, draft.stoppedAt) < 0) {
      draft.stoppedAt = compareInstants(at, draft.startedAt) < 0 ? draft.startedAt : at;
      draft.stopEventId = event.id;
    }
  }
}

function addService(ledger: Ledger, step: ClockStep<EventOf<'delivery.recorded'>>, paper: string) {
  const { event } = step;
  const at = actTime(event);
  const { sentAt } = event.payload;
  const service: Service = {
    eventId: event.id,
    at,
    sentAt: usableInstant(sentAt) ?? at,
    signed: event.payload.signedByVillager === true,
  };
  ledger.services.set(paper, [...(ledger.services.get(paper) ?? []), service]);
}

/** 送达: only the answer to the matter ends the handling; other papers change no clock. */
function serve(ledger: Ledger, step: ClockStep<EventOf<'delivery.recorded'>>): void {
  const { event, after } = step;
  const { docKind } = event.payload;
  const round = String(after.round);
  if (docKind === '复查意见书' && after.reviews.some((review) => review.decided !== null)) {
    const paper = `review/${round}`;
    addService(ledger, step, paper);
    openWindow(ledger, { code: 'C10', step, unit: null, paper });
    return;
  }
  if (docKind !== '处理意见书' && docKind !== '答复') return;
  const unit = unitOf(step);
  const answered =
    after.replies.length > 0 ||
    after.handlings.some((h) => h.unitId === unit && h.round === after.round && h.opinion !== null);
  if (!answered) return;
  const paper = `${unit ?? 'office'}/${round}`;
  addService(ledger, step, paper);
  stopHandling(ledger, step, { unit, paper });
  if (docKind === '处理意见书' && mayAskReview(after)) {
    openWindow(ledger, { code: 'C8', step, unit, paper });
  }
  const lead = unit === null || unit === after.head.unit;
  if (lead && mayRate(after)) openWindow(ledger, { code: 'C12', step, unit: null, paper });
}

/** 评价生效: a rating made inside the window uses it, even if it arrived later (K07). */
function rated(ledger: Ledger, { event }: ClockStep<EventOf<'rating.accepted'>>): void {
  const { ratingId, repeat } = event.payload;
  if (repeat === true) return;
  const now = actTime(event);
  for (const draft of running(ledger, { codes: ['C12'] })) {
    const made = ratingId === undefined ? undefined : ledger.ratedAt.get(ratingId);
    const at = isLate(now, draft.due) ? (made ?? now) : now;
    if (isLate(at, draft.due)) continue;
    draft.stoppedAt = compareInstants(at, draft.startedAt) < 0 ? draft.startedAt : at;
    draft.stopEventId = event.id;
  }
}

/** Service of papers, approval on the spot, ratings. */
export const HANDLERS: ClockHandlers = {
  'delivery.recorded': serve,
  'resolution.approved': (ledger, { event, after }) => {
    if (mayRate(after)) startClock(ledger, { code: 'C12', event });
  },
  'rating.sealed': (ledger, { event }) => {
    ledger.ratedAt.set(event.id, actTime(event));
  },
  'rating.accepted': rated,
};
