import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoAccount } from '../../tests/e2e/county.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const READY_TRIES = 300;
const READY_EVERY_MS = 100;

/** A port that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Runs one of the project's own scripts to its end. */
export async function runScript(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  let words = '';
  const child = spawn(process.execPath, [file, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
  });
  child.stdout.on('data', (w) => (words += w));
  child.stderr.on('data', (w) => (words += w));
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${words}`);
}

/** The built county server as a process of its own, so that it can be killed like one. */
export class CountyProcess {
  readonly port: number;
  kills = 0;
  private readonly dataDir: string;
  private readonly origin: string;
  private readonly env: Readonly<Record<string, string>>;
  private child: ChildProcess | null = null;
  private words = '';

  constructor(options: {
    dataDir: string;
    port: number;
    origin: string;
    env?: Readonly<Record<string, string>>;
  }) {
    this.port = options.port;
    this.dataDir = options.dataDir;
    this.origin = options.origin;
    this.env = options.env ?? {};
  }

  /** Starts it and waits for the fact that it is ready. */
  async start(): Promise<void> {
    const env = {
      ...process.env,
      ...{ DATA_DIR: this.dataDir, PORT: String(this.port), ORIGIN: this.origin },
      ...{ HOST: '127.0.0.1', DAIBAN_DEMO: '1', NODE_ENV: 'demo', SPREAD_SECONDS: '0' },
      // Its tablets are many and nobody sits at the desk; the codes have tests of their own.
      ENROLMENT_CODES: '0',
      ...this.env,
    };
    const child = spawn(process.execPath, ['scripts/start.mjs'], { cwd: ROOT, env });
    child.stdout.on('data', (w) => (this.words += w));
    child.stderr.on('data', (w) => (this.words += w));
    this.child = child;
    // However this run ends, no server stays behind.
    process.once('exit', () => child.kill('SIGKILL'));
    for (let tries = 0; tries < READY_TRIES && child.exitCode === null; tries++) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await sleep(READY_EVERY_MS);
    }
    throw new Error(`the county did not come up: ${this.words.slice(-2_000)}`);
  }

  /** kill -9, as a power cut would. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    this.child = null;
    this.kills++;
  }

  /** The demo's accounts of one role, at least one. */
  accounts(role: string): readonly [DemoAccount, ...DemoAccount[]] {
    const file = path.join(this.dataDir, 'demo-accounts.json');
    const { accounts } = JSON.parse(readFileSync(file, 'utf8')) as { accounts: DemoAccount[] };
    const [first, ...rest] = accounts.filter((one) => one.role === role);
    if (!first)
      throw new Error(`no demo account for ${role}: ${accounts.map((a) => a.role).join(', ')}`);
    return [first, ...rest];
  }
}
