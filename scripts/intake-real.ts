/**
 * npm run -s intake-real: real messages through the tablet's own store and sync, over a network
 * that breaks, to a county that is killed; then the county's export is compared with what was
 * dictated, code point by code point.
 *
 *     messages ─▶ draft ─▶ 接单 (strict) ─▶ PS/1 ─✂─▶ county ─▶ CSV export ─▶ same code points?
 *
 * `--quick` takes fewer, `--plant` breaks three safeties and must then exit 1. The last line is one
 * JSON object. The messages are not part of the project: DAIBAN_SAMPLES names the folder that has
 * them, and without it the command says so and ends well.
 */
import 'fake-indexeddb/auto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBrowser, ensureBuilt } from './house/ground.mjs';
import { countyExport } from './intake/county-export.ts';
import { CountyProcess, freePort, runScript } from './intake/county-process.ts';
import { CuttingProxy } from './intake/cutting-proxy.ts';
import { choose, dice, HARD, readMessages, shuffled, type Spoken } from './intake/texts.ts';
import type { Weather } from './intake/headless-run.ts';
import { judge, type Exported, type Promised } from './intake/verdict.ts';

const SEED = 20_260_608;
const quick = process.argv.includes('--quick');
const plant = process.argv.includes('--plant');
const size = quick
  ? { texts: 40, screens: 2, cuts: 5, badness: 0.4, minutesMax: 4 }
  : { texts: 200, screens: 20, cuts: 20, badness: 0.45, minutesMax: 12 };
/** Longest text typed on the screens: there every sentence is read back by hand. */
const SCREEN_LENGTH_MAX = 400;
/** Temporary numbers named per kind of fault. */
const NAMED_MAX = 10;

const samples = process.env['DAIBAN_SAMPLES'];
const file = samples ? path.join(samples, 'data', 'messages.public.ndjson') : '';
if (!file) {
  console.log('intake-real: left out, DAIBAN_SAMPLES does not name the folder of real messages');
  process.exit(0);
}
if (!existsSync(file)) {
  console.log(`intake-real: DAIBAN_SAMPLES has no data/messages.public.ndjson`);
  process.exit(1);
}
// On stdout, before the last line: whoever joins both streams still finds the figures last.
const say = (line: string): void => console.log(`» ${line}`);

/** Which texts go through the screens, and the rest with the hard ones for the run without. */
async function chosenTexts(): Promise<{ screens: Spoken[]; headless: Spoken[] }> {
  const random = dice(SEED);
  const chosen = choose(await readMessages(file), size.texts, random);
  const short = shuffled(
    chosen.filter((one) => one.typed.length <= SCREEN_LENGTH_MAX),
    random,
  );
  const screens = short.slice(0, size.screens);
  const onScreen = new Set(screens);
  const rest = chosen.filter((one) => !onScreen.has(one));
  return { screens, headless: shuffled([...rest, ...HARD], random) };
}

interface Tried {
  readonly attempts: number;
  readonly throughScreens: number;
  readonly cuts: number;
  readonly countyKills: number;
  readonly tabKills: number;
  /** The tablet of the screens has its lock; those without a screen write a store in clear. */
  readonly screensLocked: boolean;
}

/** Prints the figures; 0 only when nothing is wrong and enough was tried. */
function report(promised: readonly Promised[], rows: readonly Exported[], tried: Tried): number {
  const own = new Set(HARD.map((one) => one.id));
  const real = promised.filter((one) => !own.has(one.spoken.id));
  const verdict = judge(promised, rows);
  const missing = new Set(verdict.lost);
  for (const kind of ['lost', 'doubled', 'altered'] as const)
    for (const number of verdict[kind].slice(0, NAMED_MAX)) say(`${kind}: ${number}`);
  const result = {
    taken: real.length,
    received: real.filter((one) => !missing.has(one.temporaryNumber)).length,
    ...{ lost: verdict.lost.length, doubled: verdict.doubled.length },
    altered: verdict.altered.length,
    ...{ minimum: size.texts, cutsMinimum: size.cuts, ...tried },
    longestCharacters: Math.max(...real.map((one) => Array.from(one.spoken.wanted).length)),
    ownHardTexts: promised.length - real.length,
  };
  const clean = result.lost + result.doubled + result.altered === 0;
  const looked =
    result.taken >= size.texts &&
    tried.throughScreens >= size.screens &&
    tried.cuts >= size.cuts &&
    tried.countyKills >= 2 &&
    tried.tabKills >= 1;
  if (!looked) say('too little was tried for a zero to mean anything');
  console.log(JSON.stringify(result));
  return clean && looked && result.received === result.taken ? 0 : 1;
}

async function run(dataDir: string): Promise<number> {
  ensureBuilt();
  const browser = ensureBrowser();
  if (browser) process.env['PW_CHROMIUM'] = browser;
  const { takeHeadless, fateOf } = await import('./intake/headless-run.ts');
  const { takeThroughScreens } = await import('./intake/screens.ts');
  const { LOCKED_TABLETS } = await import('../tests/e2e/county.ts');
  await runScript('scripts/seed-demo.ts', [dataDir]);
  const [port, outside] = [await freePort(), await freePort()];
  const origin = `http://localhost:${outside}`;
  const random = dice(SEED + 1);
  const weather: Weather = { next: null, badness: size.badness, random, onCut: () => undefined };
  const env = { TABLET_VAULTS: LOCKED_TABLETS ? '1' : '0' };
  const county = new CountyProcess({ dataDir, port, origin, env });
  const proxy = new CuttingProxy(port, {
    fate: () => fateOf(weather),
    onCut: (fate) => weather.onCut(fate),
  });
  try {
    await proxy.listen(outside);
    await county.start();
    const { screens, headless } = await chosenTexts();
    say(`${headless.length} texts on tablets without a screen`);
    const first = await takeHeadless({ county, origin, weather, plant }, headless);
    say(`${screens.length} texts through the screens`);
    const account = county.accounts('agent')[1] ?? county.accounts('agent')[0];
    const through = { origin, account, proxy, weather, vaults: LOCKED_TABLETS };
    const second = await takeThroughScreens(through, screens);
    const [registrar] = county.accounts('registrar');
    const rows = await countyExport(origin, `http://127.0.0.1:${port}`, registrar);
    return report([...first.promised, ...second], rows, {
      attempts: first.exchanges,
      throughScreens: second.length,
      cuts: proxy.cuts.request + proxy.cuts.lost + proxy.cuts.answer,
      countyKills: county.kills,
      tabKills: first.tabKills,
      screensLocked: LOCKED_TABLETS,
    });
  } finally {
    await county.kill();
    await proxy.close();
  }
}

// A run that hangs is a run that failed; the server goes with this process.
setTimeout(() => {
  say(`not finished after ${size.minutesMax} minutes`);
  process.exit(1);
}, size.minutesMax * 60_000).unref();

const dataDir = mkdtempSync(path.join(tmpdir(), 'daiban-intake-'));
try {
  process.exitCode = await run(dataDir);
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit();
