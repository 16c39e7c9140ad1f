/** Facts about the record itself. Looks, exports and clocks leave only a line. */
import type { CaseFile } from '../case-file.ts';
import { OPAQUE } from '../shapes.ts';
import { keptIn, lineOnly, note, replaceLast, type Reducer, type Reducers } from './step.ts';

type RecordType =
  | 'doc.generated'
  | 'clock.changed'
  | 'conflict.detected'
  | 'conflict.resolved'
  | 'event.quarantined'
  | 'event.adopted'
  | 'view.logged'
  | 'export.made';

/** K07: a rating that came too late is kept and shown, not counted. */
function withLateRatings(file: CaseFile, ids: readonly string[]): CaseFile {
  const ratings = file.ratings.map((r) =>
    ids.includes(r.mark.eventId) && r.state === 'PENDING' ? { ...r, state: 'LATE' as const } : r,
  );
  return { ...file, ratings };
}

const detected: Reducer<'conflict.detected'> = (file, step) => {
  const { rule, events } = step.payload;
  const kept = {
    ...file,
    conflicts: [...file.conflicts, { detected: note(step), resolved: null }],
  };
  return rule === 'K07' ? withLateRatings(kept, events) : kept;
};

const resolved: Reducer<'conflict.resolved'> = (file, step) => {
  const { conflictId, decision } = step.payload;
  const conflicts = replaceLast(
    file.conflicts,
    (c) => (conflictId ? c.detected.mark.eventId === conflictId : c.resolved === null),
    (c) => ({ ...c, resolved: note(step) }),
  );
  const ids = conflicts.find((c) => c.resolved?.mark.eventId === step.mark.eventId)?.detected
    .payload.events;
  if (decision !== 'KEEP') return { ...file, conflicts };
  const supplements = file.supplements.map((s) =>
    ids?.includes(s.mark.eventId) && s.proposal === 'OPEN'
      ? { ...s, proposal: 'DECLINED' as const, decision: step.mark }
      : s,
  );
  return { ...file, conflicts, supplements };
};

const quarantined: Reducer<'event.quarantined'> = (file, step) => {
  const { eventId, code } = step.payload;
  // The event itself follows in the log; who has read it already keeps what he read.
  if (code === OPAQUE && !file.timeline.some((line) => line.eventId === eventId))
    return {
      ...file,
      opaque: [...(file.opaque ?? []), { eventId, noted: step.mark, event: null }],
    };
  return { ...file, quarantined: [...file.quarantined, { noted: note(step), adopted: null }] };
};

export const recordReducers: Reducers<RecordType> = {
  'doc.generated': keptIn('docs'),
  'clock.changed': lineOnly,
  'conflict.detected': detected,
  'conflict.resolved': resolved,
  'event.quarantined': quarantined,
  'event.adopted': (file, { payload, mark }) => ({
    ...file,
    quarantined: file.quarantined.map((q) =>
      q.noted.payload.eventId === payload.eventId ? { ...q, adopted: mark } : q,
    ),
  }),
  'view.logged': lineOnly,
  'export.made': lineOnly,
};
