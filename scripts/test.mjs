// npm test: installs, gets a browser, builds when the source is newer, then unit, contract,
// simulation, the oracles with their planted faults, and end to end. Closes with
// `N passed, N failed`. `--only unit,pg,oracles,e2e` runs some of it; `--ci` is the longer form.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
import { playwrightCauses, runBeside, Tally, vitestCauses } from './house/tally.mjs';

const only = process.argv.includes('--only')
  ? (process.argv[process.argv.indexOf('--only') + 1] ?? '').split(',')
  : ['unit', 'pg', 'oracles', 'e2e'];
const inCi = process.argv.includes('--ci');
const tally = new Tally();

ensureInstalled();
const node = pinnedNode();
const work = mkdtempSync(path.join(tmpdir(), 'daiban-test-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** Unit, contract and simulation tests, all by vitest. */
async function unit() {
  const since = Date.now();
  const report = path.join(work, 'vitest.json');
  run('svelte-kit', ['sync'], { quiet: true });
  const args = ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const { code, out } = await runBeside('vitest', args, { env: { NO_COLOR: '1' }, echo: true });
  const lane = 'unit, contract, simulation';
  if (!existsSync(report)) {
    tally.because(lane, out);
    return tally.count(lane, { passed: 0, failed: 1, since });
  }
  const seen = JSON.parse(readFileSync(report, 'utf8'));
  const failed = seen.numFailedTests + (code !== 0 && seen.numFailedTests === 0 ? 1 : 0);
  const causes = vitestCauses(seen);
  for (const { name, out: why } of causes) tally.because(name, why);
  if (failed > 0 && causes.length === 0) tally.because(lane, out);
  tally.count(lane, { passed: seen.numPassedTests, failed, since });
}

/** The same contract, the desk and several nodes on PostgreSQL, where one can be had. */
async function postgres() {
  const since = Date.now();
  const { code, last, out } = await runBeside(node, ['scripts/test-pg.ts']);
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
async function oracle(/** @type {string} */ name, /** @type {string[]} */ args) {
  const since = Date.now();
  const planted = args.includes('--plant');
  const { code, last, out } = await runBeside(node, args);
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

/** Commands that print a zero: each must be good as it is and red when its safety is broken. */
async function oracles() {
  for (const { name, plant = true, needsSamples = false, ...one } of ORACLES) {
    if (one.onlyCi && !inCi) continue;
    const args = [...one.args, ...((inCi ? one.ci : one.quick) ?? [])];
    if (needsSamples && !process.env.DAIBAN_SAMPLES) {
      say(
        `${name}: left out, DAIBAN_SAMPLES is not set (the real messages are not part of the project)`,
      );
      continue;
    }
    const tried = await oracle(name, args);
    if (tried && plant) await oracle(`${name} with a planted fault is red`, [...args, '--plant']);
  }
}

/**
 * `quick` and `ci` are added to the arguments in the short and in the longer form.
 * @type {{ name: string, args: string[], quick?: string[], ci?: string[], plant?: boolean,
 *   needsSamples?: boolean, onlyCi?: boolean }[]}
 */
const ORACLES = [
  { name: 'sim', args: ['scripts/sim.ts'], quick: ['--quick'], ci: ['--ci'] },
  { name: 'sim mutants', args: ['scripts/sim.ts', '--mutants'], onlyCi: true, plant: false },
  {
    name: 'sim taught',
    args: ['scripts/sim.ts', '--mutants', '--taught'],
    onlyCi: true,
    plant: false,
  },
  { name: 'replay', args: ['scripts/replay.ts'] },
  {
    name: 'chaos',
    args: [
      'scripts/chaos.ts',
      ...[
        'cut',
        'html',
        'kill',
        'full',
        'restore',
        'cursor',
        'old-client',
        'crowd',
        'nodes',
        'media',
      ],
    ],
    quick: ['--quick'],
  },
  {
    name: 'chaos in Chromium',
    args: ['scripts/chaos.ts', 'browser', 'two-tabs', 'theft'],
    quick: ['--quick'],
  },
  {
    name: 'chaos on PostgreSQL',
    args: ['scripts/chaos.ts', 'kill', 'restore', 'cursor', '--db', 'pg'],
    onlyCi: true,
    plant: false,
  },
  { name: 'authz', args: ['scripts/authz.ts'], quick: ['--quick'] },
  { name: 'authz mutants', args: ['scripts/authz.ts', '--mutants'], onlyCi: true, plant: false },
  { name: 'verify', args: ['scripts/verify.ts', '--sample'] },
  { name: 'verify-audit', args: ['scripts/verify-audit.ts', '--sample'] },
  { name: 'size', args: ['bench/index.ts', 'size'] },
  { name: 'intake-real', args: ['scripts/intake-real.ts', '--quick'], needsSamples: true },
];

/** The whole thing in a real browser. */
async function e2e() {
  const since = Date.now();
  const report = path.join(work, 'playwright.json');
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report };
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
if (only.includes('unit')) await unit();
if (only.includes('pg')) await postgres();
if (only.includes('oracles') || only.includes('e2e')) {
  const browser = ensureBrowser();
  if (browser) process.env.PW_CHROMIUM = browser;
  ensureBuilt();
}
if (only.includes('oracles')) await oracles();
if (only.includes('e2e')) await e2e();
process.exitCode = tally.close();
