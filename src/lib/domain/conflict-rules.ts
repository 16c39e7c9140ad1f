/** Which K rules an event meets when it is folded into its case. Pure; both versions are named. */
import type { AreaTree } from './area.ts';
import { resolveArea } from './area.ts';
import type { Calendar } from './calendar.ts';
import type { CaseFile } from './case-file.ts';
import { representation } from './conflict-cases.ts';
import { CONFLICTS, type ConflictId } from './conflicts.ts';
import {
  countedAt,
  happenedAt,
  isAfter,
  markedAt,
  secondsBetween,
  SKEW_SHOWN_SECONDS,
} from './event-time.ts';
import type { CaseEvent, Payload } from './events.ts';
import { headChanges } from './evolve/fields.ts';
import { reviewWindowEnd } from './guards-field.ts';
import { intakeAnswers, versionChanges } from './intake-choice.ts';
import { isAnswerPaper } from './lifecycle-targets.ts';
import { countedTargets, isRatingInTime } from './rating.ts';
import type { EventId } from './values.ts';

/** One meeting of two versions: what is kept and which events are the pair. */
export interface Meeting {
  readonly rule: ConflictId;
  readonly events: readonly EventId[];
  readonly kept: string;
  readonly changes?: Payload<'conflict.detected'>['changes'];
}

export interface Folded {
  readonly before: CaseFile;
  readonly event: CaseEvent;
  readonly after: CaseFile;
  readonly calendar: Calendar;
  readonly areas: AreaTree | null;
}

/** Empty when the rule is not met; otherwise the other events of the pair (or none). */
type Met = {
  readonly others?: readonly EventId[];
  readonly changes?: Meeting['changes'];
  /** Where the outcome is not the rule's usual one. */
  readonly kept?: string;
} | null;
type Detector = (folded: Folded) => Met;

const met = (is: boolean, others: readonly (EventId | undefined)[] = []): Met =>
  is ? { others: others.flatMap((id) => id ?? []) } : null;

/**
 * Sealed by somebody else, so that this device may not have known (K17). What the county seals by
 * itself at the arrival is no news for the device that sent the accusation.
 */
export const isSealedByOther = (file: CaseFile, event: CaseEvent): boolean =>
  file.sealed !== null &&
  file.sealed.mark.actor.code !== 'S' &&
  file.sealed.mark.actor.personId !== event.stamp.actor.personId;

/** Two records of one act lie at most so far apart (K24). */
const SAME_ACT_SECONDS = 48 * 3_600;

const lineOf = (file: CaseFile, event: CaseEvent) =>
  file.timeline.findLast((l) => l.eventId === event.id);

const isField = (event: CaseEvent): boolean => ['A', 'T', 'V'].includes(event.stamp.actor.code);

const lateEdit: Detector = (folded) => {
  const { event, after } = folded;
  const own = after.supplements.at(-1);
  // Two versions of one intake: the agent is asked before the office (K06).
  if (handedInTwice(folded) !== null) return null;
  if (own?.mark.eventId !== event.id || own.proposal !== 'OPEN') return null;
  return { changes: own.payload.changes };
};

const lateWords: Detector = ({ before, event, after }) => {
  const words = ['dictation.recorded', 'dictation.readback_confirmed', 'consent.recorded'];
  const noted = lineOf(after, event)?.effect === 'NOTED';
  return met(noted && words.includes(event.type) && before.numbers.caseNo !== null);
};

const oldDate: Detector = ({ before, event }) => {
  if (event.type !== 'notice.told') return null;
  const extension = before.handlings.findLast((h) => h.extension.approved)?.extension.approved;
  if (!extension || event.payload.about === extension.mark.eventId) return null;
  const told = before.notices.some((n) => n.payload.about === extension.mark.eventId);
  const aboutDays = /期|日子|哪天|啥时候|受理/.test(event.payload.what);
  const after = isAfter(happenedAt(event), markedAt(extension.mark));
  return met(!told && aboutDays && after, [extension.mark.eventId]);
};

