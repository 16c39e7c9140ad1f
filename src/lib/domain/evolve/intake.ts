/** Facts from the first word to the county's receipt. */
import { isUsableDay, usableInstant } from '../calendar.ts';
import type { CaseFile, Supplement } from '../case-file.ts';
import type { Dictation } from '../dictation.ts';
import { countedAt, happenedAt } from '../event-time.ts';
import { recusedBy } from '../recusal.ts';
import type { AgentRef, AgentTerm } from '../mandate.ts';
import { readbackHash } from '../text-hash.ts';
import type { CaseEvent } from '../events.ts';
import type { Instant } from '../values.ts';
import { absorbedBy } from './absorbed.ts';
import { newPersons, petitionerField } from './field-values.ts';
import { corrected, fieldValue, fitsField, headChanges, unfitting, withHead } from './fields.ts';
import { note, type Reducer, type Reducers, type Step } from './step.ts';

type Change = NonNullable<Supplement['payload']['changes']>[number];

type IntakeType =
  | 'case.drafted'
  | 'dictation.recorded'
  | 'dictation.readback_confirmed'
  | 'consent.recorded'
  | 'mandate.granted'
  | 'mandate.revoked'
  | 'agent.recused'
  | 'case.taken'
  | 'case.submitted'
  | 'case.received'
  | 'case.supplemented';

const agentOf = (ref: { personId: string; name: string; areaCode?: string }): AgentRef =>
  ({ personId: ref.personId, name: ref.name, areaCode: ref.areaCode ?? null }) as AgentRef;

const endTerms = (terms: readonly AgentTerm[], at: Instant): readonly AgentTerm[] =>
  terms.map((term) => (term.to === null ? { ...term, to: at } : term));

/** Gives the case to an agent; earlier terms end. */
export function withAgent(
  file: CaseFile,
  ref: { personId: string; name: string; areaCode?: string },
  term: Pick<AgentTerm, 'from' | 'how' | 'scope'>,
): CaseFile {
  const agent = agentOf(ref);
  const agents = [...endTerms(file.agents, term.from), { agent, to: null, ...term }];
  return { ...file, agent, agents };
}

/** The agent of an act: the writer, when he is an agent or the township. */
const actingAgent = (event: CaseEvent) =>
  event.stamp.actor.code === 'A' || event.stamp.actor.code === 'T' ? event.stamp.actor : null;

/** After registration an agent's edit is a proposal beside the registered fields (K01). */
function proposed(file: CaseFile, supplement: Omit<Supplement, 'proposal' | 'decision'>): CaseFile {
  const proposal = supplement.payload.changes?.length ? 'OPEN' : 'NONE';
  return {
    ...file,
    supplements: [...file.supplements, { ...supplement, proposal, decision: null }],
  };
}

const drafted: Reducer<'case.drafted'> = (file, { event, payload, mark, allowed }) => {
  if (!allowed) return file;
  const begun: CaseFile = {
    ...file,
    head: {
      ...file.head,
      areaCode: payload.areaCode,
      channel: payload.channel,
      // A day that cannot be stays readable in the event and counts for nothing.
      xfDate: isUsableDay(payload.xfDate) ? payload.xfDate : null,
      form: payload.form,
      ...(payload.hazardId === undefined ? {} : { hazardId: payload.hazardId }),
      ...(payload.lane === undefined ? {} : { lane: payload.lane }),
    },
    numbers: {
      ...file.numbers,
      temporaryNo: payload.temporaryNo ?? null,
      outsideNo: payload.outsideNo ?? null,
    },
    moments: { ...file.moments, draftedAt: event.occurredAt },
  };
  // An agent begins a case for himself alone: whom else he names the office has to hear of.
  const himself = event.stamp.actor.code === 'A';
  const who = himself ? actingAgent(event) : (payload.agent ?? actingAgent(event));
  if (!who) return begun;
  const from = { from: event.occurredAt, how: 'TOOK', scope: null } as const;
  const held = withAgent(begun, who, from);
  if (payload.agent === undefined || payload.agent.personId === who.personId) return held;
  const claim = { field: 'agent', from: who.personId, to: payload.agent };
  return proposed(held, { mark, payload: { changes: [claim] } });
};

/** A rewritten tidy text voids the read-backs that covered it. */
function retidied(file: CaseFile, at: number, step: Parameters<typeof dictated>[1]): CaseFile {
  const { payload, mark } = step;
  const dictations = file.dictations.map((one, i): Dictation => {
    if (i !== at) return one;
    const tidyBefore =
      one.tidy === null ? one.tidyBefore : [...one.tidyBefore, { text: one.tidy, mark }];
    return { ...one, tidy: payload.tidy ?? null, tidyBefore };
  });
  const id = file.dictations[at]?.mark.eventId;
  const readbacks = file.readbacks.map((r) =>
    id && r.covers.includes(id) && r.state !== 'MISMATCH' ? { ...r, state: 'VOIDED' as const } : r,
  );
  return { ...file, dictations, readbacks };
}

