/** What every attack is: how hard it tries, what it counted, and when its zero means something. */
import type { Place } from './place.ts';

/**
 * How long an attack may take: `quick` 15 s, `normal` 55 s, `full` as long as it needs; `planted`
 * only as long as a planted fault needs to be seen.
 */
export type Length = 'planted' | 'quick' | 'normal' | 'full';

export interface AttackOptions {
  readonly length: Length;
  /** Breaks the safety that the attack guards; it must then count above zero. */
  readonly plant: boolean;
  readonly db: 'sqlite' | 'pg';
  /** Says one line of what is going on. */
  say(this: void, line: string): void;
  /** A fresh place for a county: folder, database, ports. Cleaned up by the caller. */
  place(this: void): Promise<Place>;
  /** The same without the sample county. */
  emptyPlace(this: void): Promise<Place>;
}

/** Counts of one attack; the first five and `minimum` are the same for all. */
export interface Figures {
  readonly attempts: number;
  /** Fewer attempts than this, and a zero means nothing. */
  readonly minimum: number;
  /** Promised and not at the county. */
  readonly lost: number;
  /** At the county more than once. */
  readonly doubled: number;
  /** At the county with other code points. */
  readonly altered: number;
  /** Anything else that must be zero, by name. */
  readonly zeros?: Readonly<Record<string, number>>;
  /** What else was counted; shown, not judged. */
  readonly seen?: Readonly<Record<string, unknown>>;
}

export type Attack = (options: AttackOptions) => Promise<Figures>;

/** Everything that must be zero, added up. */
export const harm = ({ lost, doubled, altered, zeros }: Figures): number =>
  lost + doubled + altered + Object.values(zeros ?? {}).reduce((a, b) => a + b, 0);

type ByLength = Readonly<Record<Exclude<Length, 'planted'>, unknown>> & {
  readonly planted?: unknown;
};

/** One of these by length; a planted run that is named nowhere is as long as a quick one. */
export const by = <M extends ByLength>(length: Length, of: M): M[keyof M & Length] =>
  (length === 'planted' ? (of.planted ?? of.quick) : of[length]) as M[keyof M & Length];
