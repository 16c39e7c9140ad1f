import { Bench, workloadGenerator, type Phase, type Plug } from './ours.ts';
import type { Asked, Measured } from './index.ts';

const CASES = 200;
const SEED = 1;
/**
 * PouchDB on this very workload (N=200, seed 1, clean link, bytes both ways, docs/BENCH.md); bytes
 * do not depend on the machine. The limits are shares of them.
 */
const POUCHDB = { push: 823_000, pull: 394_000 };
const LIMITS = { push: 0.21, pull: 0.35, pushOneRequests: 1 };
const AIMS = { push: 0.17, pull: 0.29 };
/** Bytes are compared where the link neither cuts nor stalls. */
const COMPARED_LINK = 'clean';

/** `--trace yes`: where the seconds went, one line an exchange, before the last line. */
const told = (name: string, { trace, cutAt }: Phase): void => {
  for (const one of trace) console.error(name, JSON.stringify(one));
  if (cutAt.length > 0) console.error(name, 'cut at', JSON.stringify(cutAt));
};
const shown = ({ up, down, requests, ms, cuts }: Phase) => ({
  ...{ up, down, requests, ms },
  ...(cuts > 0 ? { cuts } : {}),
});
const share = (phase: Phase, of: number): number =>
  Math.round((1000 * (phase.up + phase.down)) / of) / 1000;

/**
 * Our side alone: 200 cases pushed, pulled by another tablet, then one intake more. TCP payload
 * bytes with HTTP headers. The planted fault: every exchange is made twice.
 */
export async function benchWire({ plant, option }: Asked): Promise<Measured> {
  const generate = await workloadGenerator();
  if (!generate) return { ok: true, figures: { leftOut: 'DAIBAN_SAMPLES names no workload' } };
  const link = option('link') ?? COMPARED_LINK;
  const [n, seed] = [Number(option('n') ?? CASES), Number(option('seed') ?? SEED)];
  const cases = generate(n, seed);
  const events = cases.reduce((sum, c) => sum + c.events.length, 0);
  const one = generate(1, seed + 7)[0];
  if (!one) throw new Error('the generator gives cases');
  const bench = await Bench.start(link, seed);
  try {
    const a = await bench.openTablet('a', plant ? '?wasteful' : '');
    // In the order of the peers' harness: all intakes, then what followed.
    const intakes = cases.map((c) => c.events[0]);
    const later = cases.flatMap((c) => c.events.slice(1));
    for (const part of [intakes, later])
      await a.evaluate((all) => (globalThis as unknown as { H: Plug }).H.bulk(all), part);
    const push = await bench.timed(a, 'push');
    const serverHas = await bench.county.count();
    const b = await bench.openTablet('b');
    const pull = await bench.timed(b, 'pull');
    const clientHas = await b.evaluate(() => (globalThis as unknown as { H: Plug }).H.count());
    await a.evaluate((e) => (globalThis as unknown as { H: Plug }).H.save(e), one.events[0]);
    const pushOne = await bench.timed(a, 'push');
    const pullOne = await bench.timed(b, 'pull');
    await a.context().close();
    await b.context().close();
    const phases = { push, pull, pushOne, pullOne };
    if (option('trace')) for (const [name, phase] of Object.entries(phases)) told(name, phase);
    return judge(phases, { n, seed, link, events, serverHas, clientHas });
  } finally {
    await bench.close();
  }
}

interface Ran {
  readonly n: number;
  readonly seed: number;
  readonly link: string;
  readonly events: number;
  readonly serverHas: number;
  readonly clientHas: number;
}

function judge(phases: Record<'push' | 'pull' | 'pushOne' | 'pullOne', Phase>, ran: Ran): Measured {
  const { push, pull, pushOne, pullOne } = phases;
  const complete = ran.serverHas === ran.events && ran.clientHas === ran.events;
  const compared = ran.n === CASES && ran.seed === SEED && ran.link === COMPARED_LINK;
  const ofPouchDb = { push: share(push, POUCHDB.push), pull: share(pull, POUCHDB.pull) };
  const inLimits =
    ofPouchDb.push <= LIMITS.push &&
    ofPouchDb.pull <= LIMITS.pull &&
    pushOne.requests === LIMITS.pushOneRequests;
  const figures = {
    ...{ push: shown(push), pull: shown(pull), pushOne: shown(pushOne), pullOne: shown(pullOne) },
    ...ran,
    ...(compared ? { ofPouchDb, limits: LIMITS, aims: AIMS } : {}),
  };
  return { ok: complete && (!compared || inLimits), figures };
}