const secondService: Detector = ({ before, event }) => {
  if (event.type !== 'delivery.recorded' || !isAnswerPaper(event.payload.docKind)) return null;
  const other = before.deliveries.findLast(
    (d) =>
      isAnswerPaper(d.payload.docKind) &&
      d.payload.unitId === event.payload.unitId &&
      d.payload.docNo === event.payload.docNo &&
      d.mark.occurredAt.slice(0, 10) !== event.occurredAt.slice(0, 10),
  );
  return met(other !== undefined, [other?.mark.eventId]);
};

const phonedBefore: Detector = ({ before, event }) => {
  if (event.type !== 'urgent.reported') return null;
  const linked = event.payload.sameActAs;
  const other = before.urgent.reports.findLast(
    (r) =>
      r.payload.source === 'phone' &&
      event.payload.source !== 'phone' &&
      Math.abs(secondsBetween(r.mark.occurredAt, event.occurredAt)) <= SAME_ACT_SECONDS,
  );
  const heard = before.urgent.acknowledged;
  const heardFirst =
    heard !== null && heard.payload.source === 'phone' && before.urgent.reports.length === 0;
  const pair = linked ?? other?.mark.eventId ?? (heardFirst ? heard.mark.eventId : undefined);
  return met(pair !== undefined, [pair]);
};

const lateReview: Detector = ({ before, event, calendar }) => {
  if (event.type !== 'review.requested' && event.type !== 'recheck.requested') return null;
  const stage = event.type === 'review.requested' ? 'review' : 'recheck';
  const end = reviewWindowEnd(before, stage, { calendar });
  if (end === null || !isAfter(countedAt(event), end.at)) return null;
  return isAfter(happenedAt(event), end.at)
    ? { kept: '过了三十天才提出，已收下，请县局定' }
    : { others: [] };
};

const handedOver: Detector = ({ before, event }) => {
  const { personId, code } = event.stamp.actor;
  if (code !== 'A' || before.agent?.personId === personId) return null;
  const term = before.agents.findLast((t) => t.agent.personId === personId);
  const over = term?.to !== undefined && term.to !== null && isAfter(happenedAt(event), term.to);
  return met(over && before.handOvers.length > 0, [before.handOvers.at(-1)?.mark.eventId]);
};

const oldArea: Detector = ({ event, areas }) => {
  if (areas === null || event.type !== 'case.drafted') return null;
  const found = resolveArea(areas, event.payload.areaCode);
  // A code that no list knows is the county's to place: the case is never refused for it.
  return met(found.kind !== 'current');
};

const BEGINNING = ['areaCode', 'channel', 'xfDate'] as const;

/** The beginning of a case that was begun on another device: what differs stands side by side. */
const begunTwice: Detector = ({ before, event }) => {
  const first = before.timeline.find(({ type }) => type === 'case.drafted');
  if (event.type !== 'case.drafted' || first === undefined) return null;
  const { head } = before;
  const changes = BEGINNING.map((field) => ({
    field,
    from: head[field],
    to: event.payload[field],
  }));
  const differing = changes.filter(({ from, to }) => from !== to);
  return differing.length === 0 ? null : { others: [first.eventId], changes: differing };
};

/** A second 接单 of the same draft: what it answers otherwise is for the agent to choose. */
const takenTwice: Detector = ({ before, event }) => {
  const first = before.takings[0];
  if (event.type !== 'case.taken' || first === undefined || before.sealed !== null) return null;
  const changes = versionChanges(intakeAnswers(first.payload), intakeAnswers(event.payload));
  return changes.length === 0 ? null : { others: [first.mark.eventId], changes };
};

/** What the second 接单 hands in otherwise than the first. */
const handedInTwice: Detector = ({ before, event, after }) => {
  const first = before.submissions[0];
  if (event.type !== 'case.submitted' || first === undefined) return null;
  const again = before.takings.length > 1 && lineOf(after, event)?.effect === 'NOTED';
  if (!again || before.sealed !== null) return null;
  const changes = headChanges(before, event.payload.head);
  return changes.length === 0 ? null : { others: [first.mark.eventId], changes };
};

