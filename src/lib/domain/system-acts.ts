/** 系统动作: events that the county appends by itself, at once or when a day has come. */
import { daysBetween, PUBLISHED_CALENDAR, toLocalDate, type Calendar } from './calendar.ts';
import type { CaseFile, SealedRatingRecord } from './case-file.ts';
import { isAfter } from './event-time.ts';
import { currentVersion } from './shapes.ts';
import { type CaseEvent, type EventType, type Payload } from './events.ts';
import { reviewWindowEnd } from './guards-field.ts';
import {
  countedTargets,
  graceEnd,
  isRatingInTime,
  ratingTargets,
  ratingWindowEnd,
} from './rating.ts';
import type { Instant } from './values.ts';

/** An event the county itself is to append; id, time and stamp are the store's. */
export interface SystemAct<T extends EventType = EventType> {
  readonly type: T;
  readonly v: number;
  readonly payload: Payload<T>;
}

export const systemAct = <T extends EventType>(type: T, payload: Payload<T>): SystemAct<T> => ({
  type,
  v: currentVersion(type),
  payload,
});

/**
 * 密封: an accusation, or the case of who is afraid, is for the sealed list alone from its arrival,
 * whoever took it and forgot to seal it. Source: REFERENCE 5, 条例 art. 30, 46(5).
 */
function sealing({ head, sealed }: CaseFile): SystemAct[] {
  if (sealed !== null) return [];
  if (head.kind === '检举控告') return [systemAct('case.sealed', { reason: 'ACCUSATION' })];
  return head.secret === true ? [systemAct('case.sealed', { reason: 'VILLAGER_WISH' })] : [];
}

/** 收到: once per case, when its first submission or on-the-spot solution is here. */
function receipt(file: CaseFile, event: CaseEvent): SystemAct[] {
  const arrives = event.type === 'case.submitted' || event.type === 'resolution.recorded';
  const waits = file.status === 'SUBMITTED' || file.status === 'FIELD_RESOLVED';
  if (!arrives || !waits || file.moments.receivedAt !== null) return [];
  return [systemAct('case.received', { eventId: event.id }), ...sealing(file)];
}

const SEALS: readonly string[] = ['kind', 'secret'];

/** Fields that an event sets and that may make a case one to be sealed. */
function touched(event: CaseEvent): readonly string[] {
  switch (event.type) {
    case 'case.supplemented':
      return (event.payload.changes ?? []).map(({ field }) => field);
    case 'case.corrected':
      return [event.payload.field];
    case 'case.registered':
    case 'case.classified':
      return event.payload.kind === undefined ? [] : ['kind'];
    default:
      return [];
  }
}

/** 密封: what agent or office put right later may make it an accusation: not only the arrival can. */
const sealedLater = (file: CaseFile, event: CaseEvent): SystemAct[] =>
  file.moments.receivedAt !== null && touched(event).some((field) => SEALS.includes(field))
    ? sealing(file)
    : [];

function acceptOne(
  file: CaseFile,
  rating: SealedRatingRecord,
  counted: ReadonlySet<string>,
): SystemAct<'rating.accepted'>[] {
  const allowed = ratingTargets(file);
  const asked = rating.payload.targets.filter((t) => allowed.includes(t));
  const fresh = asked.filter((t) => !counted.has(t));
  const again = asked.filter((t) => counted.has(t));
  const ratingId = rating.mark.eventId;
  const late = file.ratingExpired.length > 0 ? { late: true } : {};
  const first = systemAct('rating.accepted', { ratingId, targets: fresh, ...late });
  const repeat = systemAct('rating.accepted', { ratingId, targets: again, repeat: true });
  return [...(fresh.length > 0 ? [first] : []), ...(again.length > 0 ? [repeat] : [])];
}

