import type { CaseFile, TimelineEntry } from '../domain/case-file.ts';
import type { EventType } from '../domain/events.ts';
import { addDays, toLocalDate } from '../domain/calendar.ts';
import { openChoices } from '../domain/intake-choice.ts';
import type { FactTask } from './case-facts.ts';

/** News of the county and the units that the villager has to hear (REFERENCE 7.3, K14). */
const NEWS: ReadonlySet<EventType> = new Set<EventType>([
  ...(['case.registered', 'case.transferred', 'case.assigned', 'case.accepted'] as const),
  ...(['extension.approved', 'case.not_accepted', 'case.no_more_accepted'] as const),
  ...(['case.diverted', 'resolution.approved', 'case.merged', 'withdrawal.confirmed'] as const),
  ...(['withdrawal.refused', 'review.decided', 'recheck.decided', 'case.reopened'] as const),
]);
/** Whoever told or handed over anything later has told the older news too. */
const TOLD: ReadonlySet<EventType> = new Set<EventType>(['notice.told', 'delivery.recorded']);

/** 该办的事 of one case: what the agent owes somebody now. */
export function tasksOf(file: CaseFile): FactTask[] {
  const tasks: FactTask[] = [];
  for (const { detected } of openChoices(file))
    tasks.push({
      ...{ id: `CHOOSE/${detected.mark.eventId}`, kind: 'CHOOSE', cause: 'conflict.detected' },
      ...{ text: '', dueOn: null },
    });
  const news = newsToTell(file);
  if (news) tasks.push(task('TELL', news, { cause: news.type }));
  const last = file.timeline.findLast((t) => t.type === 'opinion.issued');
  if (file.status === 'OPINION_ISSUED' && last)
    tasks.push(task('DELIVER', last, { cause: 'opinion.issued' }));
  const returned = file.returns.at(-1);
  if (file.status === 'RETURNED' && returned)
    tasks.push({
      ...{ id: `SUPPLEMENT/${returned.mark.eventId}`, kind: 'SUPPLEMENT', cause: 'case.returned' },
      ...{ text: plainText(returned.payload), dueOn: null },
    });
  const rework = file.resolutions.findLast((r) => r.state === 'REJECTED');
  if (rework?.decision && (file.status === 'SUBMITTED' || file.status === 'REGISTERED'))
    tasks.push({
      ...{ id: `REWORK/${rework.decision.eventId}`, kind: 'REWORK', dueOn: null },
      ...{ cause: 'resolution.rejected', text: rework.reason ?? '' },
    });
  for (const c of file.commitments)
    if (c.status === 'OPEN')
      tasks.push({
        ...{ id: `PROMISE/${c.id}`, kind: 'PROMISE', cause: 'resolution.recorded' },
        ...{ text: c.text, dueOn: c.due },
      });
  if (mayRate(file)) {
    const at = file.moments.deliveredAt ?? file.moments.endedAt;
    tasks.push({
      ...{ id: `RATE/${file.caseId}/${String(file.round)}`, kind: 'RATE', text: '' },
      ...{ cause: 'delivery.recorded', dueOn: at ? addDays(toLocalDate(at), 30) : null },
    });
  }
  return tasks;
}

const mayRate = (file: CaseFile): boolean =>
  (file.status === 'DELIVERED' || file.status === 'CLOSED') &&
  file.ratings.length === 0 &&
  file.ratingExpired.length === 0 &&
  file.sealed === null;

function newsToTell(file: CaseFile): TimelineEntry | null {
  const at = file.timeline.findLastIndex((t) => NEWS.has(t.type) && t.seq !== null);
  const news = file.timeline[at];
  if (!news) return null;
  const about = file.notices.some((n) => n.payload.about === news.eventId);
  const later = file.timeline.some(
    (t, i) => TOLD.has(t.type) && (i > at || t.occurredAt > (news.receivedAt ?? '')),
  );
  return about || later ? null : news;
}

const task = (
  kind: FactTask['kind'],
  of: TimelineEntry,
  more: { readonly cause: EventType },
): FactTask => ({ id: `${kind}/${of.eventId}`, kind, text: '', dueOn: null, ...more });

/** The plain sentence of a payload that carries one. */
function plainText(payload: unknown): string {
  const p = payload as Record<string, unknown>;
  for (const key of ['plain', 'missing', 'what', 'reason', 'text']) {
    const value = p[key];
    if (typeof value === 'string') return value;
    if (Array.isArray(value)) return value.filter((v) => typeof v === 'string').join('；');
  }
  return '';
}
