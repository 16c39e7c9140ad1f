/**
 * `npm run -s sim -- [--seeds N] [--seed S] [--jobs J] [--seconds T] [--mutants] [--plant] …`:
 * the deterministic simulation of tablets and county, the product's own code on both sides.
 *
 *     --seeds N     so many histories, from --seed S (1) on        --seconds T  … or until then
 *     --jobs J      processes; as many as there are cores          --trace      tells every step
 *     --plain       no histories with keyed vaults (each fourth seed also has one, 2,000,000 higher)
 *     --without a,b faults that stay off                           --plant      with a bug in it
 *     --with a=1    faults that are set in every seed
 *     --mutants     plants each known bug instead; --only a,b takes some of them, --taught those
 *                   that the simulation found in the product and that were mended
 *     --quick, --ci what `npm test` and `.ci/run` run
 *
 * A violation is printed with its seed, the faults that are enough for it and the command that
 * replays it. One JSON object alone on the last line; exit 1 on a violation or below the minimum.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { SEALED_FROM, type Faults } from '../tests/simulation/faults.ts';
import { MUTANTS, TAUGHT } from '../tests/simulation/mutants.ts';
import { misfits } from '../tests/simulation/plant.ts';
import type { Found, RangeAsked, RangeDone } from '../tests/simulation/range.ts';
import { demandUnderstood } from './house/options.ts';

const RANGE = path.join(import.meta.dirname, '../tests/simulation/range.ts');
/** A history makes much that dies young: room for it halves the collecting. */
const ROOM = '--max-semi-space-size=64';
/** Exchanges that a history must come to on the average, or nothing was tried. */
const ATTEMPTS_PER_SEED = 20;
/** Fewer histories than this show nothing. */
const SEEDS_MIN = { quick: 200, ci: 3_000 };
/** Seeds that a bug has until it must have been seen; a tolerated one is only looked for. */
const SEEDS_PER_MUTANT = 4_000;
const SEEDS_TOLERATED = 150;
const PLANTED = 'noDedup';

const words = process.argv.slice(2);
const FLAGS = ['--quick', '--ci', '--plant', '--plain', '--trace', '--mutants', '--taught'];
const VALUES = ['--seeds', '--seed', '--seconds', '--jobs', '--with', '--without', '--only'];
demandUnderstood(
  words,
  { flags: FLAGS, values: Object.fromEntries(VALUES.map((word) => [word, 'any'] as const)) },
  `npm run -s sim -- [${FLAGS.join('] [')}] [${VALUES.join(' …] [')} …]`,
);
const has = (word: string) => words.includes(word);
function valueOf(word: string): string | null {
  const at = words.indexOf(word);
  return at < 0 ? null : (words[at + 1] ?? '');
}
function numberOf(word: string, otherwise: number): number {
  const text = valueOf(word);
  if (text === null) return otherwise;
  if (!/^\d+$/.test(text)) {
    process.stderr.write(`${word} wants a number\n`);
    process.exit(2);
  }
  return Number(text);
}
const list = (word: string): string[] => (valueOf(word) ?? '').split(',').filter(Boolean);

const [quick, ci, planted] = [has('--quick'), has('--ci'), has('--plant')];
const jobs = Math.max(1, numberOf('--jobs', availableParallelism()));
const from = numberOf('--seed', 1);
const seconds = numberOf('--seconds', quick ? 40 : ci ? 240 : 0);
const seeds = numberOf('--seeds', ci ? 20_000 : seconds > 0 ? 1_000_000 : 1_000);
const change = Object.fromEntries([
  ...list('--without').map((name) => [name, 0]),
  ...list('--with').map((pair) => [pair.split('=')[0], Number(pair.split('=')[1] ?? 1)]),
]) as Partial<Faults>;

const DEFAULTS: RangeAsked = {
  ...{ from, stride: 1, count: seeds, ms: 0, mutant: null, violationsMax: 3 },
  ...{ change, shrink: true, trace: has('--trace'), sealed: false },
};

function range(asked: RangeAsked): Promise<RangeDone> {
  const child = spawn(process.execPath, [ROOM, RANGE, JSON.stringify(asked)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      const last = text.trim().split('\n').at(-1) ?? '';
      if (code === 0) resolve(JSON.parse(last) as RangeDone);
      else reject(new Error(`a process of the simulation ended with ${String(code)}`));
    });
  });
}

