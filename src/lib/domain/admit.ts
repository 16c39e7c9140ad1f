/**
 * The county's door for field events (REFERENCE 4.5 rules 4-5): nothing a villager said is refused.
 *
 *     readable? ─ no ─► quarantined (PAYLOAD), or of a newer build:
 *                       of a case that he has or sees ─► opaque: joins the log unread
 *                       else ─► quarantined (UNKNOWN_TYPE)
 *     of the field, of this county, of a known case? ─ no ─► quarantined
 *     may this person? ─ revoked before ─► quarantined, the villager's request itself applied (K10)
 *                      ─ handed over, sealed ─► applied (K21, K17)
 *     fold ─► meets K rules? ─► applied_with_conflict, else applied; then the county's own events
 *
 * A guard that fails on a field event never errors: the fold keeps its facts, the status stands.
 */
import type { AreaTree } from './area.ts';
import { PUBLISHED_CALENDAR, type Calendar } from './calendar.ts';
import type { ActorCode, CaseEvent as AnyEvent } from './case-event.ts';
import type { CaseFile } from './case-file.ts';
import { meetings, type Meeting } from './conflict-rules.ts';
import { CONFLICTS, type ConflictId } from './conflicts.ts';
import { happenedAt, isAfter } from './event-time.ts';
import { parseEventBody } from './event-body.ts';
import { type CaseEvent, type EventType } from './events.ts';
import { evolveAs } from './evolve.ts';
import { grantsAt, type Subject } from './grants.ts';
import { LIFECYCLE, mayAct } from './lifecycle.ts';
import { sightOf, whyNot, type Denial } from './permissions.ts';
import { recusedBy } from './recusal.ts';
import { isEventType, OPAQUE, SHAPES, type Shapes } from './shapes.ts';
import { TERMINAL } from './status.ts';
import { followUps, systemAct, type SystemAct } from './system-acts.ts';
import type { Instant } from './values.ts';

export { followUps, dailyActs, type SystemAct } from './system-acts.ts';

/** Codes of the wire (`RejectionCode`) that this door gives. */
export type QuarantineCode =
  'UNKNOWN_TYPE' | 'PAYLOAD' | 'ACTOR' | 'UNKNOWN_CASE' | 'NOT_THIS_COUNTY' | 'REVOKED';

export type Verdict =
  | {
      readonly kind: 'applied';
      readonly followUps: readonly SystemAct[];
      /** The case with the event as it was offered, stamp and all. */
      readonly after: CaseFile;
    }
  | {
      readonly kind: 'applied_with_conflict';
      readonly after: CaseFile;
      /** The gravest; all of them are in the follow-ups. */
      readonly rule: ConflictId;
      readonly rules: readonly ConflictId[];
      readonly followUps: readonly SystemAct[];
    }
  | {
      /** Of a newer build: the county's line comes first, then the event, unread (K23). */
      readonly kind: 'opaque';
      readonly followUps: readonly SystemAct[];
    }
  | {
      readonly kind: 'quarantined';
      readonly code: QuarantineCode;
      readonly reason: string;
      readonly followUps: readonly SystemAct[];
    };

export interface AdmitContext {
  /** The person of the session with all grants, ended ones too. */
  readonly subject: Subject;
  readonly now: Instant;
  /** First six digits of this county's codes. */
  readonly county?: string;
  /** The device's word was that it had not taken this yet, at its contact with the county then. */
  readonly takenAfter?: Instant;
  readonly calendar?: Calendar;
  readonly areas?: AreaTree;
  readonly shapes?: Shapes;
}

/** The villager's request itself: never held back, whoever carried it (K10). */
const REQUEST: ReadonlySet<EventType> = new Set<EventType>([
  'case.drafted',
  'dictation.recorded',
  'dictation.readback_confirmed',
  'consent.recorded',
  'attachment.added',
  'urgent.reported',
  'case.sealed',
  'case.taken',
  'case.submitted',
]);
const BEGINS: ReadonlySet<EventType> = new Set<EventType>(['case.drafted', 'hazard.reported']);

