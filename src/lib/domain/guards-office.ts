/** Content guards of office, units and leaders. */
import { addDays, addWorkdays, endOfDayShanghai, toLocalDate } from './calendar.ts';
import type { CaseFile } from './case-file.ts';
import { sightOf } from './case-sight.ts';
import { delegationLimits } from './delegation.ts';
import { countedAt, isAfter, markedAt } from './event-time.ts';
import type { CaseEvent, EventOf } from './events.ts';
import { isOwnArea } from './evolve/field-values.ts';
import { fieldValue, fitsField, isOriginalWords } from './evolve/fields.ts';
import { first, when, type Finding, type GuardContext, type Guards } from './guards.ts';
import { handlingFor } from './lifecycle.ts';
import { LIMITS } from './limits.ts';

/** Working days in which a unit may object (条例 art. 23). */
export const OBJECTION_WORKDAYS = 5;
/** Days of handling from acceptance (条例 art. 34). */
export const HANDLING_DAYS = 60;

type OfficeGuard =
  | 'resolution.approved'
  | 'resolution.rejected'
  | 'resolution.adopted'
  | 'case.registered'
  | 'case.classified'
  | 'case.merged'
  | 'case.corrected'
  | 'case.voided'
  | 'case.transferred'
  | 'case.assigned'
  | 'objection.raised'
  | 'extension.requested'
  | 'extension.approved'
  | 'opinion.issued'
  | 'leader.assigned'
  | 'case.closed'
  | 'withdrawal.confirmed'
  | 'withdrawal.refused'
  | 'review.settled'
  | 'supervision.answered'
  | 'supervision.closed'
  | 'case.handed_over'
  | 'conflict.resolved'
  | 'event.adopted';

/** Claims of the head that a list of answers leaves out. */
function unanswered(file: CaseFile, answers: readonly { readonly i: number }[]): string[] {
  const said = new Set(answers.map((a) => a.i));
  return (file.head.claims ?? []).flatMap((_c, i) => (said.has(i) ? [] : [String(i)]));
}

function delegated(file: CaseFile, event: CaseEvent, { delegation }: GuardContext): Finding {
  if (event.stamp.actor.code !== 'T') return null;
  const limits = delegationLimits(file, delegation);
  return when(limits.length > 0, 'NOT_DELEGATED', ...limits);
}

function approvedFinding(
  file: CaseFile,
  event: EventOf<'resolution.approved'>,
  context: GuardContext,
): Finding {
  const pending = file.resolutions.findLast((r) => r.state === 'PENDING');
  const open = unanswered(file, pending?.payload.claims ?? []);
  return first(
    delegated(file, event, context),
    when(!pending, 'NO_RESOLUTION'),
    when(open.length > 0, 'CLAIMS_UNANSWERED', ...open),
    when(!file.numbers.caseNo && !event.payload.caseNo, 'CASE_NO_MISSING'),
  );
}

function correctedFinding(file: CaseFile, event: EventOf<'case.corrected'>): Finding {
  const { field, old, new: value } = event.payload;
  const foreign = field === 'areaCode' && !isOwnArea(file, String(value));
  const now = fieldValue(file, field);
  const stale =
    old !== undefined && now !== undefined && JSON.stringify(old) !== JSON.stringify(now);
  return first(
    when(isOriginalWords(field), 'ORIGINAL_WORDS', field),
    when(foreign, 'AREA_FOREIGN', String(value)),
    when(!fitsField(file, field, value), 'PAYLOAD', field),
    when(stale, 'STALE_VALUE', field),
  );
}

function voidedFinding(file: CaseFile, event: EventOf<'case.voided'>): Finding {
  const { actor } = event.stamp;
  const second = event.payload.secondPerson?.personId;
  const needs = file.status === 'REGISTERED' || file.numbers.caseNo !== null;
  return when(needs && (second === undefined || second === actor.personId), 'SECOND_PERSON');
}

/** An accused unit is never given the case that accuses it (条例 art. 30). */
function unitFinding(
  file: CaseFile,
  event: EventOf<'case.transferred'> | EventOf<'case.assigned'>,
): Finding {
  const sight = sightOf(file);
  const units = [event.payload.unitId, ...(event.payload.coUnits ?? [])];
  const accused = units.filter((u) => sight.guarded && u === sight.respondent.unitId);
  return when(accused.length > 0, 'ACCUSED_UNIT', ...accused);
}

