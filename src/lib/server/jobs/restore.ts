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
import { fail, ok, type Instant, type PersonId, type Result } from '../../domain/values.ts';
import { openDatabase, openFile, type AllTables } from '../container.ts';
import { COUNTY } from '../county.ts';
import type { ServerEnv } from '../env.ts';
import { writeKeyHeads } from '../keys/key-heads.ts';
import { keyHeadsAnew } from '../keys/officer-key-older.ts';
import type { Opener } from '../keys/sealed-file.ts';
import { sqlCountyStore } from '../store/county-store-sql.ts';
import {
  localDisk,
  lockPlace,
  makeFolder,
  writeHighWater,
  writeSentinel,
  type HighWater,
} from '../store/guard.ts';
import { newEpochId } from '../store/open-county.ts';
import type { CountyTables } from '../store/tables.ts';
import { astray, whyNotOn, type Astray } from './astray.ts';
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
  /** Backups that are left behind by it: kept, and never pruned. */
  readonly leftBehind: readonly string[];
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

/** Checked backups of these folders whose end is not in this database. */
async function astrayIn(
  { db, kind }: { readonly db: Kysely<AllTables>; readonly kind: string },
  folders: readonly string[],
): Promise<readonly (Astray & { folder: string })[]> {
  const store = sqlCountyStore(db as unknown as Kysely<CountyTables>, {
    lockHead: kind === 'postgres',
  });
  const found: (Astray & { folder: string })[] = [];
  for (const folder of new Set(folders)) {
    const notes = verifiedIn(folder);
    const there = await store.transact(COUNTY.code, (tx) => astray(tx, COUNTY.code, notes));
    found.push(...there.map((one) => ({ ...one, folder })));
  }
  return found;
}

/** The first backup that speaks against it, as a sentence; null when none does. */
function firstAgainst(found: readonly (Astray & { folder: string })[]): string | null {
  for (const folder of new Set(found.map((one) => one.folder))) {
    const why = whyNotOn(
      folder,
      found.filter((one) => one.folder === folder),
    );
    if (why !== null) return why;
  }
  return null;
}

const openOnes = (found: readonly Astray[]): readonly string[] => [
  ...new Set(found.filter(({ left }) => !left).map(({ file }) => file)),
];

interface Beginning {
  readonly heads: readonly CountyHead[];
  readonly reason: string;
  readonly kind: string;
  /** Backups that somebody leaves behind with it: named in the history and in the audit. */
  readonly leaving?: readonly string[];
}

