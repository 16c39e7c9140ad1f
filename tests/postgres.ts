/**
 * A throw-away PostgreSQL for tests: Debian's package, its own folder and port, fsync on, gone
 * afterwards. Nothing of it is kept, and nothing of the machine's own PostgreSQL is touched.
 *
 *     const postgres = await startPostgres();
 *     const url = await postgres.createDatabase();   // postgres://…, empty
 *     await postgres.kill();                         // like a power cut of the machine's processes
 *     await postgres.restart();                      // same folder, same port
 *     await postgres.stop();                         // folder removed
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

const DEBIAN = '/usr/lib/postgresql';
const UP_WITHIN_MS = 30_000;
const USER = 'daiban';

export interface Postgres {
  /** The database that every server has; for a place of one's own use `createDatabase`. */
  readonly url: string;
  readonly dataDir: string;
  /** Folder of initdb, pg_ctl, pg_dump and the others. */
  readonly binDir: string;
  /** Makes an empty database and answers its address. */
  createDatabase(): Promise<string>;
  /** SIGKILL to all its processes at once; what was committed must be there after `restart`. */
  kill(): Promise<void>;
  /** Starts it again in the same place, also from a stop; other settings replace the first ones. */
  restart(settings?: Readonly<Record<string, string>>): Promise<void>;
  /** Stops it and removes its folder. */
  stop(): Promise<void>;
}

const runnable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The folder with initdb and postgres, newest version first; null where there is none. */
export function postgresBinaries(): string | null {
  const debian = existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => path.join(DEBIAN, version, 'bin'))
    : [];
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter).filter((dir) => dir !== '');
  const whole = (dir: string) => ['initdb', 'postgres'].every((n) => runnable(path.join(dir, n)));
  return [...debian, ...onPath].find(whole) ?? null;
}

/** PostgreSQL never runs as root: then somebody else owns it. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL does not run as root and there is no user postgres or nobody.');
}

function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject).listen(0, '127.0.0.1', () => {
    const at = server.address();
    const port = typeof at === 'object' && at !== null ? at.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}

interface Place {
  readonly binDir: string;
  /** Holds the data folder, the socket and what the server says. */
  readonly dir: string;
  readonly port: number;
  readonly password: string;
  readonly as: { uid: number; gid: number } | undefined;
}

function initialise({ binDir, dir, password, as }: Place): void {
  const passwordFile = path.join(dir, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (as !== undefined) for (const it of [dir, passwordFile]) chownSync(it, as.uid, as.gid);
  const auth = ['-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  // The order of a Chinese county's own computer: what relies on the order of bytes shows.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=zh-CN'];
  const args = ['-D', path.join(dir, 'data'), '-U', USER, ...auth, ...locale];
  const made = spawnSync(path.join(binDir, 'initdb'), args, { ...as, cwd: dir, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr || String(made.error)}`);
}

function launch(place: Place, settings: Readonly<Record<string, string>>): ChildProcess {
  const { binDir, dir, port, as } = place;
  const own = { port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: dir };
  const given = { fsync: 'on', logging_collector: 'off', ...settings, ...own };
  const set = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(path.join(binDir, 'postgres'), ['-D', path.join(dir, 'data'), ...set], {
    ...as,
    cwd: dir,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return child;
}

const urlOf = ({ port, password }: Place, database: string) =>
  `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;

async function ask(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** An empty database on the server that DAIBAN_TEST_PG names; for tests under `tests/pg`. */
export const freshDatabase = (): Promise<string> => databaseLike(null);

/** A database with all that stands in another one, which nobody may be connected to. */
export const copyDatabase = (url: string): Promise<string> =>
  databaseLike(new URL(url).pathname.slice(1));

async function databaseLike(template: string | null): Promise<string> {
  const given = process.env['DAIBAN_TEST_PG'];
  if (given === undefined) throw new Error('DAIBAN_TEST_PG is not set: npm run test:pg sets it');
  const name = `county_${randomBytes(8).toString('hex')}`;
  await ask(given, `create database ${name}${template === null ? '' : ` template ${template}`}`);
  const url = new URL(given);
  url.pathname = `/${name}`;
  return url.href;
}

/** Starts and waits; a server that was killed may hold its memory for a moment longer. */
async function up(place: Place, settings: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const until = performance.now() + UP_WITHIN_MS;
  let said = '';
  while (performance.now() < until) {
    const child = launch(place, settings);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-4_000);
    });
    while (child.exitCode === null && performance.now() < until) {
      const there = await ask(urlOf(place, 'postgres'), 'select 1').then(
        () => true,
        () => false,
      );
      if (there) return child;
      await sleep(50);
    }
    if (child.exitCode === null) child.kill('SIGKILL');
    await sleep(100);
  }
  throw new Error(`PostgreSQL did not start:\n${said}`);
}

const gone = (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once('exit', () => resolve());
  return promise;
};

/** The processes that the server has started; every one is its own group. */
function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
}

async function killAll(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  for (const one of [pid, ...childrenOf(pid)])
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It went by itself.
    }
  await gone(child);
}

/** Starts a server of one's own; throws when there is no PostgreSQL (`postgresBinaries`). */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<Postgres> {
  const binDir = postgresBinaries();
  if (binDir === null) throw new Error('no PostgreSQL found: apt-get install postgresql');
  const dir = mkdtempSync(path.join(tmpdir(), 'daiban-pg-'));
  const password = randomBytes(12).toString('hex');
  const place: Place = { binDir, dir, port: await freePort(), password, as: owner() };
  const remove = () => rmSync(dir, { recursive: true, force: true });
  let child: ChildProcess;
  try {
    initialise(place);
    child = await up(place, settings);
  } catch (error) {
    remove();
    throw error;
  }
  const last = () => {
    child.kill('SIGQUIT');
    remove();
  };
  process.once('exit', last);
  let made = 0;
  let current = settings;
  return {
    url: urlOf(place, 'postgres'),
    dataDir: path.join(dir, 'data'),
    binDir,
    createDatabase: async () => {
      made += 1;
      const name = `county_${process.pid}_${made}`;
      await ask(urlOf(place, 'postgres'), `create database ${name}`);
      return urlOf(place, name);
    },
    kill: () => killAll(child),
    restart: async (other) => {
      current = other ?? current;
      child.kill('SIGINT');
      await gone(child);
      child = await up(place, current);
    },
    stop: async () => {
      process.off('exit', last);
      child.kill('SIGINT');
      await gone(child);
      remove();
    },
  };
}