/** Pending ratings in the order of the log: the first per target counts, the others repeat. */
function acceptAll(file: CaseFile, pending: readonly SealedRatingRecord[]): SystemAct[] {
  const counted = new Set<string>(countedTargets(file));
  const acts: SystemAct[] = [];
  for (const rating of pending) {
    const own = acceptOne(file, rating, counted);
    for (const act of own) for (const target of act.payload.targets) counted.add(target);
    acts.push(...own);
  }
  return acts;
}

/** 评价生效: ratings wait until the window is open; one made in time counts also when it is late. */
function ratings(file: CaseFile, event: CaseEvent): SystemAct[] {
  const { type } = event;
  const opens =
    type === 'resolution.approved' || type === 'delivery.recorded' || type === 'rating.sealed';
  if (!opens || ratingTargets(file).length === 0) return [];
  const ended = file.status === 'DIVERTED' || file.status === 'NOT_ACCEPTED';
  if (ratingWindowEnd(file) === null && !ended) return [];
  const pending = file.ratings.filter((r) => r.state === 'PENDING');
  if (type !== 'rating.sealed') return acceptAll(file, pending);
  const own = pending.filter((r) => r.mark.eventId === event.id);
  return isRatingInTime(file, event) ? acceptAll(file, own) : [];
}

/** What the county appends at once after an event; `file` is the case after it. */
export const followUps = (file: CaseFile, event: CaseEvent): SystemAct[] => [
  ...receipt(file, event),
  ...sealedLater(file, event),
  ...ratings(file, event),
];

/** Days before a promise is due on which the agent is reminded. */
export const REMIND_DAYS = [7, 1] as const;

/** What the county appends by the day: reminders, unrated, lapsed reviews. Idempotent per day. */
export function dailyActs(
  file: CaseFile,
  now: Instant,
  calendar: Calendar = PUBLISHED_CALENDAR,
): SystemAct[] {
  const today = toLocalDate(now);
  const acts: SystemAct[] = [];
  for (const promise of file.commitments) {
    const daysLeft = promise.due && daysBetween(today, promise.due);
    if (promise.status !== 'OPEN' || !promise.due || daysLeft === null) continue;
    if (!REMIND_DAYS.some((d) => d === daysLeft)) continue;
    const payload = { commitmentId: promise.id, due: promise.due, daysLeft: Number(daysLeft) };
    acts.push(systemAct('commitment.due', payload));
  }
  acts.push(...unrated(file, now), ...lapsed(file, now, calendar));
  const remindedToday = file.timeline.some(
    (l) => l.type === 'commitment.due' && toLocalDate(l.receivedAt ?? l.occurredAt) === today,
  );
  return remindedToday ? acts.filter((a) => a.type !== 'commitment.due') : acts;
}

/** 超期未评价: after the window; a rating still on its way supersedes it within the grace. */
function unrated(file: CaseFile, now: Instant): SystemAct[] {
  const end = ratingWindowEnd(file);
  const stands = file.status === 'CLOSED' || file.status === 'DELIVERED';
  if (!stands || end === null || !isAfter(now, end) || file.ratingExpired.length > 0) return [];
  const counted = countedTargets(file);
  const targets = ratingTargets(file).filter((t) => t !== 'AGENT' && !counted.has(t));
  return targets.length > 0 ? [systemAct('rating.expired', { targets })] : [];
}

/** 复查后期满: maintained and nobody asked on. Waits the grace of an offline request. */
function lapsed(file: CaseFile, now: Instant, calendar: Calendar): SystemAct[] {
  if (file.status !== 'REVIEWED') return [];
  const result = file.reviews.at(-1)?.decided?.payload.result;
  if (result !== undefined && result !== 'MAINTAIN') {
    return [systemAct('review.settled', { result: 'NEW_ROUND' })];
  }
  const end = reviewWindowEnd(file, 'recheck', { calendar });
  if (end === null || end.provisional) return [];
  return isAfter(now, graceEnd(end.at)) ? [systemAct('review.settled', { result: 'LAPSED' })] : [];
}