const dictated: Reducer<'dictation.recorded'> = (file, step) => {
  const { payload, mark } = step;
  const earlier = file.dictations.findIndex((d) => d.mark.eventId === payload.tidyOf);
  if (earlier >= 0 && !payload.verbatim && !payload.audio?.length) {
    return retidied(file, earlier, step);
  }
  const piece: Dictation = {
    mark,
    verbatim: payload.verbatim ?? null,
    audio: payload.audio ?? [],
    tidy: payload.tidy ?? null,
    tidyBefore: [],
    frozen: false,
    payload,
  };
  return { ...file, dictations: [...file.dictations, piece] };
};

const readBack: Reducer<'dictation.readback_confirmed'> = (file, step) => {
  const { payload } = step;
  const pieces = payload.covers.flatMap(
    (id) => file.dictations.find((d) => d.mark.eventId === id) ?? [],
  );
  const complete = pieces.length === payload.covers.length && pieces.length > 0;
  const matches = complete && readbackHash(pieces, payload.claims ?? []) === payload.textHash;
  const state = !complete ? 'UNKNOWN' : matches ? 'CONFIRMED' : 'MISMATCH';
  const dictations = file.dictations.map((d) =>
    payload.covers.includes(d.mark.eventId) ? { ...d, frozen: true } : d,
  );
  const readback = { ...note(step), state, covers: payload.covers } as const;
  return { ...file, dictations, readbacks: [...file.readbacks, readback] };
};

const consented: Reducer<'consent.recorded'> = (file, step) => {
  const kept = { ...file, consents: [...file.consents, note(step)] };
  const { identityToUnit } = step.payload;
  return identityToUnit === undefined ? kept : withHead(kept, { identityToUnit });
};

const granted: Reducer<'mandate.granted'> = (file, step) => ({
  ...file,
  mandates: [...file.mandates, { ...note(step), revoked: null }],
  mandateMissing: null,
});

const revoked: Reducer<'mandate.revoked'> = (file, { event, payload, mark }) => {
  const at = usableInstant(payload.effectiveAt) ?? happenedAt(event);
  const mandates = file.mandates.map((m) => (m.revoked ? m : { ...m, revoked: { at, mark } }));
  return { ...file, mandates };
};

const recused: Reducer<'agent.recused'> = (file, step) => {
  const kept = { ...file, recusals: [...file.recusals, note(step)] };
  const who = recusedBy(file, note(step));
  if (who === null || file.agent?.personId !== who) return kept;
  return { ...kept, agent: null, agents: endTerms(file.agents, step.event.occurredAt) };
};

/** Answers that cannot stand in their field are proposed to the office, never applied or lost. */
function withUnfitting(
  file: CaseFile,
  { payload, mark }: Step<'case.taken'> | Step<'case.submitted'>,
): CaseFile {
  const changes = unfitting(file, payload.head);
  return changes.length > 0 ? proposed(file, { mark, payload: { changes } }) : file;
}

const taken: Reducer<'case.taken'> = (file, step) => {
  const kept = { ...file, takings: [...file.takings, note(step)] };
  if (!step.allowed) return kept;
  const { payload, event } = step;
  const answered = withUnfitting(withHead(kept, payload.head), step);
  const withFacts: CaseFile = {
    ...answered,
    petitioners: payload.petitioners,
    gaps: payload.gaps ?? [],
    receipt: payload.receipt,
    mandateMissing: file.mandates.length > 0 ? null : (payload.mandateMissing ?? null),
    numbers: { ...file.numbers, queryCode: payload.receipt.queryCode },
    moments: { ...file.moments, takenAt: event.occurredAt },
  };
  const who = actingAgent(event);
  const recusedHimself = file.recusals.some((r) => r.mark.actor.personId === who?.personId);
  if (file.agent || !who || recusedHimself) return withFacts;
  return withAgent(withFacts, who, { from: event.occurredAt, how: 'TOOK', scope: null });
};

const submitted: Reducer<'case.submitted'> = (file, step) => {
  const { payload, mark } = step;
  const kept = { ...file, submissions: [...file.submissions, note(step)] };
  if (!step.allowed || file.numbers.caseNo !== null) {
    const changes = headChanges(file, payload.head);
    return changes.length > 0 ? proposed(kept, { mark, payload: { changes } }) : kept;
  }
  const answered = withUnfitting(withHead(kept, payload.head), step);
  const { moments } = file;
  return {
    ...answered,
    petitioners: payload.petitioners ?? file.petitioners,
    gaps: payload.gaps ?? file.gaps,
    moments: { ...moments, submittedAt: moments.submittedAt ?? mark.occurredAt },
  };
};

/** A number that its sender never had does not name the case; the office sees it as a proposal. */
function withoutForeignNumber(file: CaseFile, { payload, mark }: Received): CaseFile {
  const { numberNotOwn } = payload;
  if (numberNotOwn === undefined || file.numbers.temporaryNo !== numberNotOwn) return file;
  const without = { ...file, numbers: { ...file.numbers, temporaryNo: null } };
  const claim = { field: 'temporaryNo', from: null, to: numberNotOwn };
  return proposed(without, { mark, payload: { changes: [claim] } });
}