/** The new history: every tablet finds it at its next contact. */
async function beginEpoch(
  db: Kysely<AllTables>,
  { heads, reason, kind, leaving = [] }: Beginning,
): Promise<readonly HighWater[]> {
  const tables = db as unknown as Kysely<CountyTables>;
  const store = sqlCountyStore(tables, { lockHead: kind === 'postgres' });
  const marks: HighWater[] = [];
  for (const { county, seq, tag } of heads) {
    const at = new Date().toISOString() as Instant;
    const left = leaving.length === 0 ? '' : `, leaving behind ${leaving.join(', ')}`;
    const epoch = { id: newEpochId(), baseSeq: seq, reason: reason + left, at };
    const line = { at, personId: 'system' as PersonId, action: 'restore.left', caseId: null };
    const audit = left === '' ? [] : [{ ...line, note: reason + left }];
    await store.transact(county, async (tx) =>
      tx.write({ epochs: [epoch], audit, safe: Math.min(await tx.safe(), seq) }),
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

async function place(
  env: ServerEnv,
  fresh: string,
  { heads, leaving }: Pick<Beginning, 'heads' | 'leaving'>,
) {
  const opened = openFile(fresh);
  const epoch = { heads, reason: 'restore', kind: 'sqlite', leaving: leaving ?? [] };
  const begun = async () => {
    const keys = await keysIn(env, opened);
    return { marks: await beginEpoch(opened, epoch), keys };
  };
  const { marks, keys } = await begun().finally(() => opened.destroy());
  if (env.postgresUrl !== null) {
    const before = await fillPostgres(env, fresh);
    return { marks, keys, before };
  }
  const before = setAside(env.databaseFile);
  syncPath(fresh);
  renameSync(fresh, env.databaseFile);
  syncPath(path.dirname(env.databaseFile));
  return { marks, keys, before };
}

interface Placed {
  readonly marks: readonly HighWater[];
  readonly keys: Awaited<ReturnType<typeof keyHeadsAnew>>;
}

/** How far the keys have come in what is put back; what is noted stays where they cannot be read. */
const keysIn = (env: ServerEnv, db: Kysely<AllTables>): Promise<Placed['keys']> =>
  keyHeadsAnew({
    ...{ db: db as unknown as Kysely<CountyTables>, county: COUNTY.code },
    intakeKeyFile: env.intakeKeyFile,
  }).catch((error: unknown) => {
    console.error('how far the keys have come is not noted anew', error);
    return null;
  });

/** The new history in both places where the mark lies; of the keys, how far they have come in it. */
async function markAll(env: ServerEnv, { marks, keys }: Placed): Promise<void> {
  if (keys !== null) await writeKeyHeads(env.intakeKeyFile, COUNTY.code, keys);
  for (const mark of marks) {
    writeHighWater(env.dataDir, mark);
    await writeSentinel(env.sentinelDir, mark);
  }
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
          `${losing.atDesk} were recorded by people at the county and would have to be done again. ` +
          'Make a backup of it first if it can be read; to go on, add --yes-older.',
      ]);
    const folders = [path.dirname(file.value), env.backupDir];
    const db = openFile(fresh);
    const found = await astrayIn({ db, kind: 'sqlite' }, folders).finally(() => db.destroy());
    const against = firstAgainst(found);
    if (against !== null && of.yesOlder !== true) return fail([against]);
    const leaving = openOnes(found);
    const { marks, keys, before } = await place(env, fresh, { heads: verified.heads, leaving });
    // Last: until here the old mark stands, and the server refuses a place that is half done.
    await markAll(env, { marks, keys });
    const heads = inNewEpoch(verified.heads, marks);
    return ok({ ...verified, heads, file: file.value, before, losing, leftBehind: leaving });
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
  const lock = lockPlace(env);
  if (!lock.ok) return fail([lock.error]);
  try {
    return await restoreLocked(env, of);
  } catch (error) {
    return fail([error instanceof Error ? error.message : String(error)]);
  } finally {
    lock.value.release();
  }
}

/** The new history over what stands there; `yesOlder` leaves backups behind that have more. */
async function announceLocked(
  env: ServerEnv,
  { yesOlder = false }: { readonly yesOlder?: boolean },
): Promise<Result<Verified & { readonly leftBehind: readonly string[] }, Refused>> {
  const opened = await openDatabase(env);
  const { db, kind } = opened;
  try {
    const verified = await verifyDatabase(db, { sealing: env });
    if (verified.broken > 0) return fail(verified.faults);
    const found = await astrayIn(opened, [env.backupDir]);
    const against = firstAgainst(found);
    if (against !== null && !yesOlder) return fail([against]);
    const leaving = openOnes(found);
    const { heads } = verified;
    const marks = await beginEpoch(db, { heads, reason: 'announced', kind, leaving });
    await markAll(env, { marks, keys: await keysIn(env, db) });
    return ok({ ...verified, heads: inNewEpoch(heads, marks), leftBehind: leaving });
  } finally {
    await db.destroy();
  }
}

/** A copy was already put back by hand: says so to the tablets by a new epoch. */
export async function announceRestore(
  env: ServerEnv,
  how: { readonly yesOlder?: boolean } = {},
): ReturnType<typeof announceLocked> {
  if (env.postgresUrl === null && !existsSync(env.databaseFile))
    return fail([`There is no ${env.databaseFile}.`]);
  const lock = lockPlace(env);
  if (!lock.ok) return fail([lock.error]);
  try {
    return await announceLocked(env, how);
  } finally {
    lock.value.release();
  }
}
