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

const only = process.argv.includes('--only')
  ? (process.argv[process.argv.indexOf('--only') + 1] ?? '').split(',')
  : ['unit', 'pg', 'oracles', 'e2e'];
const inCi = process.argv.includes('--ci');
const started = Date.now();
const total = { passed: 0, failed: 0 };
const count = (
  /** @type {string} */ lane,
  /** @type {number} */ passed,
  /** @type {number} */ failed,
) => {
  total.passed += passed;
  total.failed += failed;
  say(
    `${lane}: ${passed} passed, ${failed} failed (${Math.round((Date.now() - started) / 1000)} s so far)`,
  );
};

ensureInstalled();
const node = pinnedNode();
const work = mkdtempSync(path.join(tmpdir(), 'daiban-test-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** Unit, contract and simulation tests, all by vitest. */
function unit() {
  const report = path.join(work, 'vitest.json');
  run('svelte-kit', ['sync'], { quiet: true });
  const args = ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const { code } = run('vitest', args, { env: { NO_COLOR: '1' } });
  if (!existsSync(report)) return count('unit', 0, 1);
  const seen = JSON.parse(readFileSync(report, 'utf8'));
  const failed = seen.numFailedTests + (code !== 0 && seen.numFailedTests === 0 ? 1 : 0);
  count('unit, contract, simulation', seen.numPassedTests, failed);
}

/** The same contract, the desk and several nodes on PostgreSQL, where one can be had. */
function postgres() {
  const { code, last, out } = run(node, ['scripts/test-pg.ts'], { quiet: true });
  const seen = last.startsWith('{') ? JSON.parse(last) : { failed: 1 };
  if (seen.skipped) return say(`PostgreSQL: left out, ${seen.skipped}`);
  if (code !== 0) console.log(out);
  count(`PostgreSQL ${seen.pg}`, seen.passed ?? 0, seen.failed || (code === 0 ? 0 : 1));
}

/** Why a command tried nothing, if that is what its last line says. */
function skippedBecause(/** @type {string} */ last) {
  try {
    return JSON.parse(last).skipped;
  } catch {
    return undefined;
  }
}

/** Commands that print a zero: each must be good as it is and red when its safety is broken. */
function oracles() {
  for (const { name, plant = true, needsSamples = false, ...oracle } of ORACLES) {
    if (oracle.onlyCi && !inCi) continue;
    const args = [...oracle.args, ...((inCi ? oracle.ci : oracle.quick) ?? [])];
    if (needsSamples && !process.env.DAIBAN_SAMPLES) {
      say(
        `${name}: left out, DAIBAN_SAMPLES is not set (the real messages are not part of the project)`,
      );
      continue;
    }
    const good = run(node, args, { quiet: true });
    console.log(good.last);
    const skipped = skippedBecause(good.last);
    if (good.code === 0 && skipped) {
      say(`${name}: left out, ${skipped}`);
      continue;
    }
    if (good.code !== 0) console.log(good.out);
    count(name, good.code === 0 ? 1 : 0, good.code === 0 ? 0 : 1);
    if (!plant) continue;
    const planted = run(node, [...args, '--plant'], { quiet: true });
    const red = planted.code === 1 && planted.last.startsWith('{');
    if (!red) console.log(planted.out);
    count(`${name} with a planted fault is red`, red ? 1 : 0, red ? 0 : 1);
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
function e2e() {
  const report = path.join(work, 'playwright.json');
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  const { code } = run('playwright', ['test', '--reporter=list,json'], { env });
  if (!existsSync(report)) return count('end to end', 0, 1);
  const { stats } = JSON.parse(readFileSync(report, 'utf8'));
  const failed = stats.unexpected + (code !== 0 && stats.unexpected === 0 ? 1 : 0);
  count('end to end', stats.expected + stats.flaky, failed);
}

mkdirSync(path.join(ROOT, 'test-results'), { recursive: true });
if (only.includes('unit')) unit();
if (only.includes('pg')) postgres();
if (only.includes('oracles') || only.includes('e2e')) {
  const browser = ensureBrowser();
  if (browser) process.env.PW_CHROMIUM = browser;
  ensureBuilt();
}
if (only.includes('oracles')) oracles();
if (only.includes('e2e')) e2e();
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed || !total.passed ? 1 : 0);
