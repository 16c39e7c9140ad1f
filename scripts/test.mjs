// npm test: installs, gets a browser, builds when the source is newer, then unit, contract,
// simulation, the oracles with their planted faults, and end to end. Closes with
// `N passed, N failed`. `--only unit,pg,oracles,e2e` runs some of it; `--ci` is the longer form.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import {
  ensureBrowser,
  ensureBuilt,
  ensureInstalled,
  pinnedNode,
  ROOT,
  run,
  say,
} from './house/ground.mjs';
import { ORACLES } from './house/oracles.mjs';
import { playwrightCauses, runBeside, Tally, vitestCauses } from './house/tally.mjs';

const only = process.argv.includes('--only')
  ? (process.argv[process.argv.indexOf('--only') + 1] ?? '').split(',')
  : ['unit', 'pg', 'oracles', 'e2e'];
const inCi = process.argv.includes('--ci');
const tally = new Tally();
/** More would only make each other slow. */
const SIDE_BY_SIDE = Math.min(2, availableParallelism());

ensureInstalled();
const node = pinnedNode();
const work = mkdtempSync(path.join(tmpdir(), 'daiban-test-'));
// What a killed browser or server leaves behind goes with the folder; a PostgreSQL that runs as
// another user passes through it.
chmodSync(work, 0o711);
process.env.TMPDIR = work;
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** Unit, contract and simulation tests, all by vitest. */
async function unit() {
  const since = Date.now();
  const report = path.join(work, 'vitest.json');
  const args = ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const { code, out } = await runBeside('vitest', args, {
    env: { NO_COLOR: '1' },
    echo: only.length === 1,
    behind: true,
  });
  const lane = 'unit, contract, simulation';
  if (!existsSync(report)) {
    tally.because(lane, out);
    return tally.count(lane, { passed: 0, failed: 1, since });
  }
  const seen = JSON.parse(readFileSync(report, 'utf8'));
  const failed = seen.numFailedTests + (code !== 0 && seen.numFailedTests === 0 ? 1 : 0);
  if (failed > 0 && only.length > 1) console.log(out);
  const causes = vitestCauses(seen);
  for (const { name, out: why } of causes) tally.because(name, why);
  if (failed > 0 && causes.length === 0) tally.because(lane, out);
  tally.count(lane, { passed: seen.numPassedTests, failed, since });
}

/** The same contract, the desk and several nodes on PostgreSQL, where one can be had. */
async function postgres() {
  const since = Date.now();
  const { code, last, out } = await runBeside(node, ['scripts/test-pg.ts'], { behind: true });
  const seen = last.startsWith('{') ? JSON.parse(last) : { failed: 1 };
  if (seen.skipped) return say(`PostgreSQL: left out, ${seen.skipped}`);
  const lane = `PostgreSQL ${seen.pg}`;
  if (code !== 0) {
    console.log(out);
    tally.because(lane, out);
  }
  const failed = seen.failed || (code === 0 ? 0 : 1);
  tally.count(lane, { passed: seen.passed ?? 0, failed, since });
}

/** Why a command tried nothing, if that is what its last line says. */
function skippedBecause(/** @type {string} */ last) {
  try {
    return JSON.parse(last).skipped;
  } catch {
    return undefined;
  }
}

/** One command that prints a zero, as it is or with its planted fault. */
async function oracle(
  /** @type {{ name: string, args: string[], screens: boolean }} */ { name, args, screens },
) {
  const since = Date.now();
  const planted = args.includes('--plant');
  const { code, last, out } = await runBeside(node, args, { behind: !screens });
  if (!planted) console.log(last);
  const skipped = planted ? undefined : skippedBecause(last);
  if (code === 0 && skipped) {
    say(`${name}: left out, ${skipped}`);
    return false;
  }
  const good = planted ? code === 1 && last.startsWith('{') : code === 0;
  if (!good) {
    console.log(out);
    tally.because(`${name} (${args.join(' ')}, exit ${code})`, out);
  }
  tally.count(name, { passed: good ? 1 : 0, failed: good ? 0 : 1, since });
  return true;
}

/** A command that prints a zero must be good as it is and red when its safety is broken. */
async function bothWays(/** @type {import('./house/oracles.mjs').Oracle} */ one) {
  const { name, plant = true, screens = false } = one;
  if (one.onlyCi && !inCi) return;
  const args = [...one.args, ...((inCi ? one.ci : one.quick) ?? [])];
  if (one.needsSamples && !process.env.DAIBAN_SAMPLES) {
    say(
      `${name}: left out, DAIBAN_SAMPLES is not set (the real messages are not part of the project)`,
    );
    return;
  }
  const tried = await oracle({ name, args, screens });
  const planted = { name: `${name} with a planted fault is red`, args: [...args, '--plant'] };
  if (tried && plant) await oracle({ ...planted, screens });
}

/** The whole thing in a real browser. */
async function e2e() {
  const since = Date.now();
  const report = path.join(work, 'playwright.json');
  const env = {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    ...(inCi || process.env.DAIBAN_SCREENS ? {} : { DAIBAN_SCREENS: 'few' }),
  };
  const args = ['test', '--reporter=list,json'];
  const { code, out } = await runBeside('playwright', args, { env, echo: true });
  const lane = 'end to end';
  if (!existsSync(report)) {
    tally.because(lane, out);
    return tally.count(lane, { passed: 0, failed: 1, since });
  }
  const seen = JSON.parse(readFileSync(report, 'utf8'));
  const failed = seen.stats.unexpected + (code !== 0 && seen.stats.unexpected === 0 ? 1 : 0);
  const causes = playwrightCauses(seen);
  for (const { name, out: why } of causes) tally.because(name, why);
  if (failed > 0 && causes.length === 0) tally.because(lane, out);
  tally.count(lane, { passed: seen.stats.expected + seen.stats.flaky, failed, since });
}

mkdirSync(path.join(ROOT, 'test-results'), { recursive: true });
run('svelte-kit', ['sync'], { quiet: true });
if (only.includes('oracles') || only.includes('e2e')) {
  const browser = ensureBrowser();
  if (browser) process.env.PW_CHROMIUM = browser;
  ensureBuilt();
}
/** Seeded once, copied by whoever wants one; what Node compiles is compiled once, too. */
process.env.NODE_COMPILE_CACHE ??= path.join(ROOT, 'node_modules', '.cache', 'compiled');
if (only.includes('oracles') || only.includes('e2e')) {
  const seeded = path.join(work, 'seeded', 'county');
  mkdirSync(path.dirname(seeded));
  const { code, out } = run(node, ['scripts/seed-demo.ts', seeded], { quiet: true });
  if (code === 0) process.env.DAIBAN_SEEDED = seeded;
  else say(`the sample county was not seeded:\n${out}`);
}
/** Two at a time where there are two processors: end to end beside all the others in their turn. */
const jobs = [
  ...(only.includes('e2e') ? [e2e] : []),
  ...(only.includes('unit') ? [unit] : []),
  ...(only.includes('pg') ? [postgres] : []),
  ...(only.includes('oracles') ? ORACLES.map((one) => () => bothWays(one)) : []),
];
async function oneAfterAnother() {
  for (let job = jobs.shift(); job; job = jobs.shift())
    await job().catch((/** @type {Error} */ error) => {
      tally.because('npm test itself', error.stack ?? error.message);
      tally.count('npm test itself', { passed: 0, failed: 1 });
    });
}
await Promise.all(Array.from({ length: SIDE_BY_SIDE }, oneAfterAnother));
process.exitCode = tally.close();
