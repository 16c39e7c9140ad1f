/**
 * Makes a backup while the county runs. It counts, and `safe` rises, only after it was put back
 * into another folder and everything was computed again there.
 *
 *     lock ─► room ─► snapshot ─► put back elsewhere, verify ─► media by hash ─► name, note
 *                                        └─ any fault: nothing counts, the last good one stays
 *          ─► safe ─► old ones go
 */
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import type { Kysely } from 'kysely';
import { fail, ok, type Result } from '../../domain/values.ts';
import { openDatabase, openFile, type AllTables } from '../container.ts';
import { COUNTY } from '../county.ts';
import type { ServerEnv } from '../env.ts';
import { makeFolder } from '../store/guard.ts';
import { isDiskFull } from '../store/disk-full.ts';
import type { CountyTables } from '../store/tables.ts';
import { FREE_BYTES_MIN } from '../sync/limits.ts';
import {
  lockFolder,
  nextName,
  prune,
  sweep,
  verifiedIn,
  writeManifest,
  type Manifest,
} from './backup-folder.ts';
import { noteFailed, noteVerified, readBackupState } from './backup-state.ts';
import { noFindings } from './findings.ts';
import { fillPool, poolRoomFault, syncPath, type Pooled } from './media-pool.ts';
import { takeSnapshot } from './snapshot.ts';
import { hashOfFile, wholeFiles } from './verify-media.ts';
import { verifyFile, type Verified } from './verify.ts';
import type { CountyHead } from './verify-log.ts';

/** A scheduled run hashes this part of the old media again: all of them within a day. */
const REHASH_PARTS = 24;
const HOUR_MS = 3_600_000;

export interface BackupInto {
  /** The folder of backups; without it the one of the settings. */
  readonly folder?: string | undefined;
  /** All media are hashed again, not only the new ones and this hour's share. */
  readonly whole?: boolean;
  /** The folder may be another than last time. */
  readonly newFolder?: boolean;
}

export interface BackedUp extends Verified, Pooled {
  readonly file: string;
  readonly bytes: number;
  readonly ms: number;
  /** `safe` of the county afterwards. */
  readonly safe: number;
  readonly pruned: readonly string[];
}

type Refused = readonly string[];

/** Raises `safe` in the running county, only where its log is the one that was verified. */
async function raiseSafe(db: Kysely<AllTables>, heads: readonly CountyHead[]): Promise<number> {
  const tables = db as unknown as Kysely<CountyTables>;
  for (const { county, seq, tag } of heads)
    // One statement: nothing can come between the look and the change.
    await tables
      .updateTable('log_head')
      .set({ safe: seq })
      .where('county', '=', county)
      .where('safe', '<', seq)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('log as l')
            .select('l.seq')
            .where('l.county', '=', county)
            .where('l.seq', '=', seq)
            .where('l.tag', '=', tag),
        ),
      )
      .execute();
  const query = tables.selectFrom('log_head').select('safe').where('county', '=', COUNTY.code);
  return Number((await query.executeTakeFirst())?.safe ?? 0);
}

/** Why nothing can be written there, as a sentence. */
function folderFault(env: ServerEnv, folder: string): string | null {
  const own = folder === env.backupDir && !path.relative(env.dataDir, folder).startsWith('..');
  if (own) makeFolder(folder);
  // Another folder made here would be on the wrong disk when the USB stick is not plugged in.
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    return `There is no folder ${folder}. Is the disk plugged in? Nothing was written.`;
  return null;
}

/** The snapshot and its rehearsal must fit, and the county must have room left afterwards. */
function roomFault(env: ServerEnv, folder: string): string | null {
  const size = env.postgresUrl === null ? statSync(env.databaseFile).size : 0;
  const { bavail, bsize } = statfsSync(folder);
  const [free, need] = [bavail * bsize, 2 * size + 2 * FREE_BYTES_MIN];
  if (free >= need) return null;
  const mb = (bytes: number) => Math.ceil(bytes / 1_048_576);
  return `${folder} has ${mb(free)} MB left and needs ${mb(need)}. Make room; nothing was written.`;
}

/** A mount point without its disk is an empty folder: then the copies of before are not there. */
function otherDisk(folder: string, lastFile: string | undefined): string | null {
  if (lastFile === undefined || path.dirname(lastFile) !== folder) return null;
  if (verifiedIn(folder).length > 0) return null;
  return (
    `${folder} holds none of the backups made there before. Is the disk plugged in? ` +
    'Nothing was written. If it is a new disk, run: npm run backup -- --new-folder'
  );
}

