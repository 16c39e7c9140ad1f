/** Content guards of what is made in the village. */
import { addDays, endOfDayShanghai, rollToWorkday, toLocalDate } from './calendar.ts';
import type { CaseFile } from './case-file.ts';
import { happenedAt, isAfter } from './event-time.ts';
import type { CaseEvent, EventOf } from './events.ts';
import { first, when, type Finding, type GuardContext, type Guards } from './guards.ts';
import { isAnswerPaper } from './lifecycle-targets.ts';
import { LIMITS } from './limits.ts';
import { isQueryCode } from './numbers.ts';

/** Days in which a review or re-review may be asked for (条例 art. 35, 36). */
export const REVIEW_DAYS = 30;

type FieldGuard =
  | 'case.drafted'
  | 'case.taken'
  | 'case.submitted'
  | 'resolution.recorded'
  | 'commitment.fulfilled'
  | 'commitment.breached'
  | 'delivery.recorded'
  | 'rating.sealed'
  | 'followup.recorded'
  | 'review.requested'
  | 'recheck.requested'
  | 'hazard.reported';

/** The eight answers "to take" that are not guarded by their own schema (REFERENCE 3.8). */
function answersMissing(file: CaseFile, event: EventOf<'case.taken'>): string[] {
  const { head, petitioners } = event.payload;
  const missing: [boolean, string][] = [
    [!head.areaCode && !file.head.areaCode, 'areaCode'],
    [petitioners.length === 0, 'petitioners'],
    [!head.prior, 'prior'],
    [!head.urgency, 'urgency'],
  ];
  return missing.filter(([is]) => is).map(([, name]) => name);
}

/** She came herself, rang or wrote: nobody acts for her, so no mandate is asked for. */
const cameHerself = (file: CaseFile): boolean =>
  file.head.channel === 'LX' || file.head.channel === 'LD' || file.head.channel === 'LF';

/** A letter is her own text already, and nobody is there to be read to or asked. */
const isLetter = (file: CaseFile): boolean => file.head.channel === 'LX';

function readbackFinding(file: CaseFile): Finding {
  if (file.sealed || isLetter(file)) return null;
  const last = file.readbacks.findLast((r) => r.state !== 'VOIDED');
  if (!last) return ['READBACK_MISSING'];
  return when(last.state === 'MISMATCH', 'READBACK_MISMATCH');
}

function takenFinding(file: CaseFile, event: EventOf<'case.taken'>): Finding {
  const { head, petitioners, mandateMissing, receipt } = event.payload;
  const named = petitioners.some((p) => p.name);
  const grave = head.urgency === 'LIFE' || head.urgency === 'MAJOR';
  const missing = answersMissing(file, event);
  const unmandated = file.mandates.length === 0 && mandateMissing === undefined;
  return first(
    when(file.dictations.length === 0, 'WORDS_MISSING'),
    readbackFinding(file),
    when(!isLetter(file) && !file.consents.some((c) => c.payload.given), 'CONSENT_MISSING'),
    when(!named && head.anonymous !== true, 'PETITIONER_MISSING'),
    when(missing.length > 0, 'ANSWERS_MISSING', ...missing),
    when(unmandated && !cameHerself(file), 'MANDATE_MISSING'),
    when(grave && file.urgent.reports.length === 0, 'URGENT_NOT_REPORTED'),
    when(!isQueryCode(receipt.queryCode), 'QUERY_CODE'),
  );
}

/** What "to submit" adds; a field named as gap is 请县里定. */
function submittedFinding(file: CaseFile, event: EventOf<'case.submitted'>): Finding {
  const head = { ...file.head, ...event.payload.head };
  const gaps = event.payload.gaps ?? file.gaps;
  const needsClaims = head.kind !== '咨询' && head.kind !== '感谢其他';
  const summary = head.summary?.trim() ?? '';
  const missing: [boolean, string][] = [
    [!head.title?.trim(), 'title'],
    [summary.length < LIMITS.summaryMin, 'summary'],
    [needsClaims && (head.claims?.length ?? 0) === 0, 'claims'],
    [!head.categoryL2, 'categoryL2'],
    [!head.kind, 'kind'],
  ];
  const open = missing.filter(([is, name]) => is && !gaps.includes(name)).map(([, name]) => name);
  return when(open.length > 0, 'ANSWERS_MISSING', ...open);
}

