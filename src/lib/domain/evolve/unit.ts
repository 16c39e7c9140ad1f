/** Facts of units, leaders, hearings and supervision. */
import type { CaseFile } from '../case-file.ts';
import { countedAt } from '../event-time.ts';
import type { CaseEvent, EventType } from '../events.ts';
import type { Handling } from '../handling.ts';
import { isAnswerPaper } from '../lifecycle-targets.ts';
import { handlingFor } from '../lifecycle.ts';
import { commitmentOf } from './field.ts';
import { keptIn, note, replaceLast, type Reducer, type Reducers, type Step } from './step.ts';

type UnitType =
  | 'transfer.received'
  | 'objection.raised'
  | 'objection.upheld'
  | 'objection.overruled'
  | 'case.accepted'
  | 'progress.recorded'
  | 'leader.assigned'
  | 'leader.instructed'
  | 'hearing.scheduled'
  | 'hearing.held'
  | 'extension.requested'
  | 'extension.approved'
  | 'extension.rejected'
  | 'opinion.issued'
  | 'delivery.recorded'
  | 'supervision.issued'
  | 'supervision.answered'
  | 'supervision.closed';

/** Changes the handling the event is about; out of place it changes nothing. */
const onHandling =
  <T extends UnitType>(change: (h: Handling, step: Step<T>) => Handling): Reducer<T> =>
  (file, step) => {
    const own = handlingFor(file, step.event as CaseEvent);
    if (!step.allowed || !own) return file;
    const handlings = file.handlings.map((h) => (h.id === own.id ? change(h, step) : h));
    return { ...file, handlings };
  };

const isLead = <T extends EventType>(file: CaseFile, step: Step<T>): boolean =>
  handlingFor(file, step.event as CaseEvent)?.lead ?? true;

const ruled =
  (upheld: boolean) =>
  (h: Handling, step: Step<'objection.upheld'> | Step<'objection.overruled'>): Handling => ({
    ...h,
    status: upheld ? 'RETRACTED' : 'SENT',
    objection: h.objection && {
      ...h.objection,
      ruling: step.mark,
      upheld,
      reason: step.payload.reason ?? null,
    },
  });

const accepted: Reducer<'case.accepted'> = (file, step) => {
  const next = onHandling<'case.accepted'>((h, s) => ({
    ...h,
    status: 'ACCEPTED',
    accepted: note(s),
  }))(file, step);
  if (!step.allowed || !isLead(file, step)) return next;
  return {
    ...next,
    head: { ...next.head, procedure: step.payload.procedure },
    moments: { ...next.moments, acceptedAt: countedAt(step.event) },
  };
};

const opinion: Reducer<'opinion.issued'> = (file, step) => {
  if (!step.allowed) return file;
  const next = onHandling<'opinion.issued'>((h, s) => ({
    ...h,
    status: 'ANSWERED',
    opinion: note(s),
  }))(file, step);
  const promises = step.payload.claims.flatMap((c) =>
    c.due
      ? commitmentOf(step.mark, c.i, {
          text: c.action ?? file.head.claims?.[c.i]?.text ?? step.payload.plain,
          by: step.payload.unitId,
          due: c.due,
        })
      : [],
  );
  const commitments = [...next.commitments, ...promises];
  if (!isLead(file, step)) return { ...next, commitments };
  const moments = { ...next.moments, opinionAt: countedAt(step.event) };
  return { ...next, commitments, moments };
};

const delivered: Reducer<'delivery.recorded'> = (file, step) => {
  const kept = { ...file, deliveries: [...file.deliveries, note(step)] };
  if (!step.allowed || !isAnswerPaper(step.payload.docKind)) return kept;
  const served = onHandling<'delivery.recorded'>((h, s) =>
    h.status === 'ANSWERED' ? { ...h, status: 'SERVED', served: note(s) } : h,
  )(kept, step);
  if (step.next !== 'DELIVERED') return served;
  return { ...served, moments: { ...served.moments, deliveredAt: step.event.occurredAt } };
};

/** The supervision an answer or closing is about: by id, else the latest still open. */
const onSupervision = (
  file: CaseFile,
  id: string | undefined,
  change: (s: CaseFile['supervisions'][number]) => CaseFile['supervisions'][number],
): CaseFile => ({
  ...file,
  supervisions: replaceLast(
    file.supervisions,
    (s) => (id ? s.issued.mark.eventId === id : s.closed === null),
    change,
  ),
});

export const unitReducers: Reducers<UnitType> = {
  'transfer.received': onHandling((h, s) => ({ ...h, signedForAt: countedAt(s.event) })),
  'objection.raised': onHandling((h, s) => ({
    ...h,
    status: 'OBJECTED',
    objection: { raised: note(s), ruling: null, upheld: null, reason: null },
  })),
  'objection.upheld': onHandling<'objection.upheld'>(ruled(true)),
  'objection.overruled': onHandling<'objection.overruled'>(ruled(false)),
  'case.accepted': accepted,
  'progress.recorded': keptIn('progress'),
  'leader.assigned': (file, step) => ({ ...file, leaderCase: note(step) }),
  'leader.instructed': keptIn('instructions'),
  'hearing.scheduled': (file, step) => ({ ...file, hearings: [...file.hearings, note(step)] }),
  'hearing.held': (file, step) => ({ ...file, hearings: [...file.hearings, note(step)] }),
  'extension.requested': onHandling((h, s) => ({
    ...h,
    extension: { ...h.extension, requested: note(s), rejected: null },
  })),
  'extension.approved': onHandling((h, s) => ({
    ...h,
    extension: { ...h.extension, approved: note(s) },
  })),
  'extension.rejected': onHandling((h, s) => ({
    ...h,
    extension: { ...h.extension, rejected: note(s) },
  })),
  'opinion.issued': opinion,
  'delivery.recorded': delivered,
  'supervision.issued': (file, step) => ({
    ...file,
    supervisions: [...file.supervisions, { issued: note(step), answered: null, closed: null }],
  }),
  'supervision.answered': (file, step) =>
    onSupervision(file, step.payload.supervisionId, (s) => ({ ...s, answered: note(step) })),
  'supervision.closed': (file, step) =>
    onSupervision(file, step.payload.supervisionId, (s) => ({ ...s, closed: note(step) })),
};
