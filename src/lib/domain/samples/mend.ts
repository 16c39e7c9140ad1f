/**
 * Where a sample contradicts a rule, the sample is wrong. The project's copy is already mended;
 * the same mends are laid over any other file, so that the unmended original replays too.
 * Each one, with its reason: docs/decisions/0004-samples-mended.md.
 */
import mends from './mends.json' with { type: 'json' };
import type { SampleCase, SampleClock, SampleFile } from './sample-shape.ts';

/** A clock record as the file had it, and as the rules have it; `was` null adds a missing one. */
interface ClockMend {
  readonly case: string;
  readonly was: Readonly<Record<string, unknown>> | null;
  readonly is: Readonly<Record<string, unknown>>;
}

/** A key of an event's shorthand that is taken out. */
interface DataMend {
  readonly case: string;
  readonly seq: number;
  readonly without: string;
  readonly value: unknown;
}

const CLOCK_MENDS = mends.clocks as readonly ClockMend[];
const ADDED_CODES = new Set(CLOCK_MENDS.flatMap((one) => (one.was ? [] : String(one.is['code']))));
const DATA_MENDS = mends.data as readonly DataMend[];

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Every field of `expected` stands in `clock` with the same value. */
const standsIn = (clock: SampleClock, expected: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(expected).every(([key, value]) => same(clock[key], value));

function mendClocks(file: SampleFile, sample: SampleCase): SampleClock[] {
  const clocks = [...sample.clocks];
  const all = file.cases.flatMap((one) => one.clocks);
  for (const mend of CLOCK_MENDS.filter((one) => one.case === sample.id)) {
    const fixed = mend.is as unknown as SampleClock;
    if (mend.was === null) {
      // A file that lists the code anywhere means to list it everywhere: then a gap is a fault.
      if (!all.some((clock) => ADDED_CODES.has(clock.code))) clocks.push(fixed);
      continue;
    }
    const { was } = mend;
    const at = clocks.findIndex((clock) => standsIn(clock, was));
    if (at >= 0) clocks[at] = fixed;
  }
  return clocks;
}

function mendEvents(sample: SampleCase): SampleCase['events'] {
  return sample.events.map((event) => {
    const mend = DATA_MENDS.find((one) => one.case === sample.id && one.seq === event.seq);
    if (!mend || !event.data || !same(event.data[mend.without], mend.value)) return event;
    const kept = Object.entries(event.data).filter(([key]) => key !== mend.without);
    return { ...event, data: Object.fromEntries(kept) };
  });
}

/** The file with every known contradiction mended where it still stands as it was. */
export function mendSamples(file: SampleFile): SampleFile {
  return {
    ...file,
    cases: file.cases.map((sample) => ({
      ...sample,
      clocks: mendClocks(file, sample),
      events: mendEvents(sample),
    })),
  };
}
