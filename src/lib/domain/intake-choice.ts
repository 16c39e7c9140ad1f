/** K06: two versions of one intake side by side, and what the agent chose of them. Pure. */
import type { CaseFile, Conflict } from './case-file.ts';
import { mergeDrafts, type DraftAnswers } from './conflict-cases.ts';
import type { Payload } from './events.ts';

/** One field that the two versions answer differently; `from` is what came first. */
export type VersionChange = NonNullable<Payload<'conflict.detected'>['changes']>[number];

/** What becomes of one field. The other version stays in the log whatever is chosen. */
export type Keep = NonNullable<Payload<'case.supplemented'>['chose']>[number]['keep'];

export interface FieldChoice {
  readonly field: string;
  readonly keep: Keep;
}

/** What one 接单 answered, by the names that a correction uses (`petitioners.0.phone`). */
export function intakeAnswers(taken: Payload<'case.taken'>): DraftAnswers {
  // A sealed payload has none of these.
  const { head = {}, petitioners = [] } = taken as Partial<Payload<'case.taken'>>;
  const persons = petitioners.flatMap((person, i) =>
    Object.entries(person).map(([name, value]) => [`petitioners.${String(i)}.${name}`, value]),
  );
  return { ...head, ...(Object.fromEntries(persons) as DraftAnswers) };
}

const same = (x: unknown, y: unknown): boolean => JSON.stringify(x) === JSON.stringify(y);

/** Every field that the second version answers and the first does not answer alike. */
export function versionChanges(first: DraftAnswers, second: DraftAnswers): VersionChange[] {
  return Object.entries(second)
    .filter(([field, value]) => value !== undefined && !same(first[field], value))
    .map(([field, to]) => ({ field, from: first[field] ?? null, to }));
}

/** Both versions of one field laid together: sets are joined, a text that is there stays. */
function together({ field, from, to }: VersionChange) {
  const version = (value: unknown): DraftAnswers =>
    value === null || value === undefined ? {} : { [field]: value };
  return mergeDrafts({}, version(from), version(to));
}

/** Whether somebody has to choose: what only one version says is simply kept. */
export const isChoice = (change: VersionChange): boolean =>
  together(change).choices.length > 0 || Array.isArray(change.from);

/** The value a field has after the choice; BOTH of two texts leaves the first in its field. */
function chosenValue(change: VersionChange, keep: Keep): unknown {
  if (keep === 'SECOND') return change.to;
  return keep === 'FIRST' ? change.from : together(change).answers[change.field];
}

const answersOf = (file: CaseFile, conflict: Conflict) =>
  file.supplements.findLast(
    ({ payload }) => payload.answersConflict === conflict.detected.mark.eventId,
  );

/** The agent's answer to a conflict; null while he has not chosen. */
export const choiceOf = (file: CaseFile, conflict: Conflict): readonly FieldChoice[] | null =>
  answersOf(file, conflict)?.payload.chose ?? null;

/** Somebody has decided: the office, or on two versions of an intake (K06) the agent. */
export const isSettled = (file: CaseFile, conflict: Conflict): boolean =>
  conflict.resolved !== null ||
  (conflict.detected.payload.rule === 'K06' && answersOf(file, conflict) !== undefined);

/** K06 that waits for the agent; never on a sealed case, whose words he does not read again. */
export const openChoices = (file: CaseFile): readonly Conflict[] =>
  file.sealed !== null
    ? []
    : file.conflicts.filter(
        (one) =>
          one.detected.payload.rule === 'K06' &&
          (one.detected.payload.changes?.length ?? 0) > 0 &&
          !isSettled(file, one),
      );

/**
 * What the choice records: each field with its keep, and as changes what differs from the first
 * version. Before registration they count at once, behind it the office decides on them (K01).
 */
export function choicePayload(
  conflict: Conflict,
  keepOf: (field: string) => Keep,
): Payload<'case.supplemented'> {
  const { changes: all = [] } = conflict.detected.payload;
  const chose = all.map(({ field }) => ({ field, keep: keepOf(field) }));
  const changes = all
    .map((one) => ({ ...one, to: chosenValue(one, keepOf(one.field)) }))
    .filter(({ from, to }) => to !== undefined && to !== null && !same(from, to));
  return {
    answersConflict: conflict.detected.mark.eventId,
    chose,
    ...(changes.length > 0 ? { changes } : {}),
  };
}
