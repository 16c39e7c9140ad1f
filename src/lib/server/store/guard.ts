/**
 * What must be true of the place before the county opens it: a local disk, nobody else on it, and
 * a log that did not run backwards.
 *
 * The high-water file lies outside the database file: a database that was copied back is lower
 * than it, and the county refuses to serve until somebody says so (a new epoch).
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { fail, ok, type Result } from '../../domain/values.ts';
import type { CountyTx } from '../../ports/county-store.ts';
import { whyAnotherServer, type ServerIdentity } from './postgres-guard.ts';

const NETWORK_FILE_SYSTEMS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
]);

/**
 * Makes a folder and those above it, one by one: the recursive call never returns where a folder
 * exists and takes none, as under /proc. Throws what the system says.
 */
export function makeFolder(dir: string): void {
  if (existsSync(dir)) return;
  const above = path.dirname(dir);
  if (above !== dir) makeFolder(above);
  mkdirSync(dir);
}

/** Refuses a folder that this process cannot write into. */
function writable(dataDir: string): Result<void, string> {
  const probe = path.join(dataDir, `.probe-${process.pid}`);
  try {
    makeFolder(dataDir);
    closeSync(openSync(probe, 'w', 0o600));
    unlinkSync(probe);
    return ok(undefined);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    return fail(
      `DATA_DIR ${dataDir} cannot be written (${why}). ` +
        'Name a folder on a disk of this machine that belongs to the user who runs the server.',
    );
  }
}

/** Refuses to serve a county in earnest from a folder whose passwords are printed in the README. */
export function noDemoAccounts(dataDir: string): Result<void, string> {
  if (!existsSync(path.join(dataDir, 'demo-accounts.json'))) return ok(undefined);
  return fail(
    `DATA_DIR ${dataDir} holds the sample county with its known passwords. ` +
      'Name another, empty folder; the samples are served by: npm run demo',
  );
}

/** Refuses a folder that cannot be written, and one on a network file system: locks and fsync do not hold there. */
export function localDisk(dataDir: string): Result<void, string> {
  const there = writable(dataDir);
  if (!there.ok) return there;
  const kind = NETWORK_FILE_SYSTEMS.get(statfsSync(dataDir).type);
  if (kind === undefined) return ok(undefined);
  return fail(`DATA_DIR lies on ${kind}. The county's log needs a disk of this machine.`);
}

/** Takes rights of group and others from what lies there from before; new files get none (umask). */
export function closeToOthers({ dataDir, databaseFile }: Place): void {
  const parts = ['', '-wal', '-shm'].map((part) => databaseFile + part);
  for (const file of [dataDir, ...parts])
    try {
      const { mode } = statSync(file);
      if ((mode & 0o077) !== 0) chmodSync(file, mode & 0o700);
    } catch {
      // Not there, or somebody else's: whoever gave it decides who reads it.
    }
}

export interface DirLock {
  release(): void;
}

/** Where a county lies: its folder, and its database file unless PostgreSQL keeps it. */
export interface Place {
  readonly dataDir: string;
  readonly databaseFile: string;
  readonly postgresUrl: string | null;
}

/** The process that wrote its number beside a lock; empty when nothing can be read. */
function holderOf(file: string): string {
  try {
    return ` (process ${Number(readFileSync(`${file}.pid`, 'utf8'))})`;
  } catch {
    return '';
  }
}

function lockFile(file: string, taken: string): Result<DirLock, string> {
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    return fail(`Another process already serves ${taken}${holderOf(file)}. Stop it first.`);
  }
  try {
    writeFileSync(`${file}.pid`, String(process.pid), { mode: 0o600 });
  } catch {
    // Only for the sentence; a full disk must not keep a county from starting.
  }
  return ok({ release: () => lock.isOpen && lock.close() });
}

/** Where a link leads: two names of one database are one database. */
function realFile(file: string): string {
  if (existsSync(file)) return realpathSync(file);
  const folder = path.dirname(file);
  return existsSync(folder) ? path.join(realpathSync(folder), path.basename(file)) : file;
}

/**
 * Takes the folder and the database file for this process; the operating system gives both back
 * when the process ends. Two folders may not share one SQLite file.
 */
export function lockPlace({ dataDir, databaseFile, postgresUrl }: Place): Result<DirLock, string> {
  const folder = lockFile(path.join(dataDir, 'server.lock'), `this DATA_DIR, ${dataDir}`);
  if (!folder.ok || postgresUrl !== null) return folder;
  makeFolder(path.dirname(databaseFile));
  const file = realFile(databaseFile);
  const database = lockFile(`${file}.lock`, `the database ${file}`);
  if (!database.ok) {
    folder.value.release();
    return database;
  }
  return ok({
    release: () => {
      database.value.release();
      folder.value.release();
    },
  });
}

const highWaterSchema = z.object({
  county: z.string(),
  epoch: z.string(),
  seq: z.number().int(),
  tag: z.string(),
  /** Of PostgreSQL. */
  server: z.object({ system: z.string(), timeline: z.string() }).optional(),
});
export type HighWater = z.infer<typeof highWaterSchema>;

