/** Time, chance and network of the simulation: one seed is one history. */

/** mulberry32: a small generator whose whole state is the seed. */
export function chance(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Which faults this seed has, and how often. */
export interface Faults {
  readonly dropRequest: number;
  readonly dropReply: number;
  readonly twice: number;
  readonly html: number;
  readonly slow: number;
  readonly crash: number;
  readonly power: number;
  readonly bad: number;
  readonly restore: boolean;
  readonly silentRestore: boolean;
  readonly lateBackup: boolean;
  readonly evict: boolean;
  readonly clone: boolean;
  readonly moves: boolean;
  readonly tabs: boolean;
}

/** Swarm: each seed turns a random part of the faults on, with random rates. */
export function drawFaults(random: () => number): Faults {
  const maybe = (odds: number, most: number) => (random() < odds ? random() * most : 0);
  const flag = (odds: number) => random() < odds;
  return {
    dropRequest: maybe(0.7, 0.4),
    dropReply: maybe(0.7, 0.4),
    twice: maybe(0.5, 0.3),
    html: maybe(0.4, 0.3),
    slow: maybe(0.4, 0.4),
    crash: maybe(0.5, 0.1),
    power: maybe(0.6, 0.1),
    bad: maybe(0.4, 0.2),
    restore: flag(0.4),
    silentRestore: flag(0.5),
    lateBackup: flag(0.5),
    evict: flag(0.25),
    clone: flag(0.2),
    moves: flag(0.5),
    tabs: flag(0.4),
  };
}

export interface Timeline {
  now(): number;
  at(delay: number, step: () => void | Promise<void>): void;
  /** Runs everything due until then, one step after the other. */
  runUntil(time: number): Promise<void>;
  clear(): void;
}

/** Steps in order of (time, when they were planned). */
export function timeline(): Timeline {
  let now = 0;
  let serial = 0;
  let waiting: { time: number; serial: number; step: () => void | Promise<void> }[] = [];
  return {
    now: () => now,
    at: (delay, step) => {
      serial += 1;
      const entry = { time: now + delay, serial, step };
      let index = waiting.length;
      while (index > 0 && (waiting[index - 1]?.time ?? 0) > entry.time) index -= 1;
      waiting.splice(index, 0, entry);
    },
    runUntil: async (time) => {
      for (let next = waiting[0]; next !== undefined && next.time <= time; next = waiting[0]) {
        waiting.shift();
        now = next.time;
        await next.step();
      }
      now = Math.max(now, time);
    },
    clear: () => {
      waiting = [];
    },
  };
}

/**
 * The bugs that can be planted; each must be seen by the invariants. Two of the reference list are
 * not here: `ackEarly` heals itself through the witnesses (kill.test.ts sees it at the store), and
 * `noGuard` shows in one seed of a thousand.
 */
export const MUTANTS = [
  'trust200',
  'ackBatch',
  'dropRejected',
  'dropOnTimeout',
  'deleteOnSend',
  'purgeOnAck',
  'relaxed',
  'cursorFirst',
  'noDedup',
  'noEpoch',
  'noTag',
  'retryNewId',
  'poisonBlocks',
  'ignoreLeave',
] as const;
export type Mutant = (typeof MUTANTS)[number];

/** An invariant that does not hold. */
export class Violation extends Error {
  override name = 'Violation';
}
