/** What every reducer gets, and the few moves they share. */
import type { CaseFile } from '../case-file.ts';
import type { CaseEvent, EventOf, EventType } from '../events.ts';
import type { FileStatus } from '../status.ts';
import type { Mark, Noted } from '../noted.ts';

/** One event on its way into the file. */
export interface Step<T extends EventType> {
  readonly event: EventOf<T>;
  readonly payload: EventOf<T>['payload'];
  readonly mark: Mark;
  /** The life cycle allows it here; otherwise only its fact is kept. */
  readonly allowed: boolean;
  /** Status the file will have after it. */
  readonly next: FileStatus;
}

/** Adds the facts of one event; the status is set by `evolve`. */
export type Reducer<T extends EventType> = (file: CaseFile, step: Step<T>) => CaseFile;
export type Reducers<T extends EventType> = { readonly [K in T]: Reducer<K> };

/** The lists of a file that hold facts as recorded. */
type ElementOf<L> = L extends readonly (infer X)[] ? X : never;
type ListOf<T extends EventType> = {
  [K in keyof CaseFile]-?: Noted<T> extends ElementOf<CaseFile[K]> ? K : never;
}[keyof CaseFile];

export const markOf = (event: CaseEvent): Mark => ({
  eventId: event.id,
  occurredAt: event.occurredAt,
  receivedAt: event.stamp.receivedAt,
  seq: event.stamp.seq,
  actor: event.stamp.actor,
  clockOffsetSeconds: event.stamp.clockOffsetSeconds,
});

export const note = <T extends EventType>(step: Step<T>): Noted<T> => ({
  mark: step.mark,
  payload: step.payload,
});

/** A reducer that only adds the fact to one list. */
export const keptIn =
  <T extends EventType>(list: ListOf<T>): Reducer<T> =>
  (file, step) => ({ ...file, [list]: [...(file[list] as readonly unknown[]), note(step)] });

/** A reducer whose event leaves nothing but its line in the timeline. */
export const lineOnly = (file: CaseFile): CaseFile => file;

/** The list with its last element that fits replaced; unchanged when none fits. */
export function replaceLast<T>(
  list: readonly T[],
  fits: (one: T) => boolean,
  change: (one: T) => T,
): readonly T[] {
  const at = list.findLastIndex(fits);
  return at < 0 ? list : list.map((one, i) => (i === at ? change(one) : one));
}
