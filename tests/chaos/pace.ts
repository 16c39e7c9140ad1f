/**
 * The clock of one attack: its loops end early on a slow machine, never below the least that its
 * zero needs to mean something.
 */
import { by, type Length } from './attack.ts';

/** What the loops may take; starting, ending and judging come on top. */
const LOOPS_MS = { planted: 9_000, quick: 9_000, normal: 38_000, full: Infinity } as const;

/** How often a loop runs when there is time, and when there is none. */
export interface Rounds {
  readonly most: number;
  readonly least: number;
}

/** Begins with the attack. */
export class Pace {
  readonly #ms: number;
  readonly #now: () => number;
  readonly #started: number;

  constructor(length: Length, now: () => number = () => performance.now()) {
    this.#ms = by(length, LOOPS_MS);
    this.#now = now;
    this.#started = now();
  }

  /** Whether a loop goes on after `done` rounds; `share`: the part of the clock that it may use. */
  more(done: number, { most, least }: Rounds, share = 1): boolean {
    if (done >= most) return false;
    return done < least || this.#now() - this.#started < this.#ms * share;
  }
}

/** The same in an order whose every beginning is spread over the whole. */
export function spreadOut<T>(all: readonly T[]): readonly T[] {
  const bits = Math.ceil(Math.log2(Math.max(2, all.length)));
  const turned = Array.from({ length: 2 ** bits }, (_, i) =>
    Number.parseInt(i.toString(2).padStart(bits, '0').split('').reverse().join(''), 2),
  );
  return turned.filter((i) => i < all.length).map((i) => all[i] as T);
}
