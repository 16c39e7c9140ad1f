/**
 * Makes a backup while the county runs. It counts, and `safe` rises, only after it was put back
 * into another folder and everything was computed again there.
 *
 *     lock ─► room ─► snapshot ─► put back elsewhere, verify ─► media by hash ─► seal, open again
 *                                        └─ any fault: nothing counts, the last good one stays
 *          ─► name, note ─► safe ─► old ones go
 *
 * Sealed to the recovery keys in force; the copy in clear lies in DATA_DIR for as long as it is
 * looked at. In clear only when somebody says so, and the audit says it too.
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
import { fail, ok, type Instant, type PersonId, type Result } from '../../domain/values.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import type { Recipient } from '../../protocol/sealed.ts';
import { openDatabase, openFile, type AllTables, type Opened } from '../container.ts';
import { COUNTY } from '../county.ts';
import type { ServerEnv } from '../env.ts';
import { recoveryRecipients } from '../keys/officer-key-rows.ts';
import { sqlCountyStore } from '../store/county-store-sql.ts';
import { makeFolder } from '../store/guard.ts';
import { isDiskFull } from '../store/disk-full.ts';
import type { CountyTables } from '../store/tables.ts';
import { FREE_BYTES_MIN } from '../sync/limits.ts';
import { astray, whyNotOn, type Astray } from './astray.ts';
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
import { openScratch, poolKeyOf, sealSnapshot } from './sealed-snapshot.ts';
import { lyingOn, plainShelf, poolShelf } from './shelf.ts';
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
  /** In clear, whatever keys there are. */
  readonly plain?: boolean;
}

export interface BackedUp extends Verified, Pooled {
  readonly file: string;
  readonly bytes: number;
  readonly ms: number;
  /** `safe` of the county afterwards. */
  readonly safe: number;
  readonly pruned: readonly string[];
  /** Keys that open it; empty: it lies in clear. */
  readonly sealedTo: readonly string[];
  /** Backups there that were left behind: another history ends in them; never pruned. */
  readonly leftBehind: readonly string[];
  /** Backups of before that lie in clear in the same folder. */
  readonly clearThere: number;
}

type Refused = readonly string[];

/** Whom it is sealed to, and the key of the photos; null: in clear. */
type Seal = { readonly recipients: readonly Recipient[]; readonly poolKey: Bytes } | null;

const NO_KEY =
  'There is no recovery key, so nothing was written. The director makes one at the desk ' +
  '(设置, 钥匙), a second person puts it in force. Until then in clear, if the disk is guarded: ' +
  'npm run backup -- --plain, or BACKUP_PLAIN=1 for those that the server makes.';

/** How this one is made; the audit names every one that is made in clear. */
async function sealOf(
  opened: Opened,
  { plain, intakeKeyFile }: { readonly plain: boolean; readonly intakeKeyFile: string },
): Promise<Result<Seal, string>> {
  const db = opened.db as unknown as Kysely<CountyTables>;
  if (plain) {
    const store = sqlCountyStore(db, { lockHead: opened.kind === 'postgres' });
    const at = new Date().toISOString() as Instant;
    const line = { at, personId: 'system' as PersonId, action: 'backup.plain', caseId: null };
    const audit = [{ ...line, note: 'a backup in clear was asked for' }];
    await store.transact(COUNTY.code, (tx) => tx.write({ audit }));
    return ok(null);
  }
  const recipients = await recoveryRecipients({ db, county: COUNTY.code, intakeKeyFile });
  if (recipients.length === 0) return fail(NO_KEY);
  return ok({ recipients, poolKey: await poolKeyOf(opened.db) });
}

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