/** Where the mark lies: in the data folder, and once more outside of it, on another disk. */
export interface MarkPlaces {
  readonly dataDir: string;
  /** Null: there is no second place. */
  readonly sentinelDir: string | null;
}

const fileIn = (dataDir: string) => path.join(dataDir, 'high-water.json');
const fileOutside = (dir: string, county: string) => path.join(dir, `high-water-${county}.json`);

/** Writes a small file so that it is there completely or as before, also after a power cut. */
export function writeDurably(file: string, text: string): void {
  const part = `${file}.part`;
  const fd = openSync(part, 'w', 0o600);
  writeSync(fd, text);
  fsyncSync(fd);
  closeSync(fd);
  renameSync(part, file);
  const dir = openSync(path.dirname(file), 'r');
  fsyncSync(dir);
  closeSync(dir);
}

/** Writes the mark of the data folder. */
export const writeHighWater = (dataDir: string, mark: HighWater): void =>
  writeDurably(fileIn(dataDir), JSON.stringify(mark));

/**
 * Writes the mark outside; a disk that is not there or full is said and stops nothing. It waits for
 * the disk without holding up the process.
 */
export async function writeSentinel(dir: string | null, mark: HighWater): Promise<void> {
  // A folder made here would be on the wrong disk when the other one is not plugged in.
  if (dir === null || !existsSync(dir)) return;
  const file = fileOutside(dir, mark.county);
  const part = `${file}.${process.pid}.part`;
  try {
    await writeFile(part, JSON.stringify(mark), { mode: 0o600, flush: true });
    await rename(part, file);
  } catch (error) {
    console.error(`${file} could not be written: ${String(error)}`);
  }
}

function readMark(file: string): Result<HighWater | null, string> {
  if (!existsSync(file)) return ok(null);
  try {
    const parsed = highWaterSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (parsed.success) return ok(parsed.data);
    return fail(`${file} cannot be read: it is no mark of ours`);
  } catch (error) {
    return fail(`${file} cannot be read: ${String(error)}`);
  }
}

/**
 * The marks of both places, to be read before the transaction that is held against them. One that
 * is missing is no fault; one outside that cannot be read is said, the one of the folder refused.
 */
export function readMarks(
  { dataDir, sentinelDir }: MarkPlaces,
  county: string,
): Result<readonly HighWater[], string> {
  const own = readMark(fileIn(dataDir));
  if (!own.ok) return fail(`${own.error}. Is the disk sound? ${ADVICE}`);
  const there = sentinelDir === null ? ok(null) : readMark(fileOutside(sentinelDir, county));
  if (!there.ok) console.error(`${there.error}. Remove it when the disk is sound.`);
  return ok([own.value, there.ok ? there.value : null].filter((mark) => mark !== null));
}

const ADVICE =
  'First of all put the newer copy back, or the newest backup: npm run restore -- FOLDER. Only ' +
  'when there is none, or a copy was put back on purpose, run: npm run restore -- --announce. ' +
  'Tablets then send theirs again, as far as they still have it; what people recorded at the ' +
  'county since is to be done again.';

/** What a place has promised, and which server it is asked to go on with (null: SQLite). */
export interface PromisedBy {
  readonly marks: readonly HighWater[];
  readonly county: string;
  readonly server: ServerIdentity | null;
}

/** Refuses a log that is older than what this place has already promised to tablets. */
export async function notBackwards(
  { marks, county, server }: PromisedBy,
  tx: CountyTx,
): Promise<Result<void, string>> {
  for (const mark of marks) {
    const held = await holdsMark(mark, { county, server }, tx);
    if (!held.ok) return held;
  }
  return ok(undefined);
}

async function holdsMark(
  mark: HighWater,
  { county, server }: Pick<PromisedBy, 'county' | 'server'>,
  tx: CountyTx,
): Promise<Result<void, string>> {
  if (mark.county !== county) return fail(`DATA_DIR belongs to county ${mark.county}. ${ADVICE}`);
  const epochs = await tx.epochs();
  const current = epochs.at(-1)?.id;
  if (mark.epoch !== current)
    return epochs.some(({ id }) => id === mark.epoch)
      ? ok(undefined)
      : fail(`The database has another history than this place remembers. ${ADVICE}`);
  const head = await tx.head();
  if (head.seq < mark.seq)
    return fail(
      `The database ends at ${head.seq}, but ${mark.seq} was already promised. ${ADVICE}`,
    );
  const tag = mark.seq === 0 ? mark.tag : (await tx.tagsAt([mark.seq])).get(mark.seq);
  if (tag !== mark.tag) return fail(`The database changed its past at ${mark.seq}. ${ADVICE}`);
  const other =
    mark.server === undefined || server === null ? null : whyAnotherServer(mark.server, server);
  return other === null ? ok(undefined) : fail(`${other} ${ADVICE}`);
}
