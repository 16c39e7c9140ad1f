import { describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { MUTANTS } from './world.ts';

const SEEDS = 700;
const SAVED_MIN = 15_000;
const SEEDS_PER_MUTANT = 80;

/** Histories that once broke an invariant; each is named after what it taught. */
const TAUGHT: Readonly<Record<string, number>> = {
  'a case that left in the lost history comes back': 8,
  'copies of a case that was entered in the lost history go': 86,
  'late work in a case that was never his makes it leave': 50,
  'visibility is witnessed up to the head': 372,
  'a case that left keeps its salt while anything of it is unsent': 520,
  'a plain copy keeps the hash it was saved with': 620,
};

describe('simulation of the real client and the real exchange', () => {
  it(
    '[SY15] nothing is lost, doubled, altered or kept from the wrong eyes, and all comes to rest',
    { timeout: 120_000 },
    async () => {
      let saved = 0;
      for (let seed = 1; seed <= SEEDS; seed++) ({ saved } = await add(seed, saved));
      expect(saved).toBeGreaterThanOrEqual(SAVED_MIN);
    },
  );

  it.each(Object.entries(TAUGHT))('[SY15] %s (seed %i)', async (_what, seed) => {
    expect((await run(seed)).saved).toBeGreaterThan(0);
  });

  it.each(MUTANTS)('[SY16] the planted bug %s is seen', { timeout: 60_000 }, async (mutant) => {
    let caught = 0;
    for (let seed = 1; seed <= SEEDS_PER_MUTANT && caught === 0; seed++)
      await run(seed, mutant).catch(() => (caught = seed));
    expect(caught).toBeGreaterThan(0);
  });
});

async function add(seed: number, saved: number): Promise<{ saved: number }> {
  try {
    return { saved: saved + (await run(seed)).saved };
  } catch (error) {
    throw new Error(`seed ${seed}`, { cause: error });
  }
}
