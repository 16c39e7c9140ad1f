/**
 * What must be true of the place before the county opens it: a local disk, nobody else on it, and
 * a log that did not run backwards.
 *
 * The high-water file lies outside the database file: a database that was copied back is lower
 * than it, and the county refuses to serve until somebody says so (a new epoch).
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
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

export interface DirLock {
  release(): void;
}

/** Takes the folder for this process; the operating system gives it back when the process ends. */
export function lockDir(dataDir: string): Result<DirLock, string> {
  const lock = new DatabaseSync(path.join(dataDir, 'server.lock'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return ok({ release: () => lock.isOpen && lock.close() });
  } catch {
    lock.close();
    return fail('Another process already serves this DATA_DIR. Stop it first.');
  }
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

const fileIn = (dataDir: string) => path.join(dataDir, 'high-water.json');

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

export const writeHighWater = (dataDir: string, mark: HighWater): void =>
  writeDurably(fileIn(dataDir), JSON.stringify(mark));

function readHighWater(dataDir: string): HighWater | null {
  if (!existsSync(fileIn(dataDir))) return null;
  const parsed = highWaterSchema.safeParse(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')));
  return parsed.success ? parsed.data : null;
}

const ADVICE =
  'If a copy was put back on purpose, run: npm run restore -- --announce. ' +
  'The tablets then send again what the copy lacks; nothing is lost by it.';

/** What a place has promised, and which server it is asked to go on with (null: SQLite). */
export interface PromisedBy {
  readonly dataDir: string;
  readonly county: string;
  readonly server: ServerIdentity | null;
}

/** Refuses a log that is older than what this place has already promised to tablets. */
export async function notBackwards(
  { dataDir, county, server }: PromisedBy,
  tx: CountyTx,
): Promise<Result<void, string>> {
  const mark = readHighWater(dataDir);
  if (mark === null) return ok(undefined);
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
