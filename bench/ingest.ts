/**
 * Durable events a second: tablets push the domain's own events over HTTP into the real county, and
 * in the same run, in turn, into a floor that commits each POST and does nothing else.
 *
 *     floor, county, floor, county, …   the medians are compared   ratio = county / floor
 *
 * Generator and servers share the machine's cores: the processor time of the county's process per
 * event stands beside it. The planted fault: a county that
 * answers and never commits; another connection to its file counts what is there.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { percentile } from './ground.ts';
import type { Asked, Measured } from './index.ts';
import { IngestTablet, linesOf, Wire } from './ingest-send.ts';
import { makeEvents, type Made } from './ingest-work.ts';

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

interface Used {
  readonly user: number;
  readonly system: number;
  readonly commits: number;
  readonly rows: number;
}

/** One server process, told and asked over IPC. */
class Served {
  readonly child: ChildProcess;
  private constructor(child: ChildProcess) {
    this.child = child;
  }
  static async start(file: string, env: Record<string, string>) {
    const options = { env: { ...process.env, ...env }, execArgv: nodeFlags(file) };
    const child = fork(path.join(import.meta.dirname, file), options);
    const served = new Served(child);
    const { ready } = (await served.said()) as { ready: { port: number; agents: Agent[] } };
    return { served, ...ready };
  }
  private said(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const gone = (code: number | null) => reject(new Error(`the server ended: ${code}`));
      this.child.once('exit', gone);
      this.child.once('message', (words) => {
        this.child.off('exit', gone);
        resolve(words);
      });
    });
  }
  async used(): Promise<Used> {
    const words = this.said();
    this.child.send('used');
    return ((await words) as { used: Used }).used;
  }
  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.send('stop');
    await gone;
  }
}
interface Agent {
  readonly cookie: string;
}

/** `INGEST_PROFILE=<folder>` leaves a profile of the county's processor time there. */
function nodeFlags(file: string): string[] {
  const folder = process.env['INGEST_PROFILE'];
  const profiled = folder && file === 'ingest-county.ts';
  return profiled ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
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
  readonly contents: number;
  /** Events that were not told to be stored, or are not there. */
  readonly lost: number;
}

interface Sides {
  readonly floor: { served: Served; port: number };
  readonly county: { served: Served; port: number; agents: Agent[] };
}

async function round({ floor, county }: Sides, plan: Plan, seed: number): Promise<Round> {
  const { tablets: count, inFlight, perPost } = plan;
  const wires = { floor: new Wire(floor.port, inFlight), county: new Wire(county.port, inFlight) };
  const wanted = perPost * BATCHES_PER_TABLET;
  let contents = 0;
  const all: Made[] = [];
  const tablets: { tablet: IngestTablet; batches: Made[][] }[] = [];
  for (let i = 0; i < count; i++) {
    const tablet = new IngestTablet(wires.county, county.agents[seed * count + i]?.cookie ?? '');
    const { personId, ...own } = await tablet.enrol();
    const writer = { ...own, personId: personId as never, areaCode: VILLAGE as never };
    const made = makeEvents({ events: wanted, seed: seed * count + i + 1, writer });
    contents += (made.contents * wanted) / made.made.length;
    const batches = batchesOf(made.made.slice(0, wanted), perPost);
    all.push(...batches.flat());
    tablets.push({ tablet, batches });
  }
  const bodies = batchesOf(all, perPost).map(linesOf);
  const posts = bodies.map((body) => async () => void (await wires.floor.post('/', body)));
  const first = await timed(floor.served, all.length, () => together(inFlight, posts));
  const second = await timed(county.served, all.length, () =>
    together(
      inFlight,
      tablets.map(({ tablet, batches }) => async () => {
        for (const batch of batches)
          await tablet.send(batch).catch((error: unknown) => {
            // Planted, the county forgets its own history and says so.
            if (!plan.plant) throw error;
          });
      }),
    ),
  );
  wires.floor.close();
  wires.county.close();
  if (first.used.rows !== all.length) throw new Error(`the floor has ${first.used.rows} rows`);
  const stored = tablets.reduce((sum, { tablet }) => sum + tablet.stored, 0);
  const lost = all.length - Math.min(stored, second.used.rows);
  return { floor: first, county: second, contents, lost };
}

const median = (values: readonly number[]): number =>
  percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

async function measured(plan: Plan, databaseUrl: string) {
  const dir = mkdtempSync(path.join(tmpdir(), 'bench-ingest-'));
  for (const name of ['floor', 'county']) mkdirSync(path.join(dir, name));
  const floor = await Served.start('ingest-floor.ts', { DATA_DIR: path.join(dir, 'floor') });
  const county = await Served.start('ingest-county.ts', {
    ...{ DATA_DIR: path.join(dir, 'county'), DATABASE_URL: databaseUrl, SPREAD_SECONDS: '0' },
    ...{ NODE_ENV: 'demo', AGENTS: String(plan.tablets * plan.rounds) },
  });
  try {
    if (plan.plant) county.served.child.send('plant');
    const rounds: Round[] = [];
    for (let n = 0; n < plan.rounds; n++) rounds.push(await round({ floor, county }, plan, n));
    return figuresOf(rounds, plan);
  } finally {
    await floor.served.stop();
    await county.served.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function figuresOf(rounds: readonly Round[], { perPost, inFlight }: Plan) {
  const rate = ({ events, seconds }: Pushed) => events / seconds;
  const micros = ({ events, used }: Pushed) => (used.user + used.system) / events;
  const eventsPerSecond = median(rounds.map(({ county }) => rate(county)));
  const baseline = median(rounds.map(({ floor }) => rate(floor)));
  const attempts = rounds.reduce((sum, { county }) => sum + county.events, 0);
  const commits = rounds.reduce((sum, { county }) => sum + county.used.commits, 0);
  const contents = rounds.reduce((sum, one) => sum + one.contents, 0);
  return {
    ...{ eventsPerSecond: Math.round(eventsPerSecond), baseline: Math.round(baseline) },
    ratio: Math.round((100 * eventsPerSecond) / baseline) / 100,
    ...{ commits, eventsPerCommit: Math.round((10 * attempts) / commits) / 10, attempts },
    lost: rounds.reduce((sum, one) => sum + one.lost, 0),
    ...{ perPost, inFlight, eventsPerContent: Math.round((100 * attempts) / contents) / 100 },
    cpuMicrosPerEvent: Math.round(median(rounds.map(({ county }) => micros(county)))),
    baselineCpuMicrosPerEvent: Math.round(median(rounds.map(({ floor }) => micros(floor)))),
  };
}

/** Events per second beside the floor; exit 1 below its rate. */
export async function benchIngest({ plant, option }: Asked): Promise<Measured> {
  const plan: Plan = {
    ...{ tablets: Number(option('tablets') ?? 8), inFlight: Number(option('in-flight') ?? 8) },
    ...{ perPost: Number(option('per-post') ?? 100), rounds: Number(option('rounds') ?? 3) },
    plant,
  };
  const figures = await measured(plan, '');
  const ok = figures.lost === 0 && figures.ratio >= MINIMUM_RATIO;
  return { ok, figures: { ...figures, minimumRatio: MINIMUM_RATIO, aim: AIM } };
}
