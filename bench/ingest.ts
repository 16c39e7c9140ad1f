/**
 * Durable events a second: tablets push the domain's own events over HTTP into the real county, and
 * in the same run, in turn, into a floor that commits each POST and does nothing else.
 *
 *     county, floor, alone, county, …   the medians are compared
 *     ratio = county / floor            ratioOfOneCommitPerPost = county / alone
 *
 * `alone` is the same county with the group commit taken away. All of it is done again on a disk
 * whose fsync takes as long as that of the reference's machine (`slowDisk`). Generator and servers share the machine's cores: the processor time of the county's process per
 * event stands beside it. The planted fault: a county that
 * answers and never commits; another connection to its file counts what is there.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { percentile, round2 } from './ground.ts';
import type { Asked, Measured } from './index.ts';
import { IngestTablet, linesOf, Wire } from './ingest-send.ts';
import { Served, type Agent, type Used } from './ingest-served.ts';
import { makeEvents, type Made } from './ingest-work.ts';
import { slowDisk, SYNC_MS } from './slow-disk.ts';

/** A person may exchange this often at once (limits.ts), so each has a tablet of his own. */
const BATCHES_PER_TABLET = 24;
const VILLAGE = '230278100200';
const AIM = 1.4;
const MINIMUM_RATIO = 1;

interface Plan {
  readonly tablets: number;
  readonly inFlight: number;
  /** Events of one POST. */
  readonly perPost: number;
  readonly rounds: number;
  readonly plant: boolean;
}

interface Pushed {
  readonly events: number;
  readonly seconds: number;
  readonly used: Used;
}

async function timed(served: Served, events: number, work: () => Promise<void>): Promise<Pushed> {
  const before = await served.used();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const after = await served.used();
  const used = {
    ...{ user: after.user - before.user, system: after.system - before.system },
    ...{ commits: after.commits - before.commits, rows: after.rows - before.rows },
  };
  return { events, seconds, used };
}

/** At most `inFlight` at once. */
async function together(inFlight: number, works: readonly (() => Promise<void>)[]): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let work = works[next++]; work; work = works[next++]) await work();
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

const batchesOf = (made: readonly Made[], size: number): Made[][] =>
  Array.from({ length: Math.floor(made.length / size) }, (_, i) =>
    made.slice(i * size, (i + 1) * size),
  );

interface Round {
  readonly floor: Pushed;
  readonly county: Pushed;
  /** The same county, which commits each POST by itself. */
  readonly alone: Pushed;
  readonly contents: number;
  /** Events that were not told to be stored, or are not there. */
  readonly lost: number;
}

interface County {
  readonly served: Served;
  readonly port: number;
  readonly agents: Agent[];
}

interface Sides {
  readonly floor: { readonly served: Served; readonly port: number };
  readonly county: County;
  readonly alone: County;
}

/** The tablets of one round push into a county; what they send is made beforehand. */
async function intoCounty({ served, port, agents }: County, plan: Plan, seed: number) {
  const { tablets: count, inFlight, perPost } = plan;
  const wire = new Wire(port, inFlight);
  const wanted = perPost * BATCHES_PER_TABLET;
  let contents = 0;
  const tablets: { tablet: IngestTablet; batches: Made[][] }[] = [];
  for (let i = 0; i < count; i++) {
    const tablet = new IngestTablet(wire, agents[seed * count + i]?.cookie ?? '');
    const { personId, ...own } = await tablet.enrol();
    const writer = { ...own, personId: personId as never, areaCode: VILLAGE as never };
    const made = makeEvents({ events: wanted, seed: seed * count + i + 1, writer });
    contents += (made.contents * wanted) / made.made.length;
    tablets.push({ tablet, batches: batchesOf(made.made.slice(0, wanted), perPost) });
  }
  const events = wanted * count;
  const works = tablets.map(({ tablet, batches }) => async () => {
    for (const batch of batches)
      await tablet.send(batch).catch((error: unknown) => {
        // Planted, the county forgets its own history and says so.
        if (!plan.plant) throw error;
      });
  });
  const pushed = await timed(served, events, () => together(inFlight, works));
  wire.close();
  const stored = tablets.reduce((sum, { tablet }) => sum + tablet.stored, 0);
  const lost = events - Math.min(stored, pushed.used.rows);
  return { pushed, lost, contents, made: tablets.flatMap(({ batches }) => batches.flat()) };
}

async function intoFloor({ served, port }: Sides['floor'], plan: Plan, made: readonly Made[]) {
  const wire = new Wire(port, plan.inFlight);
  const bodies = batchesOf(made, plan.perPost).map(linesOf);
  const posts = bodies.map((body) => async () => void (await wire.post('/', body)));
  const pushed = await timed(served, made.length, () => together(plan.inFlight, posts));
  wire.close();
  if (pushed.used.rows !== made.length) throw new Error(`the floor has ${pushed.used.rows} rows`);
  return pushed;
}

async function round(sides: Sides, plan: Plan, seed: number): Promise<Round> {
  const county = await intoCounty(sides.county, plan, seed);
  const floor = await intoFloor(sides.floor, plan, county.made);
  const alone = await intoCounty(sides.alone, plan, seed);
  const { contents } = county;
  const lost = county.lost + alone.lost;
  return { floor, county: county.pushed, alone: alone.pushed, contents, lost };
}

