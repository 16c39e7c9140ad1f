/**
 * npm run test:pg: the store's contract, the desk, the guards and the two-node suite on PostgreSQL.
 * Uses the server that DAIBAN_TEST_PG names (it may create databases there), else starts a
 * throw-away one from Debian's package; where there is none it says so and ends with 0.
 *
 * Closes with one line: {"pg":"15.18","passed":N,"failed":0} or {"pg":null,"skipped":"why"}.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { postgresBinaries, startPostgres } from '../tests/postgres.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const SUITES = ['tests/pg', 'tests/desk', 'tests/sealing/at-rest.test.ts'];
/** What of them asks a file or the same rows once more. */
const LEFT_OUT = ['full-disk', 'insight', 'papers', 'odd-values'];

/** Debian's package where we may install it; false where there is still none. */
function fetchPostgres(): boolean {
  if (postgresBinaries() !== null) return true;
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) return false;
  console.error('» fetching PostgreSQL from Debian');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'postgresql']])
    spawnSync('apt-get', args, { env, stdio: 'ignore' });
  return postgresBinaries() !== null;
}

/** Ended by a signal: the tests stop, then their PostgreSQL, and the folder goes. */
const stopping = new AbortController();
const stopped = stopping.signal;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => stopping.abort());

async function versionOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  await client.end();
  return rows[0]?.server_version.split(' ')[0] ?? '';
}

interface Counted {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
}

/** Vitest in a process of its own, so that a signal reaches it; how it ended. */
async function vitest(args: readonly string[], url: string): Promise<boolean> {
  const child = spawn(path.join(ROOT, 'node_modules/.bin/vitest'), args, {
    cwd: ROOT,
    env: { ...process.env, DAIBAN_TEST_PG: url, NO_COLOR: '1' },
    stdio: ['ignore', 2, 2],
  });
  const end = (): void => void child.kill('SIGTERM');
  stopped.addEventListener('abort', end);
  if (stopped.aborted) end();
  const [code] = (await once(child, 'exit')) as [number | null];
  stopped.removeEventListener('abort', end);
  return code === 0;
}

async function runOn(url: string): Promise<number> {
  const work = mkdtempSync(path.join(tmpdir(), 'daiban-test-pg-'));
  const report = path.join(work, 'vitest.json');
  const given = process.argv.slice(2);
  const leftOut = LEFT_OUT.map((name) => `--exclude=tests/desk/${name}.test.ts`);
  const args = ['run', ...(given.length > 0 ? given : SUITES.concat(leftOut))];
  const how = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const well = await vitest([...args, ...how], url);
    if (stopped.aborted) return 1;
    const seen: Counted = existsSync(report)
      ? (JSON.parse(readFileSync(report, 'utf8')) as Counted)
      : { numPassedTests: 0, numFailedTests: 1 };
    const passed = seen.numPassedTests;
    const failed = seen.numFailedTests + (!well && seen.numFailedTests === 0 ? 1 : 0);
    console.log(JSON.stringify({ pg: await versionOf(url), passed, failed }));
    return failed > 0 || passed === 0 ? 1 : 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const given = process.env['DAIBAN_TEST_PG'];
if (given) {
  process.exitCode = await runOn(given);
} else if (fetchPostgres()) {
  const postgres = await startPostgres({ max_connections: '300' });
  try {
    process.exitCode = await runOn(postgres.url);
  } finally {
    await postgres.stop();
  }
} else {
  const skipped = 'no PostgreSQL here: apt-get install postgresql, or give DAIBAN_TEST_PG';
  console.error(`» ${skipped}`);
  console.log(JSON.stringify({ pg: null, skipped }));
}
