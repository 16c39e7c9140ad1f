import { test as base } from '@playwright/test';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { copyCounty, removeCounty, seededBefore } from '../seeded.ts';
import { Gate } from './gate.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const READY_TRIES = 300;

/**
 * Whether tablets of the tests have their lock, as every tablet of a county with a recovery key:
 * the one switch. `DAIBAN_E2E_VAULTS=0` runs them as a county does that switched the locks off.
 */
export const LOCKED_TABLETS = process.env['DAIBAN_E2E_VAULTS'] !== '0';

export interface DemoAccount {
  readonly user: string;
  readonly name: string;
  readonly role: string;
  readonly passphrase: string;
  readonly personId: string;
  readonly area: string | null;
  readonly unit: string | null;
}

/** A county of its own for one test: started, killed and started again as the test likes. */
export class County {
  readonly dataDir: string;
  readonly port: number;
  readonly gate: Gate;
  /** Whether a tablet that signs in gets a lock. */
  vaults: boolean;
  /** So many days after today its clock stands, from the next start on. */
  daysAhead = 0;
  /** Whether a tablet that it does not know asks for a code of the county, from the next start on. */
  codes = false;
  /** What the browser knows: the gate's address. */
  readonly url: string;
  #server: ChildProcess | undefined;
  #words = '';

  constructor(place: { dataDir: string; port: number; gate: Gate; vaults: boolean }) {
    this.dataDir = place.dataDir;
    this.port = place.port;
    this.gate = place.gate;
    this.vaults = place.vaults;
    this.url = `http://localhost:${place.gate.port}`;
  }

  /** Starts the built server and waits for the fact that it is ready. */
  async start(): Promise<void> {
    const env = {
      ...process.env,
      DATA_DIR: this.dataDir,
      PORT: String(this.port),
      ORIGIN: this.url,
      DAIBAN_DEMO: '1',
      NODE_ENV: 'demo',
      TABLET_VAULTS: this.vaults ? '1' : '0',
      ENROLMENT_CODES: this.codes ? '1' : '0',
      BACKUP_PLAIN: process.env['BACKUP_PLAIN'] ?? '1',
      ...(this.daysAhead > 0 ? daysAhead(this.daysAhead) : {}),
    };
    const server = spawn(process.execPath, ['scripts/start.mjs'], { cwd: ROOT, env });
    server.stdout.on('data', (words) => (this.#words += words));
    server.stderr.on('data', (words) => (this.#words += words));
    this.#server = server;
    for (let tries = 0; tries < READY_TRIES && server.exitCode === null; tries += 1) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the county did not come up: ${this.#words}`);
  }

  /** Kills it the hard way, as a power cut would. */
  async kill(): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null) return;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await gone;
    this.#server = undefined;
  }

  /** What the server has printed so far: for the report of a failed test. */
  get words(): string {
    return this.#words;
  }

  get accounts(): readonly DemoAccount[] {
    const file = path.join(this.dataDir, 'demo-accounts.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { accounts: DemoAccount[] }).accounts;
  }

  /** The account of a role, of a person or of a unit: whatever is given must fit. */
  account(want: Partial<Pick<DemoAccount, 'role' | 'personId' | 'unit'>>): DemoAccount {
    const found = this.accounts.find((one) =>
      Object.entries(want).every(([key, value]) => one[key as keyof DemoAccount] === value),
    );
    if (!found) throw new Error(`no demo account for ${JSON.stringify(want)}`);
    return found;
  }

  agent(personId: string): DemoAccount {
    return this.account({ role: 'agent', personId });
  }
}

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

/** Seeds the sample county once per worker; every test works on its own copy. */
function seededTemplate(hasKey: boolean): string {
  const given = hasKey ? seededBefore() : null;
  if (given !== null) return given;
  const dir = path.join(tmpdir(), `daiban-seeded-${process.pid}${hasKey ? '' : '-keyless'}`);
  if (existsSync(path.join(dir, 'demo-accounts.json'))) return dir;
  removeCounty(dir);
  const done = spawnSync(
    process.execPath,
    ['scripts/seed-demo.ts', dir, ...(hasKey ? [] : ['--no-key'])],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  process.once('exit', () => removeCounty(dir));
  if (done.status !== 0) throw new Error(`seeding failed: ${done.stdout}${done.stderr}`);
  return dir;
}

/** Opens a county on a copy of the sample county; the caller closes it. */
export async function openCounty(
  vaults = LOCKED_TABLETS,
  hasKey = true,
  codes = false,
): Promise<County> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'daiban-e2e-'));
  copyCounty(seededTemplate(hasKey), dataDir);
  const port = await freePort();
  const gate = await Gate.open(() => port);
  const county = new County({ dataDir, port, gate, vaults });
  county.codes = codes;
  await county.start();
  return county;
}

/** Kills it and wipes what it wrote. */
export async function closeCounty(county: County): Promise<void> {
  await county.kill();
  await county.gate.close();
  removeCounty(county.dataDir);
}

/** Environment of a server whose clock runs ahead. */
const daysAhead = (days: number) => ({
  DAIBAN_E2E_DAYS: String(days),
  NODE_OPTIONS: `--import=${path.join(import.meta.dirname, 'days-ahead.mjs')}`,
});

interface Fixtures {
  readonly county: County;
  /** False: this county wants no locks on its tablets (`test.use`). */
  readonly vaults: boolean;
  /** False: nobody has made a recovery key there yet. */
  readonly hasKey: boolean;
  /** True: a tablet that it does not know asks for a code. */
  readonly codes: boolean;
}

export const test = base.extend<Fixtures>({
  vaults: [LOCKED_TABLETS, { option: true }],
  hasKey: [true, { option: true }],
  codes: [false, { option: true }],
  county: async ({ vaults, hasKey, codes }, use, info) => {
    const county = await openCounty(vaults, hasKey, codes);
    await use(county);
    if (info.status !== info.expectedStatus)
      await info.attach('server', { body: county.words, contentType: 'text/plain' });
    await closeCounty(county);
  },
});
export { expect } from '@playwright/test';