/** So many copies of the database must fit, and the county must have room left afterwards. */
function roomFault(env: ServerEnv, folder: string, copies: number): string | null {
  const size = env.postgresUrl === null ? statSync(env.databaseFile).size : 0;
  const { bavail, bsize } = statfsSync(folder);
  const [free, need] = [bavail * bsize, copies * size + 2 * FREE_BYTES_MIN];
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

/** What of a folder is not in the log as it stands now. */
const astrayIn = (opened: Opened, folder: string): Promise<readonly Astray[]> => {
  const notes = verifiedIn(folder);
  const db = opened.db as unknown as Kysely<CountyTables>;
  const store = sqlCountyStore(db, { lockHead: opened.kind === 'postgres' });
  return store.transact(COUNTY.code, (tx) => astray(tx, COUNTY.code, notes));
};

/** A county that was put back in silence makes no backup: the ones before are the last copy. */
async function aheadFault(opened: Opened, folders: readonly string[]): Promise<string | null> {
  for (const folder of new Set(folders)) {
    const why = whyNotOn(folder, await astrayIn(opened, folder));
    if (why !== null) return why;
  }
  return null;
}

interface Making {
  readonly folder: string;
  /** Where the copy in clear is made and looked at. */
  readonly scratch: string;
  readonly whole: boolean;
  readonly seal: Seal;
}

/** Puts the file back elsewhere and looks at everything; media come into the pool meanwhile. */
async function rehearse(
  env: ServerEnv,
  part: string,
  { folder, scratch, whole, seal }: Making,
): Promise<Verified & Pooled> {
  const elsewhere = mkdtempSync(path.join(scratch, '.rehearsal-'));
  try {
    const file = path.join(elsewhere, 'daiban.sqlite');
    copyFileSync(part, file);
    const verified = await verifyFile(file, { sealing: env });
    if (verified.broken > 0) return { ...verified, added: 0 };
    const db = openFile(file);
    const files = await wholeFiles(db as unknown as Kysely<CountyTables>);
    await db.destroy();
    const share = Math.floor(Date.now() / HOUR_MS) % REHASH_PARTS;
    const rehash = (sha: string) => whole || parseInt(sha.slice(0, 2), 16) % REHASH_PARTS === share;
    const found = noFindings();
    const to = poolShelf(folder, seal?.poolKey ?? null);
    const from = plainShelf(env.mediaDir);
    const lying = files.map((file) => lyingOn(from, file));
    const room = poolRoomFault(to, lying, FREE_BYTES_MIN);
    if (room !== null) return { ...verified, broken: 1, faults: [room], added: 0 };
    const pooled = await fillPool({ from, to, rehash }, files, found);
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
async function make(env: ServerEnv, making: Making) {
  const { folder, scratch, seal } = making;
  const at = new Date().toISOString();
  const { n, name } = nextName(folder, at);
  const part = path.join(folder, `${name}.part`);
  const clear = path.join(scratch, `${name}.part`);
  try {
    await takeSnapshot(env, clear);
    const verified = await rehearse(env, clear, making);
    if (verified.broken > 0 || verified.attempts < verified.minimum)
      return fail<Refused>(verified.faults.length > 0 ? verified.faults : ['too little was read']);
    if (seal !== null) {
      const sealed = await sealSnapshot(clear, part, seal.recipients);
      if (!sealed.ok) return fail<Refused>([sealed.error]);
    }
    const bytes = statSync(part).size;
    const hash = (await hashOfFile(part)) ?? '';
    renameSync(part, path.join(folder, name));
    syncPath(folder);
    const { attempts, rows, cases, media, mediaBytes } = verified;
    const heads = [...verified.heads];
    const counted = { attempts, rows, cases, media, mediaBytes };
    const sealedTo = seal?.recipients.map(({ keyId }) => keyId);
    const manifest: Manifest = {
      ...{ format: seal === null ? 1 : 2, n, at, file: name, bytes, sha256: hash, heads },
      ...counted,
      ...(sealedTo === undefined ? {} : { sealedTo }),
    };
    writeManifest(folder, manifest);
    return ok({ verified, manifest });
  } finally {
    for (const file of new Set([part, clear])) rmSync(file, { force: true });
  }
}

/** With the scratch folder, where one is needed; it is emptied whatever comes of it. */
async function makeIn(
  env: ServerEnv,
  how: Omit<Making, 'scratch'>,
): Promise<ReturnType<typeof make> extends Promise<infer R> ? R : never> {
  const { folder, seal } = how;
  const room = roomFault(env, folder, seal === null ? 2 : 1);
  if (room !== null) return fail([room]);
  if (seal === null) return make(env, { ...how, scratch: folder });
  const scratch = openScratch(env);
  if (!scratch.ok) return fail([scratch.error]);
  try {
    const { dir } = scratch.value;
    const here = roomFault(env, dir, 2);
    return here === null ? await make(env, { ...how, scratch: dir }) : fail([here]);
  } finally {
    scratch.value.release();
  }
}

async function attempt(
  env: ServerEnv,
  how: Omit<Making, 'scratch'>,
): Promise<ReturnType<typeof make> extends Promise<infer R> ? R : never> {
  const { folder } = how;
  const lock = lockFolder(folder);
  if (!lock.ok) return fail([lock.error]);
  try {
    sweep(folder);
    return await makeIn(env, how);
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
  const opened = await openDatabase(env);
  const { db } = opened;
  try {
    const before = (await readBackupState(db)).verified;
    const other = into.newFolder ? null : otherDisk(folder, before?.file);
    const refused =
      folderFault(env, folder) ?? other ?? (await aheadFault(opened, [folder, env.backupDir]));
    const { intakeKeyFile } = env;
    const how = { plain: into.plain ?? env.backupPlain, intakeKeyFile };
    const seal = refused === null ? await sealOf(opened, how) : null;
    const made = await (seal?.ok
      ? attempt(env, { folder, whole: into.whole ?? true, seal: seal.value })
      : fail([refused ?? seal?.error ?? '']));
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
    const left = (await astrayIn(opened, folder)).map((one) => one.file);
    const pruned = prune(folder, new Set(left));
    const seen = { pruned, leftBehind: left };
    const { sealedTo = [] } = manifest;
    const clearThere = verifiedIn(folder).filter((one) => one.sealedTo === undefined).length;
    return ok({ ...verified, file, bytes, ms, safe, ...seen, sealedTo, clearThere });
  } finally {
    await db.destroy();
  }
}