function tell({ seed, message, faults }: Found): void {
  const more = ['--with', '--without'].flatMap((word) => (has(word) ? [word, valueOf(word)] : []));
  const bug = [...more, ...(planted ? ['--plant'] : [])].map((word) => ` ${word ?? ''}`).join('');
  process.stdout.write(`seed ${String(seed)}: ${message}\n`);
  process.stdout.write(`  enough for it: ${JSON.stringify(faults)}\n`);
  process.stdout.write(
    `  again: npm run -s sim -- --seed ${String(seed)} --seeds 1 --trace${bug}\n`,
  );
}

const total = (
  parts: readonly RangeDone[],
  name: 'seeds' | 'sealed' | 'steps' | 'saved' | 'attempts',
) => parts.reduce((sum, part) => sum + part[name], 0);

async function simulate(): Promise<boolean> {
  const began = performance.now();
  const count = planted ? Math.min(seeds, 200) : seeds;
  const used = Math.min(jobs, count);
  const share = (job: number): RangeAsked => ({
    ...DEFAULTS,
    ...{ from: from + job, stride: used, count: Math.ceil((count - job) / used) },
    sealed: from < SEALED_FROM && !has('--plain'),
    ...{ ms: seconds * 1_000, mutant: planted ? PLANTED : null },
  });
  const parts = await Promise.all(Array.from({ length: used }, (_, job) => range(share(job))));
  const violations = parts.flatMap((part) => part.violations);
  violations.forEach(tell);
  const done = total(parts, 'seeds');
  const took = (performance.now() - began) / 1_000;
  const attempts = total(parts, 'attempts');
  const wanted = quick ? SEEDS_MIN.quick : ci ? SEEDS_MIN.ci : seconds > 0 ? 1 : count;
  const minimum = ATTEMPTS_PER_SEED * Math.max(wanted, done);
  const figures = {
    ...{ seeds: done, steps: total(parts, 'steps'), saved: total(parts, 'saved') },
    ...{ violations: violations.length, perSecond: Math.round(done / took), attempts, minimum },
    ...{ firstSeed: from, jobs: used, seconds: Math.round(took), sealed: total(parts, 'sealed') },
    roundsMost: Math.max(...parts.map((part) => part.roundsMost)),
    rules: [...new Set(parts.flatMap((part) => part.rules))].sort(),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  return violations.length === 0 && attempts >= minimum;
}

/** Plants every bug in turn; `--plant` adds one that changes nothing and so cannot be seen. */
async function plantAll(): Promise<boolean> {
  const only = list('--only');
  const chosen = (has('--taught') ? TAUGHT : MUTANTS).filter(
    ({ name }) => only.length === 0 || only.includes(name),
  );
  const names = [...chosen.map(({ name }) => name), ...(planted ? ['none'] : [])];
  const bad = misfits();
  bad.forEach((line) => process.stdout.write(`${line}\n`));
  if (bad.length > 0) return false;
  const firstSeed: Record<string, number> = {};
  const missed: string[] = [];
  let attempts = 0;
  const waiting = [...names];
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const mutant = chosen.find((one) => one.name === name);
      const count = mutant === undefined || mutant.tolerated ? SEEDS_TOLERATED : SEEDS_PER_MUTANT;
      const firstOfAll = mutant?.sealed === true ? SEALED_FROM + 1 : 1;
      const limits = { from: firstOfAll, count, violationsMax: 1, shrink: false, sealed: false };
      const done = await range({ ...DEFAULTS, ...limits, mutant: name });
      attempts += done.seeds;
      const [first] = done.violations;
      const said = first ? `seed ${String(first.seed)}: ${first.message}` : 'not seen';
      process.stderr.write(`» ${name}: ${said}\n`);
      if (first) firstSeed[name] = first.seed;
      else missed.push(name);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  const allowed = new Set(chosen.filter((one) => one.tolerated).map(({ name }) => name));
  const tolerated = missed.filter((name) => allowed.has(name));
  const uncaught = missed.filter((name) => !allowed.has(name));
  const caught = Object.keys(firstSeed).length;
  const minimum = names.length;
  const figures = {
    planted: names.length,
    caught,
    tolerated,
    uncaught,
    attempts,
    minimum,
    firstSeed,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  return uncaught.length === 0 && attempts >= minimum;
}

const good = has('--mutants') ? await plantAll() : await simulate();
process.exitCode = good ? 0 : 1;
