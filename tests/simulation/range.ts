/** One process of the simulation: runs its share of the seeds and prints what came of it as JSON. */
import { writeSync } from 'node:fs';
import { SEALED_FROM, type Faults } from './faults.ts';
import { plant } from './plant.ts';

/** What a process is asked for: seeds from, from + stride, … until one of the ends. */
export interface RangeAsked {
  readonly from: number;
  readonly stride: number;
  readonly count: number;
  /** Milliseconds after which no new seed is begun; 0 is no end. */
  readonly ms: number;
  readonly mutant: string | null;
  /** Stops after so many violations. */
  readonly violationsMax: number;
  /** Faults that are set in every seed. */
  readonly change: Partial<Faults>;
  readonly shrink: boolean;
  /** Each fourth seed has its history with keyed vaults, too. */
  readonly sealed: boolean;
  readonly trace: boolean;
}

export interface Found {
  readonly seed: number;
  readonly message: string;
  /** Faults that are enough for it; empty when it was not shrunk. */
  readonly faults: Partial<Faults>;
}

export interface RangeDone {
  /** Histories, and those of them with keyed vaults. */
  readonly seeds: number;
  readonly sealed: number;
  readonly steps: number;
  readonly saved: number;
  readonly stored: number;
  readonly attempts: number;
  readonly roundsMost: number;
  readonly rules: readonly string[];
  readonly violations: readonly Found[];
}

const asked = JSON.parse(process.argv[2] ?? '{}') as RangeAsked;
// The bug goes in before anything of the product is loaded.
const mutant = asked.mutant === null || asked.mutant === 'none' ? null : plant(asked.mutant);
const { run, faultsOf } = await import('./run.ts');

const say = (line: string) => writeSync(2, `${line}\n`);
const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Violation' ? error.message : `${error.name}: ${error.message}`;
};

const attempt = (seed: number, change: Partial<Faults>, trace = false) =>
  run(seed, { mutant: mutant?.name ?? null, change, ...(trace ? { say } : {}) });

/** Switches faults off one at a time while it still fails. */
async function shrunk(seed: number, first: string): Promise<Found> {
  let change: Partial<Faults> = { ...mutant?.profile, ...asked.change };
  let message = first;
  for (let again = true; again;) {
    again = false;
    for (const [name, level] of Object.entries(faultsOf(seed, change))) {
      if (level === 0) continue;
      const less = { ...change, [name]: 0 };
      const still = await attempt(seed, less).then(() => null, messageOf);
      if (still !== null) [change, message, again] = [less, still, true];
    }
  }
  const left = Object.entries(faultsOf(seed, change)).filter(([, level]) => level > 0);
  return { seed, message, faults: Object.fromEntries(left) };
}

const began = performance.now();
const sum = { seeds: 0, sealed: 0, steps: 0, saved: 0, stored: 0, attempts: 0, roundsMost: 0 };
const rules = new Set<string>();
const violations: Found[] = [];
const change = { ...mutant?.profile, ...asked.change };
/** One history, counted. */
async function history(seed: number): Promise<void> {
  sum.seeds += 1;
  if (seed >= SEALED_FROM) sum.sealed += 1;
  try {
    const ended = await attempt(seed, change, asked.trace);
    sum.steps += ended.steps;
    sum.saved += ended.saved;
    sum.stored += ended.stored;
    sum.attempts += ended.attempts;
    sum.roundsMost = Math.max(sum.roundsMost, ended.rounds);
    for (const rule of ended.rules) rules.add(rule);
  } catch (error) {
    const message = messageOf(error);
    sum.attempts += 1;
    if (asked.trace && error instanceof Error) say(error.stack ?? message);
    violations.push(asked.shrink ? await shrunk(seed, message) : { seed, message, faults: {} });
  }
}

for (let n = 0; n < asked.count && violations.length < asked.violationsMax; n++) {
  if (asked.ms > 0 && performance.now() - began > asked.ms) break;
  const seed = asked.from + n * asked.stride;
  await history(seed);
  if (asked.sealed && seed % 4 === 0) await history(SEALED_FROM + seed);
}
const done: RangeDone = { ...sum, rules: [...rules].sort(), violations };
writeSync(1, `${JSON.stringify(done)}\n`);
