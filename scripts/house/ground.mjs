/**
 * The ground every command stands on: dependencies installed, the pinned Node, a fresh build and a
 * browser. Plain Node >= 20 with no packages, because it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');
const BIN = path.join(ROOT, 'node_modules', '.bin');
const NODE_MIN = /** @type {const} */ ([24, 7]);

/** Says one line of what is going on, so that a wait never looks like a hang. */
export const say = (/** @type {string} */ line) => process.stderr.write(`» ${line}\n`);

/**
 * Runs a program and waits.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, quiet?: boolean, stderr?: boolean, cwd?: string,
 *   ms?: number }} [options] quiet: keeps what is said; stderr: says all of it there
 * @returns {{ code: number, out: string, last: string }} all that was said; the last line of stdout
 */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, PATH: `${BIN}${path.delimiter}${process.env.PATH}`, ...options.env },
    stdio: options.quiet
      ? ['ignore', 'pipe', 'pipe']
      : ['ignore', options.stderr ? 2 : 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: options.ms,
  });
  const out = `${result.stdout ?? ''}${result.stderr ?? ''}`;
  const last = (result.stdout ?? '').trim().split('\n').at(-1) ?? '';
  const said = result.error ? `${out}${result.error.message}` : out;
  return { code: result.status ?? 1, out: said, last };
}

/** The same, but a failure ends the program with what was printed. */
export function mustRun(
  /** @type {string} */ command,
  /** @type {string[]} */ args,
  /** @type {Parameters<typeof run>[2]} */ options = {},
) {
  const result = run(command, args, options);
  if (result.code === 0) return result.out;
  if (options.quiet) process.stderr.write(result.out);
  say(`${command} ${args.join(' ')} ended with ${result.code}`);
  process.exit(result.code || 1);
}

/** Installs exactly what the lockfile names, when it is not there yet. */
export function ensureInstalled() {
  const done = path.join(ROOT, 'node_modules', '.package-lock.json');
  const lock = path.join(ROOT, 'package-lock.json');
  const stamp = path.join(ROOT, 'node_modules', '.daiban-lock');
  const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (existsSync(done) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('installing what package-lock.json names (npm ci)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  mustRun(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stderr: true });
  writeFileSync(stamp, wanted);
}

/** The Node that runs the product: the system's when new enough, else the pinned package. */
export function pinnedNode() {
  const pinned = path.join(BIN, process.platform === 'win32' ? 'node.cmd' : 'node');
  if (existsSync(pinned)) return pinned;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  if (enough) return process.execPath;
  say(`Node ${process.versions.node} is too old and no pinned Node is installed`);
  say('what to do: npm ci (it brings the pinned Node), then run the command again');
  process.exit(1);
}

const BUILD_INPUTS = [
  'src',
  'static',
  'package-lock.json',
  'svelte.config.js',
  'vite.config.ts',
  'tsconfig.json',
  'scripts/tablet-precache.js',
];

/** @returns {string} one hash over everything a build reads */
function sourceHash() {
  const hash = createHash('sha256');
  const visit = (/** @type {string} */ name) => {
    const full = path.join(ROOT, name);
    if (statSync(full).isDirectory())
      return void readdirSync(full)
        .sort()
        .map((n) => visit(path.join(name, n)));
    if (/\.test\.ts$/.test(name)) return;
    hash.update(name).update('\0').update(readFileSync(full)).update('\0');
  };
  BUILD_INPUTS.filter((name) => existsSync(path.join(ROOT, name))).forEach(visit);
  return hash.digest('hex');
}

/** Builds when the sources differ from those of the last build. @param {boolean} [force] */
export function ensureBuilt(force = false) {
  const stamp = path.join(ROOT, 'build', '.source-hash');
  const wanted = sourceHash();
  if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('building (about half a minute)');
  mustRun('vite', ['build', '--logLevel', 'warn'], { quiet: !force });
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * A Chromium for the browser tests: the system's, else Debian's package when root, else
 * Playwright's own. Chinese letters need a Chinese font: Debian's is fetched along.
 * @returns {string | undefined} undefined when Playwright's own was installed
 */
export function ensureBrowser() {
  const found = () =>
    [process.env.PW_CHROMIUM, ...BROWSERS].find((p) => p !== undefined && existsSync(p));
  const debianRoot = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  const noFont = debianRoot && run('fc-list', [':lang=zh'], { quiet: true }).out.trim() === '';
  if (debianRoot && (!found() || noFont)) {
    say('fetching Chromium and a Chinese font from Debian');
    const quietly = { quiet: true, env: { DEBIAN_FRONTEND: 'noninteractive' } };
    run('apt-get', ['update'], quietly);
    run('apt-get', ['install', '-y', 'chromium', 'fonts-noto-cjk', 'fontconfig'], quietly);
  }
  const browser = found();
  if (browser) return browser;
  say('no system Chromium: fetching the one Playwright brings');
  mustRun('playwright', ['install', 'chromium']);
  return undefined;
}
