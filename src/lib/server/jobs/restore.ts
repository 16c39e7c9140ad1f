/**
 * Puts a backup back. The restored county begins a new epoch, so that every tablet looks back,
 * finds where the histories part and sends again what the backup lacks.
 *
 *     lock ─► is it the newest? ─► open beside the old ─► verify ─► media ─► new epoch
 *          ─► the old database aside ─► the new one in its place ─► high water
 */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Kysely } from 'kysely';
import { fail, ok, type Instant, type Result } from '../../domain/values.ts';
import { openDatabase, openFile, type AllTables } from '../container.ts';
import type { ServerEnv } from '../env.ts';
import type { Opener } from '../keys/sealed-file.ts';
import { sqlCountyStore } from '../store/county-store-sql.ts';
import { localDisk, lockDir, makeFolder, writeHighWater, type HighWater } from '../store/guard.ts';
import { newEpochId } from '../store/open-county.ts';
import type { CountyTables } from '../store/tables.ts';
import { readManifest, verifiedIn } from './backup-folder.ts';
import { fillPool, syncPath } from './media-pool.ts';
import { mediaOf, openBackup } from './open-backup.ts';
import { lostBy, type Losing } from './restore-loss.ts';
import { fillPostgres } from './restore-postgres.ts';
import type { CountyHead } from './verify-log.ts';
import { plainShelf } from './shelf.ts';
import { hashOfFile } from './verify-media.ts';
import { verifyDatabase, verifyFile, type Verified } from './verify.ts';

export interface RestoreOf {
  /** A backup file, or the folder whose newest is meant. */
  readonly from: string;
  /** Somebody has read what is newer than the backup, and wants it nevertheless. */
  readonly yesOlder?: boolean;
  /** Opens a sealed one. */
  readonly opener?: Opener | undefined;
}

export interface Restored extends Verified {
  readonly file: string;
  /** Where the database that stood there before is kept; null: there was none. */
  readonly before: string | null;
  /** What the database that stood there had beyond the backup; null: it could not be read. */
  readonly losing: Losing | null;
  readonly media: number;
}

/** The heads as they are from now on: same places, another history. */
const inNewEpoch = (heads: readonly CountyHead[], marks: readonly HighWater[]) =>
  heads.map((head) => {
    const mark = marks.find(({ county }) => county === head.county);
    return { ...head, epoch: mark?.epoch ?? head.epoch };
  });

type Refused = readonly string[];

/** The file that is meant, and what speaks against it. */
async function chosen({ from, yesOlder }: RestoreOf): Promise<Result<string, Refused>> {
  if (!existsSync(from)) return fail([`There is no ${from}. Is the disk plugged in?`]);
  const isFolder = statSync(from).isDirectory();
  const folder = path.resolve(isFolder ? from : path.dirname(from));
  const [newest] = verifiedIn(folder);
  if (isFolder && newest === undefined)
    return fail([`No backup in ${folder} was ever verified. Name a file to try one nevertheless.`]);
  const file = isFolder ? path.join(folder, newest?.file ?? '') : path.resolve(from);
  const manifest = readManifest(file);
  if (manifest !== null && (await hashOfFile(file)) !== manifest.sha256)
    return fail([`${file} is not what was verified: it was changed or is damaged. Take another.`]);
  if (newest !== undefined && newest.file !== path.basename(file) && yesOlder !== true)
    return fail([
      `${newest.file} is newer and was verified. Tablets may have dropped what it holds: ` +
        'restore that one, or add --yes-older.',
    ]);
  return ok(file);
}

/** The new history: every tablet finds it at its next contact. */
async function beginEpoch(
  db: Kysely<AllTables>,
  { heads, reason, kind }: { heads: readonly CountyHead[]; reason: string; kind: string },
): Promise<readonly HighWater[]> {
  const tables = db as unknown as Kysely<CountyTables>;
  const store = sqlCountyStore(tables, { lockHead: kind === 'postgres' });
  const marks: HighWater[] = [];
  for (const { county, seq, tag } of heads) {
    const epoch = {
      id: newEpochId(),
      baseSeq: seq,
      reason,
      at: new Date().toISOString() as Instant,
    };
    await store.transact(county, async (tx) =>
      tx.write({ epochs: [epoch], safe: Math.min(await tx.safe(), seq) }),
    );
    marks.push({ county, epoch: epoch.id, seq, tag });
  }
  return marks;
}

const PARTS = ['', '-wal', '-shm'];

/**
 * The old database is never thrown away: it stays beside the new one under a dated name. Its WAL
 * goes with it even when a restore was killed between the two: the new file must never meet it.
 */
