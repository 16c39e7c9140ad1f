/**
 * One file with everything the county cannot lose: the database as it stood at one moment, and
 * every complete media file. It counts, and `safe` rises, only after it was put back into another
 * folder and verified there.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { fail, ok, type Result, type Sha256 } from '../../domain/values.ts';
import { directoryMediaStore } from '../media/directory.ts';
import { unpackBackup } from './restore.ts';
import { verifyDatabase, type Verified } from './verify.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const BUSY_MILLISECONDS = 10_000;

export interface BackupOf {
  readonly databaseFile: string;
  readonly dataDir: string;
}

export interface BackedUp extends Verified {
  readonly media: number;
  readonly bytes: number;
}

function syncFile(file: string): void {
  const fd = openSync(file, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

async function addMedia(db: DatabaseSync, dataDir: string): Promise<number> {
  const store = directoryMediaStore(path.join(dataDir, 'media'), sha256);
  db.exec('CREATE TABLE backup_media (sha TEXT PRIMARY KEY, body BLOB NOT NULL)');
  const insert = db.prepare('INSERT INTO backup_media (sha, body) VALUES (?, ?)');
  const list = await store.list();
  for (const sha of list) {
    const body = await store.read(sha as Sha256);
    if (body !== null) insert.run(sha, body);
  }
  return list.length;
}

/** Raises `safe` in the running county, only where its log is the one that was verified. */
function raiseSafe(databaseFile: string, { heads }: Verified): void {
  const db = new DatabaseSync(databaseFile, { timeout: BUSY_MILLISECONDS });
  try {
    db.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
    for (const { county, seq, tag } of heads) {
      const row = db.prepare('SELECT tag FROM log WHERE county = ? AND seq = ?').get(county, seq);
      if (row?.tag !== tag) continue;
      const raise = 'UPDATE log_head SET safe = ? WHERE county = ? AND safe < ?';
      db.prepare(raise).run(seq, county, seq);
    }
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

async function rehearse(file: string): Promise<Verified> {
  const elsewhere = mkdtempSync(path.join(path.dirname(file), '.rehearsal-'));
  try {
    return await unpackBackup(file, {
      databaseFile: path.join(elsewhere, 'daiban.sqlite'),
      dataDir: elsewhere,
    });
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
}

/** Makes and verifies a backup while the county runs; the faults say why it does not count. */
export async function makeBackup(
  of: BackupOf,
  file: string,
): Promise<Result<BackedUp, readonly string[]>> {
  if (!existsSync(of.databaseFile)) return fail([`There is no database at ${of.databaseFile}.`]);
  const target = path.resolve(file);
  const folder = path.dirname(target);
  // A folder made here would be on the wrong disk when the USB stick is not plugged in.
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    return fail([`There is no folder ${folder}. Is the disk plugged in? Nothing was written.`]);
  const part = `${target}.part`;
  rmSync(part, { force: true });
  const source = new DatabaseSync(of.databaseFile, { readOnly: true, timeout: BUSY_MILLISECONDS });
  try {
    await backup(source, part);
  } finally {
    source.close();
  }
  const copy = new DatabaseSync(part);
  let media: number;
  try {
    copy.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL');
    media = await addMedia(copy, of.dataDir);
  } finally {
    copy.close();
  }
  const verified = await rehearse(part);
  if (verified.faults.length > 0) return fail(verified.faults);
  syncFile(part);
  renameSync(part, target);
  syncFile(path.dirname(target));
  raiseSafe(of.databaseFile, verified);
  return ok({ ...verified, media, bytes: statSync(target).size });
}

/** Verifies the county's database where it stands. */
export function verifyInPlace(databaseFile: string): Verified {
  const db = new DatabaseSync(databaseFile, { readOnly: true, timeout: BUSY_MILLISECONDS });
  try {
    return verifyDatabase(db);
  } finally {
    db.close();
  }
}