function objectionFinding(
  file: CaseFile,
  event: EventOf<'objection.raised'>,
  { calendar }: GuardContext,
): Finding {
  const handling = handlingFor(file, event);
  if (!handling) return null;
  const due = addWorkdays(calendar, toLocalDate(handling.sentAt), OBJECTION_WORKDAYS);
  const late = isAfter(countedAt(event), endOfDayShanghai(due.date));
  return when(late && !due.provisional, 'OBJECTION_LATE', due.date);
}

function extensionFinding(
  file: CaseFile,
  event: EventOf<'extension.requested'> | EventOf<'extension.approved'>,
): Finding {
  const handling = handlingFor(file, event);
  const accepted = handling?.accepted;
  const due = accepted ? addDays(toLocalDate(markedAt(accepted.mark)), HANDLING_DAYS) : null;
  const late = due !== null && isAfter(countedAt(event), endOfDayShanghai(due));
  return first(
    when(event.payload.days > LIMITS.extensionDaysMax, 'EXTENSION_TOO_LONG'),
    when(handling?.extension.approved != null, 'EXTENSION_TWICE'),
    when(
      event.type === 'extension.approved' && !handling?.extension.requested,
      'EXTENSION_NOT_ASKED',
    ),
    when(late, 'EXTENSION_LATE', due ?? ''),
  );
}

function closedFinding(file: CaseFile): Finding {
  const open = file.handlings.filter((h) => !['SERVED', 'RETRACTED', 'ENDED'].includes(h.status));
  return first(
    when(open.length > 0, 'HANDLINGS_OPEN', ...open.map((h) => h.unitId)),
    when(file.deliveries.length === 0, 'NOT_SERVED'),
  );
}

function settledFinding(file: CaseFile, event: EventOf<'review.settled'>): Finding {
  const result = file.reviews.findLast((r) => r.settled === null)?.decided?.payload.result;
  const lapsed = event.payload.result === 'LAPSED';
  return when(result !== undefined && lapsed !== (result === 'MAINTAIN'), 'SETTLEMENT_MISMATCH');
}

const withdrawalOpen = (file: CaseFile): Finding =>
  when(!file.withdrawals.some((w) => w.answer === 'OPEN'), 'NO_WITHDRAWAL');

const supervisionOpen = (file: CaseFile): Finding =>
  when(!file.supervisions.some((s) => s.closed === null), 'NO_SUPERVISION');

export const officeGuards: Guards<OfficeGuard> = {
  'resolution.approved': approvedFinding,
  'resolution.rejected': delegated,
  'resolution.adopted': (file) =>
    when(!file.resolutions.some((r) => r.state === 'PENDING'), 'NO_RESOLUTION'),
  'case.registered': (file, { payload: { areaCode } }) =>
    first(
      when(
        (file.head.representatives?.length ?? 0) > LIMITS.representativesMax,
        'REPRESENTATIVES_TOO_MANY',
      ),
      when(areaCode !== undefined && !isOwnArea(file, areaCode), 'AREA_FOREIGN', areaCode),
    ),
  'case.classified': (_file, { payload }) =>
    when(!payload.kind && !payload.procedure && !payload.categoryL2, 'KIND_OR_PROCEDURE'),
  'case.merged': (file, event) => when(event.payload.masterCaseId === file.caseId, 'SAME_CASE'),
  'case.corrected': correctedFinding,
  'case.voided': voidedFinding,
  'case.transferred': unitFinding,
  'case.assigned': unitFinding,
  'objection.raised': objectionFinding,
  'extension.requested': extensionFinding,
  'extension.approved': extensionFinding,
  'opinion.issued': (file, event) => {
    const open = unanswered(file, event.payload.claims);
    return when(open.length > 0, 'CLAIMS_UNANSWERED', ...open);
  },
  'leader.assigned': (_file, { payload }) =>
    when(payload.dueOn === undefined && payload.days === undefined, 'FIVE_FIXED', 'dueOn'),
  'case.closed': closedFinding,
  'withdrawal.confirmed': withdrawalOpen,
  'withdrawal.refused': withdrawalOpen,
  'review.settled': settledFinding,
  'supervision.answered': supervisionOpen,
  'supervision.closed': supervisionOpen,
  'case.handed_over': (file, event) =>
    when(event.payload.to.personId === file.agent?.personId, 'SAME_AGENT'),
  'conflict.resolved': (file, { payload }) =>
    when(
      !file.conflicts.some((c) =>
        payload.conflictId ? c.detected.mark.eventId === payload.conflictId : c.resolved === null,
      ),
      'NO_CONFLICT',
    ),
  'event.adopted': (file, { payload }) =>
    when(
      !file.quarantined.some((q) => q.noted.payload.eventId === payload.eventId),
      'NOT_QUARANTINED',
    ),
};
