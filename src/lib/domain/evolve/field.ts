/** Facts of the work in the village. */
import { usableDay } from '../calendar.ts';
import type { CaseFile, UrgentState } from '../case-file.ts';
import { countedAt, isAfter } from '../event-time.ts';
import type { Commitment } from '../handling.ts';
import type { Mark } from '../noted.ts';
import { higherUrgency } from '../urgency.ts';
import { keptIn, lineOnly, note, replaceLast, type Reducer, type Reducers } from './step.ts';

type FieldType =
  | 'attachment.added'
  | 'attachment.received'
  | 'visit.recorded'
  | 'mediation.recorded'
  | 'resolution.recorded'
  | 'resolution.approved'
  | 'resolution.rejected'
  | 'resolution.adopted'
  | 'commitment.due'
  | 'commitment.fulfilled'
  | 'commitment.breached'
  | 'urgent.reported'
  | 'urgent.acknowledged'
  | 'urgent.stood_down'
  | 'hazard.reported'
  | 'notice.told'
  | 'contact.attempted'
  | 'followup.recorded'
  | 'relief.referred';

/** A promise with its day, made in claim `i` of a resolution or opinion. */
export const commitmentOf = (
  mark: Mark,
  i: number,
  said: { text: string; by?: string | undefined; due?: string | undefined },
): Commitment => ({
  id: `${mark.eventId}/${i}`,
  text: said.text,
  by: said.by ?? null,
  due: usableDay(said.due),
  made: mark,
  status: 'OPEN',
  settled: null,
  evidence: null,
});

const attached: Reducer<'attachment.added'> = (file, step) => {
  const { sha256 } = step.payload;
  if (file.attachments.some((a) => a.sha256 === sha256)) return file;
  const attachment = { ...note(step), sha256, received: false, lost: false };
  return { ...file, attachments: [...file.attachments, attachment] };
};

const arrived: Reducer<'attachment.received'> = (file, { payload }) => ({
  ...file,
  attachments: file.attachments.map((a) =>
    a.sha256 === payload.sha256 ? { ...a, received: true, lost: false } : a,
  ),
});

const resolved: Reducer<'resolution.recorded'> = (file, step) => {
  const promises = step.payload.claims
    .filter((c) => c.result === 'PROMISED')
    .map((c) =>
      commitmentOf(step.mark, c.i, {
        text: c.text ?? file.head.claims?.[c.i]?.text ?? step.payload.measures,
        by: c.by,
        due: c.due,
      }),
    );
  const resolution = { ...note(step), state: 'PENDING', decision: null, reason: null } as const;
  return {
    ...file,
    resolutions: [...file.resolutions, resolution],
    commitments: [...file.commitments, ...promises],
  };
};

/** Decides the newest resolution that waits. */
const decideResolution = (
  file: CaseFile,
  mark: Mark,
  to: { state: 'APPROVED' | 'REJECTED' | 'ADOPTED'; reason?: string; id?: string | undefined },
): CaseFile => ({
  ...file,
  resolutions: replaceLast(
    file.resolutions,
    (r) => (to.id ? r.mark.eventId === to.id : r.state === 'PENDING'),
    (r) => ({ ...r, state: to.state, decision: mark, reason: to.reason ?? null }),
  ),
});

const approved: Reducer<'resolution.approved'> = (file, { event, payload, mark, allowed }) => {
  if (!allowed) return file;
  const { numbers, moments } = file;
  const at = countedAt(event);
  return {
    ...decideResolution(file, mark, { state: 'APPROVED' }),
    closeKind: 'ONSITE',
    numbers: { ...numbers, caseNo: numbers.caseNo ?? payload.caseNo ?? null },
    moments: { ...moments, registeredAt: moments.registeredAt ?? at },
  };
};

const rejected: Reducer<'resolution.rejected'> = (file, { payload, mark, allowed }) =>
  allowed ? decideResolution(file, mark, { state: 'REJECTED', reason: payload.reason }) : file;

const adopted: Reducer<'resolution.adopted'> = (file, { payload, mark, allowed }) =>
  allowed ? decideResolution(file, mark, { state: 'ADOPTED', id: payload.resolutionId }) : file;

/** A promise kept or broken; without an id it is the only open one. */
function settle(
  file: CaseFile,
  mark: Mark,
  to: { id?: string | undefined; status: 'FULFILLED' | 'BREACHED'; evidence: string | null },
): CaseFile {
  const open = file.commitments.filter((c) => c.status !== 'FULFILLED');
  const id = to.id ?? (open.length === 1 ? open[0]?.id : open.at(0)?.id);
  const commitments = file.commitments.map((c) =>
    c.id === id ? { ...c, status: to.status, settled: mark, evidence: to.evidence } : c,
  );
  return { ...file, commitments };
}

const urgent: Reducer<'urgent.reported'> = (file, step) => {
  const { payload, event } = step;
  const before = file.urgent;
  const level = before.level ? higherUrgency(before.level, payload.level) : payload.level;
  const heard = before.acknowledged;
  const covered =
    heard !== null &&
    (payload.sameActAs !== undefined || !isAfter(event.occurredAt, heard.mark.occurredAt));
  const state: UrgentState = {
    level: level as UrgentState['level'],
    reports: [...before.reports, note(step)],
    acknowledged: covered ? heard : null,
    stoodDown: null,
  };
  const urgency = higherUrgency(file.head.urgency ?? 'NORMAL', payload.level);
  return { ...file, urgent: state, head: { ...file.head, urgency } };
};

const hazard: Reducer<'hazard.reported'> = (file, { payload, mark }) => ({
  ...file,
  hazard: { latest: payload, mark, toCase: file.hazard?.toCase ?? payload.toCase ?? null },
});

export const fieldReducers: Reducers<FieldType> = {
  'attachment.added': attached,
  'attachment.received': arrived,
  'visit.recorded': keptIn('visits'),
  'mediation.recorded': keptIn('mediations'),
  'resolution.recorded': resolved,
  'resolution.approved': approved,
  'resolution.rejected': rejected,
  'resolution.adopted': adopted,
  'commitment.due': lineOnly,
  'commitment.fulfilled': (file, { payload, mark }) =>
    settle(file, mark, {
      id: payload.commitmentId,
      status: 'FULFILLED',
      evidence: payload.evidence,
    }),
  'commitment.breached': (file, { payload, mark }) =>
    settle(file, mark, {
      id: payload.commitmentId,
      status: 'BREACHED',
      evidence: payload.words ?? null,
    }),
  'urgent.reported': urgent,
  'urgent.acknowledged': (file, step) => ({
    ...file,
    urgent: { ...file.urgent, acknowledged: note(step) },
  }),
  'urgent.stood_down': (file, step) => ({
    ...file,
    urgent: { ...file.urgent, level: null, stoodDown: note(step) },
  }),
  'hazard.reported': hazard,
  'notice.told': keptIn('notices'),
  'contact.attempted': keptIn('contacts'),
  'followup.recorded': keptIn('followups'),
  'relief.referred': keptIn('reliefs'),
};
