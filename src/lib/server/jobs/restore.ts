/**
 * Puts a backup back. The restored county begins a new epoch, so that every tablet looks back,
 * finds where the histories part and sends again what the backup lacks.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fail, ok, type Result, type Sha256 } from '../../domain/values.ts';
import { chunkCount, chunkLength } from '../../protocol/media.ts';
import { CHUNK_BYTES } from '../../protocol/version.ts';
import { directoryMediaStore } from '../media/directory.ts';
import { localDisk, lockDir, writeHighWater } from '../store/guard.ts';
import { newEpochId } from '../store/open-county.ts';
import { verifyDatabase, type CountyHead, type Verified } from './verify.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

export interface Place {
  readonly databaseFile: string;
  readonly dataDir: string;
}

async function unpackMedia(db: DatabaseSync, dataDir: string): Promise<string[]> {
  const store = directoryMediaStore(path.join(dataDir, 'media'), sha256);
  const faults: string[] = [];
  for (const row of db.prepare('SELECT sha, body FROM backup_media').iterate()) {
    const sha = String(row.sha) as Sha256;
    const body = row.body;
    if (!(body instanceof Uint8Array)) continue;
    const key = { sha, bytes: body.length };
    for (let index = 0; index < chunkCount(body.length); index++) {
      const at = index * CHUNK_BYTES;
      await store.put(key, index, body.subarray(at, at + chunkLength(body.length, index)));
    }
    if ((await store.missing(key)).length > 0) faults.push(`media file ${sha} is not its hash`);
  }
  return faults;
}

/** Unpacks a backup into an empty place and verifies everything there. */
export async function unpackBackup(file: string, place: Place): Promise<Verified> {
  mkdirSync(path.dirname(place.databaseFile), { recursive: true });
  copyFileSync(file, place.databaseFile);
  const db = new DatabaseSync(place.databaseFile);
  try {
    db.exec('PRAGMA synchronous = FULL');
    const media = await unpackMedia(db, place.dataDir);
    db.exec('DROP TABLE backup_media; VACUUM; PRAGMA journal_mode = WAL');
    const verified = verifyDatabase(db);
    return { ...verified, faults: [...verified.faults, ...media] };
  } catch (error) {
    return { heads: [], rows: 0, faults: [`This is no backup of ours: ${String(error)}`] };
  } finally {
    db.close();
  }
}

function beginEpoch(place: Place, heads: readonly CountyHead[], reason: string): void {
  const db = new DatabaseSync(place.databaseFile);
  try {
    db.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
    for (const { county, seq, tag } of heads) {
      const row = db.prepare('SELECT MAX(n) AS n FROM epochs WHERE county = ?').get(county);
      const id = newEpochId();
      db.prepare(
        'INSERT INTO epochs (county, n, id, base_seq, reason, at) VALUES (?, ?, ?, ?, ?, ?)',
      ).run(county, Number(row?.n ?? 0) + 1, id, seq, reason, new Date().toISOString());
      db.prepare('UPDATE log_head SET safe = MIN(safe, ?) WHERE county = ?').run(seq, county);
      writeHighWater(place.dataDir, { county, epoch: id, seq, tag });
    }
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

/** The old database is never thrown away: it stays beside the new one under a dated name. */
function setAside(databaseFile: string): string | null {
  if (!existsSync(databaseFile)) return null;
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
  const aside = `${databaseFile}.before-${stamp}`;
  for (const part of ['', '-wal', '-shm'])
    if (existsSync(databaseFile + part)) renameSync(databaseFile + part, aside + part);
  return aside;
}

export interface Restored extends Verified {
  /** Where the database that stood there before is kept. */
  readonly before: string | null;
}

/** Restores `file` into the place; the server must be stopped. Refusals are plain sentences. */
export async function restoreBackup(
  file: string,
  place: Place,
): Promise<Result<Restored, readonly string[]>> {
  if (!existsSync(file)) return fail([`There is no file ${file}.`]);
  const disk = localDisk(place.dataDir);
  if (!disk.ok) return fail([disk.error]);
  const lock = lockDir(place.dataDir);
  if (!lock.ok) return fail([lock.error]);
  const fresh = { ...place, databaseFile: `${place.databaseFile}.restoring` };
  try {
    for (const part of ['', '-wal', '-shm']) rmSync(fresh.databaseFile + part, { force: true });
    const verified = await unpackBackup(file, fresh);
    if (verified.faults.length > 0) return fail(verified.faults);
    beginEpoch(fresh, verified.heads, 'restore');
    const before = setAside(place.databaseFile);
    renameSync(fresh.databaseFile, place.databaseFile);
    return ok({ ...verified, before });
  } finally {
    rmSync(fresh.databaseFile, { force: true });
    lock.value.release();
  }
}

/** A copy was already put back by hand: says so to the tablets by a new epoch. */
export function announceRestore(place: Place): Result<Verified, readonly string[]> {
  if (!existsSync(place.databaseFile)) return fail([`There is no ${place.databaseFile}.`]);
  const lock = lockDir(place.dataDir);
  if (!lock.ok) return fail([lock.error]);
  const db = new DatabaseSync(place.databaseFile);
  try {
    const verified = verifyDatabase(db);
    if (verified.faults.length > 0) return fail(verified.faults);
    beginEpoch(place, verified.heads, 'announced');
    return ok(verified);
  } finally {
    db.close();
    lock.value.release();
  }
}
