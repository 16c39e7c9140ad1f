import type { Page } from '@playwright/test';
import { percentile } from './ground.ts';
import { Bench, workloadGenerator, type Plug } from './ours.ts';
import type { Asked, Measured } from './index.ts';

const CASES = 2_000;
const SEED = 1;
const RATE = 6;
const STARTS = 5;
const MINIMUM = 3;
const FIRST = 30;
/**
 * PouchDB's start with its list of 2,000 cases (adapter `indexeddb`), the best peer, took 591 ms on
 * the quiet machine of docs/BENCH.md. That file has the ratio from one run side by side; this is the
 * line here, and a machine that does other work is above it.
 */
const BEST_PEER_MS = 591;
const LIMIT = 0.9;
const AIM = 0.75;
const WAIT_MS = 180_000;
/** The list is kept a second after the last change, in idle time (`kept-list.ts`). */
const REST_MS = 5_000;
/** The planted fault: the list waits for this much idle time of the throttled page. */
const PLANTED_MS = 2_000;

interface Start {
  readonly first: number;
  readonly data: number;
  readonly rows: number;
}

/**
 * The browser is started again without a network and six times slower; 2,000 cases lie in the
 * store. Measured from the navigation until the first 30 can be read, and until all are in memory.
 */
export async function benchCold({ plant, option }: Asked): Promise<Measured> {
  const generate = await workloadGenerator();
  if (!generate) return { ok: true, figures: { leftOut: 'DAIBAN_SAMPLES names no workload' } };
  const n = Number(option('n') ?? CASES);
  const cases = generate(n, Number(option('seed') ?? SEED));
  const bench = await Bench.start('clean', SEED);
  try {
    const page = await bench.openTablet('a');
    for (let i = 0; i < cases.length; i += 100)
      await page.evaluate(
        (all) => (globalThis as unknown as { H: Plug }).H.bulk(all),
        cases.slice(i, i + 100).flatMap((c) => [...c.events]),
      );
    if (!option('unsent')) await bench.timed(page, 'push');
    await page.waitForTimeout(REST_MS);
    await page.context().close();
    bench.proxy.down();
    const starts: Start[] = [];
    for (let i = 0; i < STARTS; i++) starts.push(await start(bench, plant ? PLANTED_MS : 0));
    return judge(starts, n);
  } finally {
    await bench.close();
  }
}

async function start(bench: Bench, planted: number): Promise<Start> {
  const page: Page = await bench.tablet('a');
  try {
    // Same origin first, so that the throttle is on before the page opens.
    await page.goto(`${bench.origin}/blank.html`);
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: RATE });
    await page.goto(`${bench.origin}/app.html?list=${planted}`);
    await page.waitForFunction(() => 'coldStart' in globalThis, null, { timeout: WAIT_MS });
    return await page.evaluate(() => (globalThis as unknown as { coldStart: Start }).coldStart);
  } finally {
    await page.context().close();
  }
}

function judge(starts: readonly Start[], n: number): Measured {
  const median = (pick: (s: Start) => number): number =>
    Math.round(
      percentile(
        starts.map(pick).sort((a, b) => a - b),
        0.5,
      ),
    );
  const [first30Ms, allDataMs] = [median((s) => s.first), median((s) => s.data)];
  const whole = starts.every((s) => s.rows === n);
  const limitMs = Math.round(LIMIT * BEST_PEER_MS);
  const figures = {
    ...{ first30Ms, allDataMs, cases: n, first: FIRST, throttle: RATE, limitMs },
    ...{ aimMs: Math.round(AIM * BEST_PEER_MS), tried: starts.length, minimum: MINIMUM },
  };
  return { ok: whole && starts.length >= MINIMUM && allDataMs <= limitMs, figures };
}
