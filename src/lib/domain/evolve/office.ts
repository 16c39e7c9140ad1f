/** Facts of the county office. An act out of place leaves only its line in the timeline. */
import { usableDay, usableInstant } from '../calendar.ts';
import type { CaseHead } from '../case.ts';
import type { CaseFile } from '../case-file.ts';
import { countedAt } from '../event-time.ts';
import type { CaseEvent } from '../events.ts';
import type { Handling } from '../handling.ts';
import { handlingFor } from '../lifecycle.ts';
import type { LocalDate } from '../values.ts';
import { corrected, fitsField } from './fields.ts';
import { withAgent } from './intake.ts';
import { keptIn, lineOnly, note, type Reducer, type Reducers, type Step } from './step.ts';

type OfficeType =
  | 'case.returned'
  | 'case.registered'
  | 'case.classified'
  | 'case.sealed'
  | 'case.merged'
  | 'case.unmerged'
  | 'case.corrected'
  | 'case.voided'
  | 'case.transferred'
  | 'case.assigned'
  | 'case.replied_directly'
  | 'case.not_accepted'
  | 'case.no_more_accepted'
  | 'case.diverted'
  | 'case.closed'
  | 'case.reopened'
  | 'case.handed_over';

/** The given keys of `from` that have a value. */
function given<T extends object, K extends keyof T>(from: T, ...keys: K[]): Partial<Pick<T, K>> {
  const known = keys.filter((key) => from[key] !== undefined);
  return Object.fromEntries(known.map((key) => [key, from[key]])) as Partial<Pick<T, K>>;
}

/** Ends every live handling: the case went another way. */
export const endHandlings = (file: CaseFile): CaseFile => ({
  ...file,
  handlings: file.handlings.map((h) =>
    h.status === 'RETRACTED' || h.status === 'SERVED' ? h : { ...h, status: 'ENDED' as const },
  ),
});

const registered: Reducer<'case.registered'> = (before, { event, payload, mark, allowed }) => {
  if (!allowed) return before;
  const { respondent } = payload;
  const change = { field: 'respondent', to: respondent, reason: null };
  const file = respondent === undefined ? before : corrected(before, change, mark);
  const { numbers, moments } = file;
  const head: CaseHead = {
    ...file.head,
    ...(fitsField(file, 'areaCode', payload.areaCode) ? given(payload, 'areaCode') : {}),
    ...given(payload, 'categoryL2', 'kind', 'purpose', 'title', 'procedure', 'route'),
    ...given(payload, 'joint', 'repeat', 'repeatOf', 'group', 'skipLevel', 'xfReason'),
    firstLocal: payload.first,
    firstNational: payload.firstNational ?? file.head.firstNational,
    officeFlags: payload.flags ?? file.head.officeFlags,
  };
  return {
    ...file,
    head,
    numbers: {
      ...numbers,
      caseNo: payload.caseNo,
      nationalNo: payload.nationalNo ?? numbers.nationalNo,
      queryCode: numbers.queryCode ?? payload.queryCode ?? null,
    },
    moments: { ...moments, registeredAt: moments.registeredAt ?? countedAt(event) },
  };
};

const classified: Reducer<'case.classified'> = (file, { payload, allowed }) =>
  allowed
    ? {
        ...file,
        head: { ...file.head, ...given(payload, 'kind', 'procedure', 'route', 'categoryL2') },
      }
    : file;

const correction: Reducer<'case.corrected'> = (file, { payload, mark, allowed }) => {
  if (!allowed) return file;
  const change = { field: payload.field, to: payload.new, reason: payload.reason };
  const next = corrected(file, change, mark);
  const corrections = next.corrections.map((c) =>
    c.mark.eventId === mark.eventId && payload.old !== undefined ? { ...c, old: payload.old } : c,
  );
  const supplements = next.supplements.map((s) =>
    s.mark.eventId === payload.adopts ? { ...s, proposal: 'ADOPTED' as const, decision: mark } : s,
  );
  return { ...next, corrections, supplements };
};

