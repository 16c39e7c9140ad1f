import stateMachine from '../../domain/data/state-machine.json' with { type: 'json' };
import type { CaseEvent } from '../../domain/events.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import { oddDays } from '../../domain/odd-days.ts';

const EVENT_NAMES = new Map(stateMachine.events.map((event) => [event.id, event.zh]));
const STATUS_NAMES = new Map(stateMachine.statuses.map((status) => [status.code, status.zh]));

/** Chinese name of an event type, from the one table. */
export const eventName = (type: string): string => EVENT_NAMES.get(type) ?? type;

/** Chinese name of a status. */
export const statusName = (status: string): string => STATUS_NAMES.get(status) ?? status;

/** What a line of the history says besides its name: the first of these fields that is there. */
export const TELLING = [
  'plain',
  'check',
  'reason',
  'measures',
  'seen',
  'text',
  'ground',
  'question',
  'answer',
  'evidence',
  'result',
  'words',
  'verified',
  'what',
  'choice',
  'kept',
] as const;
/** Which units must not read: what the office heard and what the agent thinks of them. */
const OFFICE_ONLY = new Set(['mediation.recorded', 'leader.instructed']);
/** Bookkeeping that says nothing to a person. */
const QUIET = new Set(['view.logged', 'export.made', 'clock.changed', 'doc.generated']);
const TEXT_MAX = 240;
/** What a newer build wrote: one line, whatever it is called and says. */
const UNREAD_NAME = '有一条这个版本还看不懂的记录';

/** Told by the office to units, or by a unit: all that is said to who may not read her words. */
const TO_UNITS: ReadonlySet<string> = new Set([
  ...['case.transferred', 'case.assigned', 'transfer.received', 'case.accepted'],
  ...['objection.raised', 'objection.upheld', 'objection.overruled', 'opinion.issued'],
  ...['extension.requested', 'extension.approved', 'extension.rejected', 'case.not_accepted'],
  ...['supervision.issued', 'supervision.answered', 'supervision.closed'],
]);
const OFFICE_SIDE: ReadonlySet<string> = new Set(['O', 'D', 'L', 'S']);

/** Who reads the history: a unit or not, and whether what follow-up calls brought (P4) is his. */
export interface HistoryRights {
  /** What the villager said (case.view_words). */
  readonly words: boolean;
  /** What the village side did, when and who: not for the unit it is about. */
  readonly field: boolean;
  readonly unitSide: boolean;
  readonly followup: boolean;
}

/** Nothing of what it says is for this reader. */
const isClosed = ({ type, stamp }: CaseEvent, rights: HistoryRights): boolean =>
  (rights.unitSide && OFFICE_ONLY.has(type)) ||
  (!rights.followup && type === 'followup.recorded') ||
  (!rights.words && !(TO_UNITS.has(type) && OFFICE_SIDE.has(stamp.actor.code)));

/** The field that tells most and what it says; the page knows the words of its codes. */
interface Told {
  readonly field: string;
  readonly text: string;
}
const NOTHING: Told = { field: '', text: '' };

function telling(event: CaseEvent, rights: HistoryRights): Told {
  if (isClosed(event, rights)) return NOTHING;
  // 换个人记: whom she wants is what the office has to act on.
  if (event.type === 'agent.recused' && !OFFICE_SIDE.has(event.stamp.actor.code))
    return { field: 'wants', text: event.payload.wants };
  const fields = Object.entries(event.payload);
  for (const name of TELLING) {
    const value = fields.find(([key]) => key === name)?.[1];
    if (typeof value === 'string' && value !== '')
      return { field: name, text: value.slice(0, TEXT_MAX) };
  }
  return NOTHING;
}

/** The history as people read it, newest first, by when things happened; of one moment by the log. */
export function historyOf(file: CaseFile, events: readonly CaseEvent[], rights: HistoryRights) {
  const effects = new Map(file.timeline.map((line) => [line.eventId, line.effect]));
  const unread = (event: CaseEvent) => effects.get(event.id) === 'UNKNOWN';
  // The county's own line before it says the same once more.
  const said = new Set(file.opaque?.map(({ noted }) => noted.eventId));
  return events
    .filter((event) => !QUIET.has(event.type) && !said.has(event.id))
    .filter((event) => rights.field || OFFICE_SIDE.has(event.stamp.actor.code))
    .map((event) => ({
      key: event.id as string,
      at: event.occurredAt as string,
      receivedAt: event.stamp.receivedAt as string | null,
      name: unread(event) ? UNREAD_NAME : eventName(event.type),
      type: event.type as string,
      who: event.stamp.actor.name,
      ...(unread(event) ? NOTHING : telling(event, rights)),
      effect: effects.get(event.id) ?? 'APPLIED',
      oddDays: unread(event) || isClosed(event, rights) ? [] : oddDays(event.payload),
    }))
    .reverse()
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