const REASONS: Readonly<Record<QuarantineCode, string>> = {
  UNKNOWN_TYPE: '县里的程序还不认得这一条，升级后再读',
  PAYLOAD: '内容缺项或写法不对，请县局看原样',
  ACTOR: '这个人不能做这一步，请县局看',
  UNKNOWN_CASE: '县里还没有这件事的开头',
  NOT_THIS_COUNTY: '事发地不在本县',
  REVOKED: '记录时这个人已停用，请县局看要不要采认',
};

type Right =
  | { readonly ok: true; readonly rule: ConflictId | null }
  | { readonly ok: false; readonly code: QuarantineCode };

const granted = (rule: ConflictId | null = null): Right => ({ ok: true, rule });
const denied = (code: QuarantineCode): Right => ({ ok: false, code });

/** A case that this person has or had. */
function isOwn(file: CaseFile, personId: string): boolean {
  const sight = sightOf(file);
  const own = [...sight.agentIds, ...sight.formerAgentIds].some((id) => id === personId);
  return own || file.timeline[0]?.actor.personId === personId;
}

/** Without a grant now: the same test by time (K10). */
function revokedRight(file: CaseFile, event: CaseEvent, context: AdmitContext): Right {
  const { subject, takenAfter } = context;
  if (file.timeline.length > 0 && !isOwn(file, subject.personId)) return denied('ACTOR');
  const wasInForce = grantsAt(subject, happenedAt(event)).some(
    (g) => g.role === 'A' || g.role === 'T',
  );
  // Said to be of before, and it was not there when its tablet last spoke: it counts, and people see it.
  const backdated = takenAfter !== undefined && isAfter(takenAfter, happenedAt(event));
  if (wasInForce) return granted(backdated ? 'K10' : null);
  return REQUEST.has(event.type) ? granted('K10') : denied('REVOKED');
}

/** Made while the agent still had the case: the same test by time as everywhere. */
function beforeRecusal(file: CaseFile, event: CaseEvent): boolean {
  const own = file.recusals.find((r) => recusedBy(file, r) === event.stamp.actor.personId);
  return own !== undefined && isAfter(own.mark.occurredAt, happenedAt(event));
}

function rightAfter(denial: Denial, file: CaseFile, [event, context]: [CaseEvent, AdmitContext]) {
  const own = isOwn(file, context.subject.personId);
  switch (denial) {
    case 'NO_GRANT':
    case 'NOT_THIS_ROLE':
      return revokedRight(file, event, context);
    case 'SEALED':
    case 'ACCUSED_UNIT':
    case 'NAMED_IN_CASE':
      return own ? granted() : denied('ACTOR');
    case 'RECUSED':
      return own && (REQUEST.has(event.type) || beforeRecusal(file, event))
        ? granted()
        : denied('ACTOR');
    default:
      return own ? granted() : denied('ACTOR');
  }
}

function rightOf(file: CaseFile, event: CaseEvent, context: AdmitContext): Right {
  const scene = { object: sightOf(file), now: context.now };
  const denial = whyNot(context.subject, `record:${event.type}`, scene);
  return denial === null ? granted() : rightAfter(denial, file, [event, context]);
}

/** What keeps the event out of the log for now; null when it may join. */
function obstacle(file: CaseFile, event: CaseEvent, county: string | undefined) {
  const { type } = event;
  if (!isFieldAct(type, event.stamp.actor.code)) return 'ACTOR';
  if (file.status === 'NONE' && file.hazard === null && !BEGINS.has(type)) return 'UNKNOWN_CASE';
  if (type !== 'case.drafted' && type !== 'hazard.reported') return null;
  const foreign = county !== undefined && !event.payload.areaCode?.startsWith(county);
  return foreign ? 'NOT_THIS_COUNTY' : null;
}