/** 转送/交办: one handling per unit; a unit that still has one keeps it. */
function transferred(
  file: CaseFile,
  step: Step<'case.transferred'> | Step<'case.assigned'>,
  feedbackOn: LocalDate | null,
): CaseFile {
  if (!step.allowed) return file;
  const { payload, mark, event } = step;
  const at = countedAt(event);
  const live = (unitId: string) =>
    file.handlings.some(
      (h) => h.unitId === unitId && h.status !== 'RETRACTED' && h.status !== 'ENDED',
    );
  const begin = (unitId: Handling['unitId'], lead: boolean): Handling => ({
    id: `${mark.eventId}/${unitId}`,
    unitId,
    lead,
    round: file.round,
    status: 'SENT',
    sentAt: at,
    sent: mark,
    ...(payload.note === undefined ? {} : { matter: payload.note }),
    feedbackOn: usableDay(feedbackOn),
    signedForAt: null,
    objection: null,
    accepted: null,
    extension: { requested: null, approved: null, rejected: null },
    opinion: null,
    served: null,
  });
  const others = [...new Set(payload.coUnits ?? [])].filter((u) => u !== payload.unitId);
  const fresh = others.filter((u) => !live(u)).map((u) => begin(u, false));
  const coUnits = [...new Set([...file.head.coUnits, ...others])];
  return {
    ...file,
    handlings: [...file.handlings, begin(payload.unitId, true), ...fresh],
    head: {
      ...file.head,
      unit: payload.unitId,
      coUnits: coUnits.filter((u) => u !== payload.unitId),
      firstUnit: file.head.firstUnit ?? payload.unitId,
    },
    moments: { ...file.moments, transferredAt: at },
  };
}

type EndingType = 'case.not_accepted' | 'case.no_more_accepted' | 'case.diverted';

/** An end in words; a co-unit that declines ends its own handling only. */
const ending: Reducer<EndingType> = (file, step) => {
  if (!step.allowed) return file;
  const own = handlingFor(file, step.event as CaseEvent);
  const kept = { ...file, endings: [...file.endings, note(step)] } as CaseFile;
  if (own === null || own.lead) return kept;
  const handlings = kept.handlings.map((h) =>
    h.id === own.id ? { ...h, status: 'ENDED' as const } : h,
  );
  return { ...kept, handlings };
};

const reopened: Reducer<'case.reopened'> = (file, step) => {
  if (!step.allowed) return file;
  const kept = { ...endHandlings(file), reopenings: [...file.reopenings, note(step)] };
  return {
    ...kept,
    round: file.round + 1,
    closeKind: null,
    mergedInto: null,
    statusBeforeMerge: null,
    handlings: kept.handlings.map((h) => ({ ...h, status: 'ENDED' as const })),
  };
};

const handedOver: Reducer<'case.handed_over'> = (file, step) => {
  const kept = { ...file, handOvers: [...file.handOvers, note(step)] };
  if (!step.allowed) return kept;
  const { to, effectiveAt, scope } = step.payload;
  const from = usableInstant(effectiveAt) ?? countedAt(step.event);
  return withAgent(kept, to, { from, how: 'HANDED_OVER', scope: scope ?? null });
};

export const officeReducers: Reducers<OfficeType> = {
  'case.returned': keptIn('returns'),
  'case.registered': registered,
  'case.classified': classified,
  'case.sealed': (file, step) => ({ ...file, sealed: file.sealed ?? note(step) }),
  'case.merged': (file, { payload, mark, allowed }) =>
    allowed
      ? {
          ...endHandlings(file),
          mergedInto: { caseId: payload.masterCaseId, mark },
          statusBeforeMerge: file.status,
        }
      : file,
  'case.unmerged': (file, { allowed }) =>
    allowed ? { ...file, mergedInto: null, statusBeforeMerge: null } : file,
  'case.corrected': correction,
  'case.voided': (file, step) =>
    step.allowed ? { ...endHandlings(file), endings: [...file.endings, note(step)] } : file,
  'case.transferred': (file, step) => transferred(file, step, null),
  'case.assigned': (file, step) => transferred(file, step, step.payload.feedbackOn),
  'case.replied_directly': (file, step) =>
    step.allowed
      ? {
          ...file,
          replies: [...file.replies, note(step)],
          moments: { ...file.moments, opinionAt: countedAt(step.event) },
        }
      : file,
  'case.not_accepted': ending,
  'case.no_more_accepted': ending,
  'case.diverted': ending,
  'case.closed': lineOnly,
  'case.reopened': reopened,
  'case.handed_over': handedOver,
};