function resolutionFinding(file: CaseFile, event: EventOf<'resolution.recorded'>): Finding {
  const { claims } = event.payload;
  const known = file.head.claims?.length ?? 0;
  const unknown = claims.filter((c) => known > 0 && c.i >= known);
  const undated = claims.filter((c) => c.result === 'PROMISED' && !c.due);
  return first(
    when(unknown.length > 0, 'CLAIM_UNKNOWN', ...unknown.map((c) => String(c.i))),
    when(undated.length > 0, 'PROMISE_WITHOUT_DAY', ...undated.map((c) => String(c.i))),
  );
}

function commitmentFinding(file: CaseFile, id: string | undefined): Finding {
  const known = id
    ? file.commitments.some((c) => c.id === id)
    : file.commitments.some((c) => c.status !== 'FULFILLED');
  return when(!known, 'NO_COMMITMENT', ...(id ? [id] : []));
}

function deliveryFinding(event: EventOf<'delivery.recorded'>): Finding {
  const p = event.payload;
  const proven =
    p.signedByVillager === true ||
    p.proof !== undefined ||
    (p.evidence?.length ?? 0) > 0 ||
    p.witness !== undefined ||
    p.how === 'IMPOSSIBLE';
  return first(
    when((p.refused === true || p.how === 'LEFT') && !p.witness, 'WITNESS_MISSING'),
    when(isAnswerPaper(p.docKind) && !proven, 'PROOF_MISSING'),
  );
}

function ratingFinding(file: CaseFile, event: EventOf<'rating.sealed'>): Finding {
  const { mode, helper, targets } = event.payload;
  const excluded = file.sealed !== null || file.head.anonymous === true;
  const statutory = file.status === 'DIVERTED' && targets.includes('UNIT');
  const byAgent = mode === 'HELPER' && helper?.name === file.agent?.name;
  return first(
    when(byAgent, 'HELPER_IS_AGENT'),
    when(excluded || statutory, 'RATING_EXCLUDED', ...(statutory ? ['UNIT'] : [])),
  );
}

/** Last instant of the petitioner's 30 days after service; rolls over rest days. */
export function reviewWindowEnd(
  file: CaseFile,
  stage: 'review' | 'recheck',
  { calendar }: Pick<GuardContext, 'calendar'>,
): { readonly at: EventOf<'case.closed'>['occurredAt']; readonly provisional: boolean } | null {
  const served = file.deliveries.filter((d) =>
    stage === 'review' ? isAnswerPaper(d.payload.docKind) : d.payload.docKind === '复查意见书',
  );
  // K15: for the villager's right the later service counts, unless he signed for an earlier one.
  const signed = served.find((d) => d.payload.signedByVillager === true);
  const days = (signed ? [signed] : served).map((d) => toLocalDate(d.mark.occurredAt)).toSorted();
  const last = days.at(-1);
  if (!last) return null;
  const due = rollToWorkday(calendar, addDays(last, REVIEW_DAYS));
  return { at: endOfDayShanghai(due.date), provisional: due.provisional };
}

function windowFinding(
  file: CaseFile,
  event: CaseEvent,
  [stage, context]: ['review' | 'recheck', GuardContext],
): Finding {
  const end = reviewWindowEnd(file, stage, context);
  return when(end !== null && isAfter(happenedAt(event), end.at), 'REVIEW_LATE', end?.at ?? '');
}

const inCounty = (areaCode: string, { county }: GuardContext): Finding =>
  when(county !== null && !areaCode.startsWith(county), 'AREA_FOREIGN', areaCode);

export const fieldGuards: Guards<FieldGuard> = {
  'case.drafted': (_file, event, context) => inCounty(event.payload.areaCode, context),
  'case.taken': takenFinding,
  'case.submitted': submittedFinding,
  'resolution.recorded': resolutionFinding,
  'commitment.fulfilled': (file, event) => commitmentFinding(file, event.payload.commitmentId),
  'commitment.breached': (file, event) => commitmentFinding(file, event.payload.commitmentId),
  'delivery.recorded': (_file, event) => deliveryFinding(event),
  'rating.sealed': ratingFinding,
  'followup.recorded': (_file, event) =>
    when(event.payload.sampled === true && event.stamp.actor.code === 'A', 'FOLLOWUP_BY_AGENT'),
  'review.requested': (file, event, context) => windowFinding(file, event, ['review', context]),
  'recheck.requested': (file, event, context) => windowFinding(file, event, ['recheck', context]),
  'hazard.reported': (_file, event, context) => inCounty(event.payload.areaCode, context),
};