/** Kept raw beside the log; a known case gets a line, so that people see it. */
function quarantine(file: CaseFile, event: AnyEvent<string>, code: QuarantineCode): Verdict {
  const { id, type, occurredAt } = event;
  const reason = REASONS[code];
  const line = { eventId: id, eventType: type, code, reason, occurredAt };
  const acts = file.status === 'NONE' ? [] : [systemAct('event.quarantined', line)];
  return { kind: 'quarantined', code, reason, followUps: acts };
}

const asAct = ({ rule, events, kept, changes }: Meeting): SystemAct =>
  systemAct('conflict.detected', { rule, events: [...events], kept, ...(changes && { changes }) });

/** Whether an act of this type, in whatever version, may come from the field. */
export const isFieldAct = (type: string, code: ActorCode): boolean =>
  isEventType(type) && LIFECYCLE[type].offline && mayAct(type, code);

/**
 * A newer build's event may join unread where it could join read: a case that goes on and that he
 * sees as one of the field, and no act of the office whose next version a tablet claims.
 */
function mayJoinUnread(file: CaseFile, event: AnyEvent<string>, context: AdmitContext): boolean {
  const { subject, now } = context;
  if (file.timeline.length === 0 || TERMINAL.includes(file.status)) return false;
  const inForce = grantsAt(subject, now).some(({ role }) => role === 'A' || role === 'T');
  if (!inForce || !isInField(event)) return false;
  return whyNot(subject, 'case.view', { object: sightOf(file), now }) === null;
}

const isInField = ({ type, stamp }: AnyEvent<string>): boolean =>
  !isEventType(type) || isFieldAct(type, stamp.actor.code);

const REASON_OPAQUE = '有一条这个版本还看不懂的记录';

/** Of a newer build: unread into the log, or kept aside. */
function newer(file: CaseFile, event: AnyEvent<string>, context: AdmitContext): Verdict {
  if (!mayJoinUnread(file, event, context)) return quarantine(file, event, 'UNKNOWN_TYPE');
  const { id, type, occurredAt } = event;
  const line = { eventId: id, eventType: type, code: OPAQUE, reason: REASON_OPAQUE, occurredAt };
  return { kind: 'opaque', followUps: [systemAct('event.quarantined', line)] };
}

/** What becomes of a field event that a tablet offers. `file` is the case before it. Pure. */
export function admit(file: CaseFile, offered: AnyEvent<string>, context: AdmitContext): Verdict {
  const shapes = context.shapes ?? SHAPES;
  const parsed = parseEventBody(offered, shapes);
  if (!parsed.ok) {
    const broken = parsed.error.code === 'PAYLOAD';
    return broken ? quarantine(file, offered, 'PAYLOAD') : newer(file, offered, context);
  }
  const event = { ...parsed.value, stamp: offered.stamp } as CaseEvent;
  const kept = obstacle(file, event, context.county);
  if (kept !== null) return quarantine(file, event, kept);
  const right = rightOf(file, event, context);
  if (!right.ok) return quarantine(file, event, right.code);

  // As offered, for that is what the log keeps and every later fold reads.
  const after = evolveAs(shapes, file, offered);
  const calendar = context.calendar ?? PUBLISHED_CALENDAR;
  const found = meetings({ before: file, event, after, calendar, areas: context.areas ?? null });
  const byRight: Meeting[] =
    right.rule !== null && !found.some((m) => m.rule === right.rule)
      ? [{ rule: right.rule, events: [event.id], kept: CONFLICTS[right.rule].outcome }]
      : [];
  const all = [...byRight, ...found];
  const acts = [...all.map(asAct), ...followUps(after, event)];
  const [gravest] = all;
  if (!gravest) return { kind: 'applied', followUps: acts, after };
  return {
    kind: 'applied_with_conflict',
    after,
    rule: gravest.rule,
    rules: all.map((m) => m.rule),
    followUps: acts,
  };
}