/** Puts the file back elsewhere and looks at everything; media come into the pool meanwhile. */
async function rehearse(
  env: ServerEnv,
  { part, folder, whole }: { part: string; folder: string; whole: boolean },
): Promise<Verified & Pooled> {
  const elsewhere = mkdtempSync(path.join(folder, '.rehearsal-'));
  try {
    const file = path.join(elsewhere, 'daiban.sqlite');
    copyFileSync(part, file);
    const verified = await verifyFile(file);
    if (verified.broken > 0) return { ...verified, added: 0 };
    const db = openFile(file);
    const files = await wholeFiles(db as unknown as Kysely<CountyTables>);
    await db.destroy();
    const share = Math.floor(Date.now() / HOUR_MS) % REHASH_PARTS;
    const rehash = (sha: string) => whole || parseInt(sha.slice(0, 2), 16) % REHASH_PARTS === share;
    const found = noFindings();
    const to = path.join(folder, 'media');
    const room = poolRoomFault(to, files, FREE_BYTES_MIN);
    if (room !== null) return { ...verified, broken: 1, faults: [room], added: 0 };
    const pooled = await fillPool({ from: env.mediaDir, to, rehash }, files, found);
    return {
      ...verified,
      ...pooled,
      attempts: verified.attempts + found.attempts,
      minimum: verified.minimum + files.length,
      broken: verified.broken + found.broken,
      faults: [...verified.faults, ...found.faults],
    };
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
}

/** Everything under the lock; a fault leaves nothing of this run and everything of those before. */
async function make(env: ServerEnv, folder: string, whole: boolean) {
  const at = new Date().toISOString();
  const { n, name } = nextName(folder, at);
  const part = path.join(folder, `${name}.part`);
  try {
    await takeSnapshot(env, part);
    const verified = await rehearse(env, { part, folder, whole });
    if (verified.broken > 0 || verified.attempts < verified.minimum)
      return fail<Refused>(verified.faults.length > 0 ? verified.faults : ['too little was read']);
    const bytes = statSync(part).size;
    const hash = (await hashOfFile(part)) ?? '';
    renameSync(part, path.join(folder, name));
    syncPath(folder);
    const { attempts, rows, cases, media, mediaBytes } = verified;
    const heads = [...verified.heads];
    const counted = { attempts, rows, cases, media, mediaBytes };
    const manifest: Manifest = {
      format: 1,
      n,
      at,
      file: name,
      bytes,
      sha256: hash,
      heads,
      ...counted,
    };
    writeManifest(folder, manifest);
    return ok({ verified, manifest });
  } finally {
    rmSync(part, { force: true });
  }
}

async function attempt(
  env: ServerEnv,
  { folder, whole = true }: { folder: string; whole?: boolean },
): Promise<ReturnType<typeof make> extends Promise<infer R> ? R : never> {
  const lock = lockFolder(folder);
  if (!lock.ok) return fail([lock.error]);
  try {
    sweep(folder);
    const room = roomFault(env, folder);
    return room === null ? await make(env, folder, whole) : fail([room]);
  } catch (error) {
    if (isDiskFull(error)) return fail([`${folder} is full. Make room; the copies before stay.`]);
    return fail([`The copy could not be made: ${String(error)}`]);
  } finally {
    lock.value.release();
  }
}

/** Makes and verifies a backup; the faults say why it does not count. */
export async function makeBackup(
  env: ServerEnv,
  into: BackupInto = {},
): Promise<Result<BackedUp, Refused>> {
  const started = Date.now();
  if (env.postgresUrl === null && !existsSync(env.databaseFile))
    return fail([`There is no database at ${env.databaseFile}.`]);
  const folder = path.resolve(into.folder ?? env.backupDir);
  const { db } = await openDatabase(env);
  try {
    const before = (await readBackupState(db)).verified;
    const other = into.newFolder ? null : otherDisk(folder, before?.file);
    const refused = folderFault(env, folder) ?? other;
    const made = refused === null ? await attempt(env, { ...into, folder }) : fail([refused]);
    if (!made.ok) {
      const why = made.error[0] ?? '';
      // Where even this line does not fit, the missing backup itself is what people hear of.
      await noteFailed(db, { at: new Date().toISOString(), why }).catch(() => undefined);
      return fail(made.error);
    }
    const { verified, manifest } = made.value;
    const file = path.join(folder, manifest.file);
    const safe = await raiseSafe(db, verified.heads);
    const [ms, { at, bytes }] = [Date.now() - started, manifest];
    const seq = verified.heads.find(({ county }) => county === COUNTY.code)?.seq ?? 0;
    await noteVerified(db, { at, file, seq, bytes, ms });
    return ok({ ...verified, file, bytes, ms, safe, pruned: prune(folder) });
  } finally {
    await db.destroy();
  }
}
