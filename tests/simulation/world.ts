/** Time and chance of the simulation: one seed is one history. No clock, no random, nothing waits. */

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

type Step = () => void | Promise<void>;
interface Entry {
  readonly time: number;
  readonly serial: number;
  readonly step: Step;
}

export interface Timeline {
  now(): number;
  /** Steps done so far. */
  steps(): number;
  at(delay: number, step: Step): void;
  /** Runs everything due until then, one step after the other. */
  runUntil(time: number): Promise<void>;
  clear(): void;
}

const before = (a: Entry, b: Entry): boolean =>
  a.time < b.time || (a.time === b.time && a.serial < b.serial);

/** A heap in order of (time, when it was planned). */
class Heap {
  list: Entry[] = [];

  push(entry: Entry): void {
    const { list } = this;
    let i = list.length;
    list.push(entry);
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = list[up];
      if (parent === undefined || before(parent, entry)) break;
      list[i] = parent;
      i = up;
    }
    list[i] = entry;
  }

  pop(): Entry | undefined {
    const { list } = this;
    const [first] = list;
    const last = list.pop();
    if (first === undefined || last === undefined || list.length === 0) return first;
    let i = 0;
    for (;;) {
      const left = list[2 * i + 1];
      const right = list[2 * i + 2];
      if (left === undefined) break;
      const useRight = right !== undefined && before(right, left);
      const child = useRight ? right : left;
      if (before(last, child)) break;
      list[i] = child;
      i = 2 * i + (useRight ? 2 : 1);
    }
    list[i] = last;
    return first;
  }
}

export function timeline(): Timeline {
  let now = 0;
  let serial = 0;
  let steps = 0;
  const heap = new Heap();
  return {
    now: () => now,
    steps: () => steps,
    at: (delay, step) => heap.push({ time: now + delay, serial: (serial += 1), step }),
    runUntil: async (time) => {
      for (let next = heap.list[0]; next !== undefined && next.time <= time; next = heap.list[0]) {
        heap.pop();
        now = next.time;
        steps += 1;
        const going = next.step();
        if (going !== undefined) await going;
      }
      now = Math.max(now, time);
    },
    clear: () => {
      heap.list = [];
    },
  };
}

/** An invariant that does not hold. */
export class Violation extends Error {
  override name = 'Violation';
}
