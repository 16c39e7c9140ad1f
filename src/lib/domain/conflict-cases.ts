/** Conflict rules that look at two things side by side: cases, drafts, services, lists. */
import { addSeconds, usableInstant } from './calendar.ts';
import type { CaseFile } from './case-file.ts';
import { isAfter } from './event-time.ts';
import type { Attachment } from './handling.ts';
import { isAnswerPaper } from './lifecycle-targets.ts';
import { LIMITS } from './limits.ts';
import type { CaseEvent, Payload } from './events.ts';
import type { CaseId, Instant } from './values.ts';

/** K05: which of two cases of one matter is the master, and what it takes over. */
export interface MergePlan {
  readonly master: CaseId;
  readonly child: CaseId;
  /** Earlier county receipt of the two: the due dates are never later than the child's own. */
  readonly receivedAt: Instant | null;
  readonly agents: readonly string[];
  readonly queryCodes: readonly string[];
}

const earlier = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null ? b : b === null || !isAfter(a, b) ? a : b;

/** K05: the earliest `case.taken` is the master; agents, codes and rating rights stay with both. */
export function mergePlan(a: CaseFile, b: CaseFile): MergePlan {
  const aFirst = !isAfter(
    a.moments.takenAt ?? ('9999-12-31T00:00:00Z' as Instant),
    b.moments.takenAt ?? ('9999-12-31T00:00:00Z' as Instant),
  );
  const [master, child] = aFirst ? [a, b] : [b, a];
  return {
    master: master.caseId,
    child: child.caseId,
    receivedAt: earlier(a.moments.receivedAt, b.moments.receivedAt),
    agents: [master, child].flatMap((f) => f.agent?.personId ?? []),
    queryCodes: [master, child].flatMap((f) => f.numbers.queryCode ?? []),
  };
}

/** K06: one field of a draft that two devices changed differently. */
export interface DraftChoice {
  readonly field: string;
  readonly mine: unknown;
  readonly theirs: unknown;
}

export type DraftAnswers = Readonly<Record<string, unknown>>;

const same = (x: unknown, y: unknown): boolean => JSON.stringify(x) === JSON.stringify(y);
const isSet = (v: unknown): v is readonly unknown[] => Array.isArray(v);

/** Items of both lists, none twice: dictation pieces are a set and never merged into one. */
const union = (a: readonly unknown[], b: readonly unknown[]): unknown[] => [
  ...a,
  ...b.filter((x) => !a.some((y) => same(x, y))),
];

/** K06: field by field; a field both changed keeps both texts side by side for the agent. */
export function mergeDrafts(
  base: DraftAnswers,
  mine: DraftAnswers,
  theirs: DraftAnswers,
): { readonly answers: DraftAnswers; readonly choices: readonly DraftChoice[] } {
  const fields = new Set([...Object.keys(base), ...Object.keys(mine), ...Object.keys(theirs)]);
  const answers: Record<string, unknown> = {};
  const choices: DraftChoice[] = [];
  for (const field of fields) {
    const [b, m, t] = [base[field], mine[field], theirs[field]];
    if (isSet(m) && isSet(t)) answers[field] = union(m, t);
    else if (same(m, t) || same(t, b)) answers[field] = m;
    else if (same(m, b)) answers[field] = t;
    else {
      answers[field] = m;
      choices.push({ field, mine: m, theirs: t });
    }
  }
  return { answers, choices };
}

/** K12: days after which a missing file becomes a task 重拍或说明. */
export const ATTACHMENT_WAIT_DAYS = 7;

/** K12: when the waiting for a file's bytes ends; counted from the arrival of its description. */
export const waitEnds = ({ mark }: Attachment): Instant =>
  addSeconds(mark.receivedAt ?? mark.occurredAt, ATTACHMENT_WAIT_DAYS * 86_400);

/** K12: files that the county still waits for: not there, and nobody said they are lost. */
export const awaitedAttachments = (file: CaseFile): readonly Attachment[] =>
  file.attachments.filter(({ received, lost }) => !received && !lost);

/** K12: files whose bytes never came; the case goes on with their description. */
export const missingAttachments = (file: CaseFile, now: Instant): readonly Attachment[] =>
  awaitedAttachments(file).filter((one) => !isAfter(waitEnds(one), now));

/** K15: two dates of service, each for the one it protects. */
export interface ServiceDates {
  /** For the villager's right (C8): the later one, unless he signed for an earlier one. */
  readonly forVillager: Instant;
  /** For the unit's limit (C4): the earliest proven act of sending. */
  readonly forUnit: Instant;
}

/** K15: over all services of the answer; null while it was not served. */
export function serviceDates(file: CaseFile): ServiceDates | null {
  const served = file.deliveries.filter((d) => isAnswerPaper(d.payload.docKind));
  const sorted = served.toSorted((a, b) =>
    isAfter(a.mark.occurredAt, b.mark.occurredAt) ? 1 : -1,
  );
  const last = sorted.at(-1);
  if (!last) return null;
  const signed = sorted.find((d) => d.payload.signedByVillager === true);
  const sendings = sorted
    .map((d) => usableInstant(d.payload.sentAt) ?? d.mark.occurredAt)
    .toSorted((a, b) => (isAfter(a, b) ? 1 : -1));
  return {
    forVillager: (signed ?? last).mark.occurredAt,
    forUnit: sendings[0] ?? last.mark.occurredAt,
  };
}

/** K20: who represents the group. */
export interface Representation {
  readonly members: readonly string[];
  /** The last list that was valid; papers go to it meanwhile. */
  readonly representatives: readonly string[];
  /** 待定: the lists together name more than five. */
  readonly undecided: boolean;
}

/** K20: nobody's name is dropped; more than five together leave the choice to the group. */
export function representation(file: CaseFile): Representation {
  const first = file.head.representatives ?? [];
  const lists = [first, ...file.representativeLists.map((l) => l.names)];
  const members = [...new Set(lists.flat())];
  const undecided = members.length > LIMITS.representativesMax;
  const valid = lists.filter((l) => l.length > 0 && l.length <= LIMITS.representativesMax);
  const chosen = undecided ? (valid[0] ?? []) : members;
  return { members, representatives: chosen, undecided };
}

/** K04: what the master gets of an event that came to its merged child; null when nothing. */
export function mirrorFor(child: CaseFile, event: CaseEvent): Payload<'case.supplemented'> | null {
  if (child.mergedInto === null || !['A', 'T', 'V'].includes(event.stamp.actor.code)) return null;
  const { caseId, id: eventId, type } = event;
  return { mirrorOf: { caseId, eventId, type } };
}

/** K05: what the master records of the child that was merged into it. */
export function absorbPayload(
  child: CaseFile,
): NonNullable<Payload<'case.supplemented'>['absorbs']> {
  const { numbers, moments, agent } = child;
  return {
    caseId: child.caseId,
    temporaryNo: numbers.temporaryNo ?? undefined,
    caseNo: numbers.caseNo ?? undefined,
    takenAt: moments.takenAt ?? undefined,
    receivedAt: moments.receivedAt ?? undefined,
    agent: agent
      ? { personId: agent.personId, name: agent.name, areaCode: agent.areaCode ?? undefined }
      : undefined,
  };
}