const median = (values: readonly number[]): number =>
  percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

/** All rounds over folders of their own; `disk` is the environment of a slower one. */
async function measured(plan: Plan, disk: Record<string, string> = {}): Promise<Round[]> {
  const dir = mkdtempSync(path.join(tmpdir(), 'bench-ingest-'));
  const start = (name: string, env: Record<string, string> = {}) => {
    const DATA_DIR = path.join(dir, name);
    mkdirSync(DATA_DIR);
    const file = name === 'floor' ? 'ingest-floor.ts' : 'ingest-county.ts';
    return Served.start(file, { DATA_DIR, ...disk, ...env });
  };
  const county = {
    ...{ DATABASE_URL: '', SPREAD_SECONDS: '0', NODE_ENV: 'demo' },
    AGENTS: String(plan.tablets * plan.rounds),
  };
  const sides: Sides = {
    floor: await start('floor'),
    county: await start('county', county),
    alone: await start('alone', { ...county, COMMIT_ALONE: 'yes' }),
  };
  try {
    if (plan.plant) for (const one of [sides.county, sides.alone]) one.served.child.send('plant');
    const rounds: Round[] = [];
    for (let n = 0; n < plan.rounds; n++) rounds.push(await round(sides, plan, n));
    return rounds;
  } finally {
    for (const { served } of Object.values(sides)) await served.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const rateOf = (rounds: readonly Round[], side: 'floor' | 'county' | 'alone'): number =>
  median(rounds.map((one) => one[side].events / one[side].seconds));
const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
const eventsPerCommit = (rounds: readonly Round[], side: 'county' | 'alone'): number =>
  round1(sum(rounds.map((one) => one[side].events)) / commitsOf(rounds, side));
const commitsOf = (rounds: readonly Round[], side: 'floor' | 'county' | 'alone'): number =>
  sum(rounds.map((one) => one[side].used.commits));
const round1 = (value: number): number => Math.round(10 * value) / 10;

/** Rates and ratios of some rounds: what both kinds of disk are judged by. */
function ratesOf(rounds: readonly Round[]) {
  const [eventsPerSecond, baseline] = [rateOf(rounds, 'county'), rateOf(rounds, 'floor')];
  const alone = rateOf(rounds, 'alone');
  return {
    ...{ eventsPerSecond: Math.round(eventsPerSecond), baseline: Math.round(baseline) },
    ...{ ratio: round2(eventsPerSecond / baseline), oneCommitPerPost: Math.round(alone) },
    ratioOfOneCommitPerPost: round2(eventsPerSecond / alone),
    eventsPerCommit: eventsPerCommit(rounds, 'county'),
    eventsPerCommitAlone: eventsPerCommit(rounds, 'alone'),
    lost: sum(rounds.map((one) => one.lost)),
  };
}

function figuresOf(rounds: readonly Round[], { perPost, inFlight }: Plan) {
  const micros = ({ events, used }: Pushed) => (used.user + used.system) / events;
  const attempts = sum(rounds.map(({ county }) => county.events));
  const contents = sum(rounds.map((one) => one.contents));
  return {
    ...ratesOf(rounds),
    ...{ commits: commitsOf(rounds, 'county'), attempts, perPost, inFlight },
    eventsPerContent: round2(attempts / contents),
    cpuMicrosPerEvent: Math.round(median(rounds.map(({ county }) => micros(county)))),
    baselineCpuMicrosPerEvent: Math.round(median(rounds.map(({ floor }) => micros(floor)))),
  };
}

/** The same on a disk whose fsync takes 5 ms longer; null where no compiler makes one. */
async function onSlowDisk(plan: Plan) {
  const dir = mkdtempSync(path.join(tmpdir(), 'bench-slow-disk-'));
  try {
    const disk = slowDisk(dir);
    if (disk === null) return null;
    const rounds = await measured(plan, disk);
    const waited = (commitsOf(rounds, 'floor') * SYNC_MS) / 1000;
    const took = sum(rounds.map(({ floor }) => floor.seconds));
    if (took < waited) throw new Error(`not slow: ${took} s for what waits ${waited} s`);
    return { syncMs: SYNC_MS, ...ratesOf(rounds) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Events per second beside the floor; exit 1 below its rate. */
export async function benchIngest({ plant, option }: Asked): Promise<Measured> {
  const plan: Plan = {
    ...{ tablets: Number(option('tablets') ?? 8), inFlight: Number(option('in-flight') ?? 8) },
    ...{ perPost: Number(option('per-post') ?? 100), rounds: Number(option('rounds') ?? 3) },
    plant,
  };
  const figures = figuresOf(await measured(plan), plan);
  const slow = plant ? null : await onSlowDisk(plan);
  const lost = figures.lost + (slow?.lost ?? 0);
  const ok = lost === 0 && figures.ratio >= MINIMUM_RATIO;
  return {
    ok,
    figures: { ...figures, lost, slowDisk: slow, minimumRatio: MINIMUM_RATIO, aim: AIM },
  };
}
