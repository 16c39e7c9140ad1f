/** A case told in a few lines: given(events).when(…).then(…), with honest events and no mocks. */
import type { ActorCode, CaseEvent as AnyEvent } from '../case-event.ts';
import type { CaseFile } from '../case-file.ts';
import { addSeconds } from '../calendar.ts';
import {
  EVENT_TYPES,
  type CaseEvent,
  type EventOf,
  type EventType,
  type Payload,
} from '../events.ts';
import { foldCase } from '../evolve.ts';
import { LIFECYCLE } from '../lifecycle.ts';
import type { CaseId, Instant } from '../values.ts';
import { fieldExamples } from './examples-field.ts';
import { officeExamples } from './examples-office.ts';
import { actor, at, caseId, eventId } from './ids.ts';

/** One full payload per type. */
export const EXAMPLES = { ...fieldExamples, ...officeExamples } as {
  readonly [T in EventType]: Payload<T>;
};

/** A line of a story: the type, what differs from the example, and the circumstances. */
export interface Told {
  readonly id?: string;
  readonly by?: ActorCode;
  readonly who?: string;
  /** When it happened; an hour after the line before when left out. */
  readonly at?: string;
  /** When the county got it; `at` when left out, null while unsent. */
  readonly got?: string | null;
  readonly offset?: number;
}
export type Line = { [T in EventType]: readonly [T, Partial<Payload<T>>?, Told?] }[EventType];

/** Who usually does it. */
const usual = (type: EventType): ActorCode => {
  if (type === 'rating.sealed') return 'V';
  return LIFECYCLE[type].actors[0] ?? 'S';
};

const START = at('2026-06-08T01:00:00Z');
const NAMED_IDS: Readonly<Partial<Record<EventType, string>>> = {
  'dictation.recorded': 'words',
  'case.submitted': 'submit',
  'resolution.recorded': 'resolve',
  'rating.sealed': 'rate',
};

/** Events of a story in county order, ids by position unless named. */
export function told(lines: readonly Line[], id: CaseId = caseId('story')): CaseEvent[] {
  let clock: Instant = START;
  const seen = new Set<string>();
  return lines.map(([type, change, how], i) => {
    clock = how?.at ? at(how.at) : addSeconds(clock, 3_600);
    const named = how?.id ?? NAMED_IDS[type] ?? `${i}`;
    const name = seen.has(named) ? `${named}-${i}` : named;
    seen.add(name);
    const code = how?.by ?? usual(type);
    return {
      id: eventId(name),
      caseId: id,
      type,
      v: 1,
      occurredAt: clock,
      payload: { ...EXAMPLES[type], ...change },
      stamp: {
        seq: how?.got === null ? null : i + 1,
        receivedAt: how?.got === null ? null : at(how?.got ?? clock),
        actor: actor(code, how?.who),
        clockOffsetSeconds: how?.offset ?? 0,
      },
    } as CaseEvent;
  });
}

/** The file of a story. */
export const fileOf = (...lines: readonly Line[]): CaseFile => foldCase(told(lines), 'salt');

/** One event that comes after a story. */
export function next<T extends EventType>(
  file: CaseFile,
  line: readonly [T, Partial<Payload<T>>?, Told?],
): EventOf<T> {
  const [type, change, how] = line;
  const clock = how?.at ? at(how.at) : addSeconds(file.lastActAt ?? START, 3_600);
  const seq = how?.got === null ? null : file.seq + 1;
  return {
    id: eventId(how?.id ?? `next-${file.timeline.length}`),
    caseId: file.caseId,
    type,
    v: 1,
    occurredAt: clock,
    payload: { ...EXAMPLES[type], ...change },
    stamp: {
      seq,
      receivedAt: how?.got === null ? null : at(how?.got ?? clock),
      actor: actor(how?.by ?? usual(type), how?.who),
      clockOffsetSeconds: how?.offset ?? 0,
    },
  } as EventOf<T>;
}

/** Beginnings that many stories share. */
export const DRAFTED: readonly Line[] = [
  ['case.drafted'],
  ['consent.recorded'],
  ['dictation.recorded'],
  ['dictation.readback_confirmed'],
  ['mandate.granted'],
];
export const TAKEN: readonly Line[] = [...DRAFTED, ['case.taken']];
export const SUBMITTED: readonly Line[] = [...TAKEN, ['case.submitted'], ['case.received']];
export const REGISTERED: readonly Line[] = [...SUBMITTED, ['case.registered']];
export const TRANSFERRED: readonly Line[] = [
  ...REGISTERED,
  ['case.transferred', { coUnits: undefined }],
];
export const ACCEPTED: readonly Line[] = [...TRANSFERRED, ['case.accepted']];
export const ISSUED: readonly Line[] = [...ACCEPTED, ['opinion.issued']];
export const DELIVERED: readonly Line[] = [...ISSUED, ['delivery.recorded']];
export const CLOSED: readonly Line[] = [...DELIVERED, ['case.closed', {}, { by: 'O' }]];
export const RESOLVED: readonly Line[] = [...SUBMITTED, ['resolution.recorded']];

/** A short story per status, for tables over all 22. */
export const BY_STATUS: Readonly<Record<string, readonly Line[]>> = {
  DRAFT: DRAFTED,
  TAKEN,
  FIELD_RESOLVED: RESOLVED,
  SUBMITTED,
  RETURNED: [...SUBMITTED, ['case.returned']],
  REGISTERED,
  TRANSFERRED,
  OBJECTED: [...TRANSFERRED, ['objection.raised']],
  ACCEPTED,
  OPINION_ISSUED: ISSUED,
  DELIVERED,
  CLOSED,
  REVIEWING: [...DELIVERED, ['review.requested']],
  REVIEWED: [...DELIVERED, ['review.requested'], ['review.decided']],
  RECHECKING: [...DELIVERED, ['review.requested'], ['review.decided'], ['recheck.requested']],
  TERMINATED: [
    ...DELIVERED,
    ['review.requested'],
    ['review.decided'],
    ['recheck.requested'],
    ['recheck.decided'],
  ],
  NOT_ACCEPTED: [...REGISTERED, ['case.not_accepted']],
  NO_MORE: [...REGISTERED, ['case.no_more_accepted']],
  DIVERTED: [...REGISTERED, ['case.diverted']],
  WITHDRAWN: [...REGISTERED, ['withdrawal.requested'], ['withdrawal.confirmed']],
  MERGED: [...REGISTERED, ['case.merged']],
  VOIDED: [...REGISTERED, ['case.voided', {}, { by: 'O' }]],
};

/** The types in a fixed order, for tables. */
export const ALL_TYPES: readonly EventType[] = EVENT_TYPES;
export type { AnyEvent };