const DETECTORS: Readonly<Partial<Record<ConflictId, Detector>>> = {
  K16: ({ before, event }) =>
    met(event.type === 'urgent.reported' && before.urgent.stoodDown !== null, [
      before.urgent.stoodDown?.mark.eventId,
    ]),
  K24: phonedBefore,
  K17: ({ before, event }) => met(isSealedByOther(before, event) && isField(event)),
  K09: ({ after, event }) => met(lineOf(after, event)?.effect === 'SUSPENDED'),
  K27: ({ after, event }) =>
    met(
      after.readbacks.at(-1)?.mark.eventId === event.id &&
        after.readbacks.at(-1)?.state === 'MISMATCH',
    ),
  K01: (folded) => lateEdit(folded) ?? lateWords(folded),
  K02: ({ before, event }) =>
    met(
      event.type === 'resolution.recorded' &&
        ['TRANSFERRED', 'OBJECTED', 'ACCEPTED', 'OPINION_ISSUED', 'DELIVERED'].includes(
          before.status,
        ),
    ),
  K03: ({ before, event }) => {
    const back = before.returns.at(-1);
    const adds = event.type === 'case.supplemented' || event.type === 'attachment.added';
    const blind = back && isAfter(markedAt(back.mark), happenedAt(event));
    return met(before.status === 'RETURNED' && adds && blind === true, [back?.mark.eventId]);
  },
  K04: ({ before, event }) =>
    met(before.status === 'MERGED' && isField(event), [before.mergedInto?.mark.eventId]),
  K07: ({ before, event }) =>
    met(event.type === 'rating.sealed' && !isRatingInTime(before, event), [
      before.ratingExpired.at(-1)?.mark.eventId,
    ]),
  K08: ({ before, event }) => {
    if (event.type !== 'rating.sealed') return null;
    const again = before.ratings.findLast((r) =>
      r.payload.targets.some((t) => event.payload.targets.includes(t)),
    );
    const counted = event.payload.targets.some((t) => countedTargets(before).has(t));
    return met(again !== undefined || counted, [again?.mark.eventId]);
  },
  K11: ({ event }) => met(Math.abs(event.stamp.clockOffsetSeconds) > SKEW_SHOWN_SECONDS),
  K06: (folded) => begunTwice(folded) ?? takenTwice(folded) ?? handedInTwice(folded),
  K13: oldArea,
  K14: oldDate,
  K15: secondService,
  K18: ({ before, event }) =>
    met((before.status === 'VOIDED' || before.status === 'WITHDRAWN') && isField(event), [
      before.statusSince?.eventId,
    ]),
  K19: ({ before, event }) =>
    met(
      event.type === 'withdrawal.requested' &&
        before.handlings.some((h) => h.opinion !== null || h.served !== null),
      [before.handlings.findLast((h) => h.opinion)?.opinion?.mark.eventId],
    ),
  K20: ({ after, event }) =>
    met(
      event.type === 'case.supplemented' &&
        event.payload.representatives !== undefined &&
        representation(after).undecided,
    ),
  K21: handedOver,
  K22: ({ before, event }) =>
    met(event.type === 'commitment.breached' && before.status === 'CLOSED'),
  K25: lateReview,
  K26: ({ before, event }) => {
    if (event.type !== 'hazard.reported' || !event.payload.toCase) return null;
    const first = before.hazard?.toCase ?? null;
    return met(first !== null && first !== event.payload.toCase, [before.hazard?.mark.eventId]);
  },
};

/** Every rule the event meets, the gravest first; `DETECTORS` is in that order. */
export function meetings(folded: Folded): Meeting[] {
  const found: Meeting[] = [];
  for (const [rule, detect] of Object.entries(DETECTORS) as [ConflictId, Detector][]) {
    const result = detect(folded);
    if (result === null) continue;
    const events = [...(result.others ?? []), folded.event.id];
    const kept = result.kept ?? CONFLICTS[rule].outcome;
    found.push({ rule, events, kept, ...(result.changes ? { changes: result.changes } : {}) });
  }
  return found;
}