function setAside(databaseFile: string): string | null {
  const there = PARTS.filter((part) => existsSync(databaseFile + part));
  if (there.length === 0) return null;
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const aside = `${databaseFile}.before-${stamp}`;
  for (const part of there) renameSync(databaseFile + part, aside + part);
  return aside;
}

const removeFile = (file: string): void => {
  for (const part of ['', '-wal', '-shm', '-journal']) rmSync(file + part, { force: true });
};

/** Unpacks into `fresh` and verifies all of it there, with its media in their folder. */
async function unpack(
  env: ServerEnv,
  { file, fresh, opener }: { file: string; fresh: string; opener: Opener | undefined },
): Promise<Verified> {
  const sealed = await openBackup(file, fresh, opener);
  const verified = await verifyFile(fresh, { sealing: env });
  if (verified.broken > 0) return verified;
  const { files, from } = await mediaOf(fresh, { folder: path.dirname(file), sealed });
  const found = { attempts: verified.attempts, broken: 0, faults: [] };
  const pool = { from, to: plainShelf(env.mediaDir) };
  const pooled = await fillPool({ ...pool, rehash: () => true }, files, found);
  const minimum = verified.minimum + files.length;
  return { ...verified, ...found, minimum, media: pooled.media, mediaBytes: pooled.mediaBytes };
}

async function place(env: ServerEnv, fresh: string, heads: readonly CountyHead[]) {
  const opened = openFile(fresh);
  const epoch = { heads, reason: 'restore', kind: 'sqlite' };
  const marks = await beginEpoch(opened, epoch).finally(() => opened.destroy());
  if (env.postgresUrl !== null) {
    const before = await fillPostgres(env, fresh);
    return { marks, before };
  }
  const before = setAside(env.databaseFile);
  syncPath(fresh);
  renameSync(fresh, env.databaseFile);
  syncPath(path.dirname(env.databaseFile));
  return { marks, before };
}

async function restoreLocked(env: ServerEnv, of: RestoreOf): Promise<Result<Restored, Refused>> {
  const file = await chosen(of);
  if (!file.ok) return file;
  makeFolder(path.dirname(env.databaseFile));
  const fresh = `${env.databaseFile}.restoring`;
  removeFile(fresh);
  try {
    const verified = await unpack(env, { file: file.value, fresh, opener: of.opener });
    if (verified.broken > 0) return fail(verified.faults);
    const losing = await lostBy(env, verified.heads);
    if (losing !== null && losing.entries > 0 && of.yesOlder !== true)
      return fail([
        `The database there has ${losing.entries} entries that this backup lacks. ` +
          `${losing.fromTablets} came from tablets, which send them again; ` +
          `${losing.atDesk} were made at the county and would have to be done again. ` +
          'Make a backup of it first if it can be read; to go on, add --yes-older.',
      ]);
    const { marks, before } = await place(env, fresh, verified.heads);
    // Last: until here the old mark stands, and the server refuses a place that is half done.
    for (const mark of marks) writeHighWater(env.dataDir, mark);
    const heads = inNewEpoch(verified.heads, marks);
    return ok({ ...verified, heads, file: file.value, before, losing });
  } finally {
    removeFile(fresh);
  }
}

/** Restores a backup; the server must be stopped. Refusals are plain sentences. */
export async function restoreBackup(
  env: ServerEnv,
  of: RestoreOf,
): Promise<Result<Restored, Refused>> {
  const disk = localDisk(env.dataDir);
  if (!disk.ok) return fail([disk.error]);
  const lock = lockDir(env.dataDir);
  if (!lock.ok) return fail([lock.error]);
  try {
    return await restoreLocked(env, of);
  } catch (error) {
    return fail([error instanceof Error ? error.message : String(error)]);
  } finally {
    lock.value.release();
  }
}

/** A copy was already put back by hand: says so to the tablets by a new epoch. */
export async function announceRestore(env: ServerEnv): Promise<Result<Verified, Refused>> {
  if (env.postgresUrl === null && !existsSync(env.databaseFile))
    return fail([`There is no ${env.databaseFile}.`]);
  const lock = lockDir(env.dataDir);
  if (!lock.ok) return fail([lock.error]);
  try {
    const { db, kind } = await openDatabase(env);
    try {
      const verified = await verifyDatabase(db, { sealing: env });
      if (verified.broken > 0) return fail(verified.faults);
      const { heads } = verified;
      const marks = await beginEpoch(db, { heads, reason: 'announced', kind });
      for (const mark of marks) writeHighWater(env.dataDir, mark);
      return ok({ ...verified, heads: inNewEpoch(heads, marks) });
    } finally {
      await db.destroy();
    }
  } finally {
    lock.value.release();
  }
}