type Received = Parameters<Reducer<'case.received'>>[1];

const received: Reducer<'case.received'> = (before, step) => {
  const { event, payload, allowed } = step;
  const file = withoutForeignNumber(before, step);
  const { moments, numbers } = file;
  const querySuffix = payload.querySuffix ?? numbers.querySuffix;
  const told = { ...file, numbers: { ...numbers, querySuffix } };
  if (!allowed) return told;
  return { ...told, moments: { ...moments, receivedAt: moments.receivedAt ?? countedAt(event) } };
};

/** K06: what the second handing-in proposed is answered by the agent's choice between the two. */
function choiceMade(file: CaseFile, { payload, mark }: Step<'case.supplemented'>): CaseFile {
  const { answersConflict, chose = [] } = payload;
  const about = file.conflicts.find((c) => c.detected.mark.eventId === answersConflict);
  if (about?.detected.payload.rule !== 'K06') return file;
  const { events } = about.detected.payload;
  const kept = chose.some(({ keep }) => keep !== 'FIRST') ? 'ADOPTED' : 'DECLINED';
  const supplements = file.supplements.map((one): Supplement =>
    events.includes(one.mark.eventId) && one.proposal === 'OPEN'
      ? { ...one, proposal: kept, decision: mark }
      : one,
  );
  return { ...file, supplements };
}

/**
 * K06 answered on two tablets: where the later choice keeps the first version, what an earlier one put
 * in its place goes back, so that the field says what the last choice says. A value that somebody
 * corrected since stays.
 */
function takenBack(file: CaseFile, { payload }: Step<'case.supplemented'>): Change[] {
  const { answersConflict, chose = [], changes = [] } = payload;
  if (answersConflict === undefined) return [];
  const before = file.supplements.filter(
    (one) => one.payload.answersConflict === answersConflict && one.proposal === 'APPLIED',
  );
  const moved = before.flatMap((one) => one.payload.changes ?? []);
  return chose.flatMap(({ field }) => {
    const first = moved.find((one) => one.field === field);
    const last = moved.findLast((one) => one.field === field);
    if (first?.from == null || changes.some((one) => one.field === field)) return [];
    const isHere = JSON.stringify(fieldValue(file, field)) === JSON.stringify(last?.to);
    return isHere ? [{ field, from: last?.to, to: first.from }] : [];
  });
}

const supplemented: Reducer<'case.supplemented'> = (before, step) => {
  const file = choiceMade(before, step);
  const { payload, mark } = step;
  const lost = payload.lostAttachments ?? [];
  const absorbs = absorbedBy(step.event);
  const claims: Change[] =
    payload.absorbs && !absorbs ? [{ field: 'absorbs', from: null, to: payload.absorbs }] : [];
  const more = [...claims, ...takenBack(before, step)];
  let next: CaseFile = {
    ...file,
    // What is here by now is not lost, whoever said so before he knew.
    attachments: file.attachments.map((a) =>
      lost.includes(a.sha256) && !a.received ? { ...a, lost: true } : a,
    ),
    children: absorbs
      ? [...file.children, { caseId: absorbs.caseId, mark, payload: absorbs }]
      : file.children,
    representativeLists: payload.representatives
      ? [...file.representativeLists, { names: payload.representatives, mark }]
      : file.representativeLists,
  };
  const changes = [...(payload.changes ?? []), ...more];
  const registered = file.numbers.caseNo !== null || !step.allowed;
  if (registered || changes.length === 0) {
    return proposed(next, { mark, payload: more.length > 0 ? { ...payload, changes } : payload });
  }
  // One more petitioner in the second of two versions is one more petitioner of the case.
  const persons = payload.answersConflict === undefined ? [] : newPersons(file, changes);
  const half = persons.filter(({ person }) => person === null).map(({ at }) => at);
  const odd = changes.filter(
    ({ field, to }) =>
      !fitsField(file, field, to) || half.includes(petitionerField(field)?.at ?? -1),
  );
  for (const { field, to } of changes.filter((one) => !odd.includes(one))) {
    next = corrected(next, { field, to, reason: payload.text ?? null }, mark);
  }
  const added = persons.flatMap(({ person }) => person ?? []);
  next = { ...next, petitioners: [...next.petitioners, ...added] };
  if (odd.length > 0) return proposed(next, { mark, payload: { ...payload, changes: odd } });
  const supplement: Supplement = { ...note(step), proposal: 'APPLIED', decision: mark };
  return { ...next, supplements: [...next.supplements, supplement] };
};

export const intakeReducers: Reducers<IntakeType> = {
  'case.drafted': drafted,
  'dictation.recorded': dictated,
  'dictation.readback_confirmed': readBack,
  'consent.recorded': consented,
  'mandate.granted': granted,
  'mandate.revoked': revoked,
  'agent.recused': recused,
  'case.taken': taken,
  'case.submitted': submitted,
  'case.received': received,
  'case.supplemented': supplemented,
};
