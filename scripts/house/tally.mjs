/**
 * What npm test counts: lane by lane, and for everything that failed the end of what it printed,
 * so that also a log of which only the last lines are kept says what went wrong.
 */
import { spawn } from 'node:child_process';
import { constants, getPriority, setPriority } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT, say } from './ground.mjs';

const BIN = path.join(ROOT, 'node_modules', '.bin');
/** Lines of its own output that a failure keeps, and failures of one lane that are shown. */
const LINES_KEPT = 15;
const FAILURES_SHOWN = 12;
/** What one program may print before only its end is kept. */
const CHARACTERS_KEPT = 4_000_000;

/** Of Unix's twenty steps down. */
const STEP_BEHIND = 3;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
// Ended from outside, it takes what it started with it.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    process.exit(130);
  });

/** Gives a program and all that it starts a lower priority than this one has. */
function goBehind(/** @type {number | undefined} */ pid) {
  if (pid === undefined) return;
  try {
    setPriority(pid, Math.min(getPriority() + STEP_BEHIND, constants.priority.PRIORITY_LOW));
  } catch {
    // It has ended already, or this system has no such thing.
  }
}

/**
 * Runs a program beside others and keeps what it says; `echo` shows it at once as well, `behind`
 * lets what people would wait for (a browser's page) go first.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, echo?: boolean, behind?: boolean }} [options]
 * @returns {Promise<{ code: number, out: string, last: string }>} all that was said in its order;
 *   the last line of stdout
 */
export function runBeside(command, args, options = {}) {
  return new Promise((resolve) => {
    const env = { ...process.env, PATH: `${BIN}${path.delimiter}${process.env.PATH}` };
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    if (options.behind) goBehind(child.pid);
    let [out, stdout] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ words) => {
      out = (out + words).slice(-CHARACTERS_KEPT);
      stdout = (stdout + words).slice(-CHARACTERS_KEPT);
      if (options.echo) process.stdout.write(words);
    });
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ words) => {
      out = (out + words).slice(-CHARACTERS_KEPT);
      if (options.echo) process.stderr.write(words);
    });
    const end = (/** @type {number} */ code, /** @type {string} */ why) => {
      running.delete(child);
      const last = stdout.trim().split('\n').at(-1) ?? '';
      resolve({ code, out: `${out}${why}`, last });
    };
    child.once('error', (error) => end(1, error.message));
    child.once('close', (code, signal) => end(code ?? 1, signal ? `\nended by ${signal}` : ''));
  });
}

/** The last lines of what was printed, without empty ones and frames of others. @param {string} out */
const endOf = (out) =>
  out
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^\s*at .*node_modules/.test(line))
    .slice(-LINES_KEPT);

/** Passed and failed of all lanes, and the causes. */
export class Tally {
  passed = 0;
  failed = 0;
  /** @type {{ name: string, lines: string[] }[]} */
  #causes = [];
  #started = Date.now();

  /**
   * Says what a lane came to; `took` are its own seconds.
   * @param {string} lane
   * @param {{ passed: number, failed: number, since?: number }} found
   */
  count(lane, { passed, failed, since }) {
    this.passed += passed;
    this.failed += failed;
    const seconds = (/** @type {number} */ from) => Math.round((Date.now() - from) / 1000);
    const own = since === undefined ? '' : `${seconds(since)} s, `;
    say(`${lane}: ${passed} passed, ${failed} failed (${own}${seconds(this.#started)} s so far)`);
  }

  /** Keeps why something failed; `out` is what it printed, its end counts. */
  because(/** @type {string} */ name, /** @type {string} */ out) {
    this.#causes.push({ name, lines: endOf(out) });
  }

  /** Prints every cause and, alone on the last line, the sum. @returns {number} the exit code */
  close() {
    for (const { name, lines } of this.#causes.slice(0, FAILURES_SHOWN))
      console.log([`FAILED: ${name}`, ...lines.map((line) => `    ${line}`)].join('\n'));
    const more = this.#causes.length - FAILURES_SHOWN;
    if (more > 0) console.log(`and ${more} more failures: see above`);
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed || !this.passed ? 1 : 0;
  }
}

/**
 * Why tests failed, out of vitest's report: name, file and the beginning of what it says.
 * @param {{ testResults: { name: string, message?: string, status: string,
 *   assertionResults: { fullName: string, status: string, failureMessages: string[] }[] }[] }} seen
 * @returns {{ name: string, out: string }[]}
 */
export function vitestCauses(seen) {
  const head = (/** @type {string} */ words) => words.split('\n').slice(0, LINES_KEPT).join('\n');
  return seen.testResults.flatMap((file) => {
    const where = path.relative(ROOT, file.name);
    const bad = file.assertionResults.filter((one) => one.status === 'failed');
    const whole = bad.length === 0 && file.status === 'failed';
    return [
      ...bad.map((one) => ({
        name: `${where} > ${one.fullName}`,
        out: head(one.failureMessages.join('\n')),
      })),
      ...(whole ? [{ name: where, out: head(file.message ?? 'the file did not run') }] : []),
    ];
  });
}

/**
 * Why end to end tests failed, out of Playwright's report.
 * @param {{ suites?: PlaywrightSuite[], errors?: { message?: string }[] }} report
 * @typedef {{ specs?: { title: string, ok: boolean, file: string, tests: { results: {
 *   status: string, errors: { message?: string }[] }[] }[] }[], suites?: PlaywrightSuite[] }}
 *   PlaywrightSuite
 * @returns {{ name: string, out: string }[]}
 */
export function playwrightCauses(report) {
  const head = (/** @type {string[]} */ all) =>
    stripVTControlCharacters(all.join('\n')).split('\n').slice(0, LINES_KEPT).join('\n');
  /** @type {(suite: PlaywrightSuite) => { name: string, out: string }[]} */
  const within = (suite) => [
    ...(suite.specs ?? [])
      .filter((spec) => !spec.ok)
      .map((spec) => {
        const results = spec.tests.flatMap((one) => one.results);
        const errors = results.flatMap((one) => one.errors.map((e) => e.message ?? ''));
        return { name: `${spec.file} > ${spec.title}`, out: head(errors) };
      }),
    ...(suite.suites ?? []).flatMap(within),
  ];
  const outside = (report.errors ?? []).map((one) => one.message ?? '');
  return [
    ...(report.suites ?? []).flatMap(within),
    ...(outside.length > 0 ? [{ name: 'end to end', out: head(outside) }] : []),
  ];
}
