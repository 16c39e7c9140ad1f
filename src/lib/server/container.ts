/**
 * Puts the county together from its drivers; the only file that picks them.
 *
 *     environment ─► lock, local disk ─► SQLite or PostgreSQL, migrations ─► history, high water
 *                 ─► signals of the other nodes ─► Container
 */
import { hash } from 'node:crypto';
import path from 'node:path';
import { Kysely } from 'kysely';
import type { Subject } from '../domain/permissions.ts';
import type { ClockAndIds } from '../ports/clock-and-ids.ts';
import type { CountyStore } from '../ports/county-store.ts';
import type { MediaStore } from '../ports/media-store.ts';
import type { DigestSync } from '../protocol/hash.ts';
import { subjectOf } from './auth/subject.ts';
import type { AuthTables } from './auth/tables.ts';
import { serverClock } from './clock.ts';
import { AREAS, COUNTY } from './county.ts';
import { readEnv, type ServerEnv } from './env.ts';
import { countyKeyring, type CountyKeyring } from './intake-keys/county-keys.ts';
import { astray, whyNotOn } from './jobs/astray.ts';
import { notesIn } from './jobs/backup-folder.ts';
import { CopyOpener } from './intake-keys/open-copies.ts';
import { beginKeyHeads, signOlderKeys, type OlderDeps } from './keys/officer-key-older.ts';
import { recoveryInForce } from './keys/officer-key-rows.ts';
import { clearingOf, type Clearing } from './sealing/clearing.ts';
import { sealingOn, type AtRest } from './sealing/sealing-on.ts';
import { directoryMediaStore } from './media/directory.ts';
import { sqlCountyStore } from './store/county-store-sql.ts';
import {
  closeToOthers,
  localDisk,
  lockPlace,
  makeFolder,
  noDemoAccounts,
  notBackwards,
  readMarks,
} from './store/guard.ts';
import { highWaterKeeper } from './store/high-water.ts';
import { migrateForward } from './store/migrate.ts';
import { ensureHistory } from './store/open-county.ts';
import { openPostgres } from './store/postgres.ts';
import type { ServerIdentity } from './store/postgres-guard.ts';
import { postgresSignals } from './store/signals.ts';
import { openSqlite, sqliteDialect } from './store/sqlite.ts';
import type { CountyTables } from './store/tables.ts';
import type { CountyDeps } from './sync/deps.ts';
import { domainJudge } from './sync/domain-judge.ts';
import { checkSignature } from './sync/signature.ts';

export type AllTables = CountyTables & AuthTables;

/** Which kind of database it is, for those that must know. */
export interface Database {
  readonly kind: 'sqlite' | 'postgres';
  /** Runs `work` while no other node does the same: for whatever changes tables. */
  exclusively<T>(this: void, work: () => Promise<T>): Promise<T>;
}

export interface Container {
  readonly env: ServerEnv;
  /** 12-digit code of the county. */
  readonly county: string;
  /** For reading, and for tables of other floors; never inside `store.transact`. */
  readonly db: Kysely<AllTables>;
  readonly database: Database;
  readonly store: CountyStore;
  readonly media: MediaStore;
  readonly clock: ClockAndIds;
  readonly digest: DigestSync;
  /** What `exchange`, `recordAtCounty` and `adoptAside` take. */
  readonly sync: CountyDeps<Subject>;
  /** What tablets seal to, and what opens it. */
  readonly keys: CountyKeyring;
  /** How sealed cases lie in the database. */
  readonly atRest: AtRest;
  /** What follows the commit that sealed a case of before. */
  readonly clearing: Clearing;
  /**
   * Calls back after the log moved, by whatever node, within a second; returns the way to stop.
   * On SQLite this process is the only one.
   */
  onCommitted(listener: (seq: number) => void): () => void;
  /** True until `close` began. */
  readonly open: boolean;
  close(): Promise<void>;
}

/** The county refuses to start; the message says in plain words why and what to do. */
export class StartRefused extends Error {
  override name = 'StartRefused';
}

const mustHold = <T>(result: { ok: true; value: T } | { ok: false; error: string }): T => {
  if (!result.ok) throw new StartRefused(result.error);
  return result.value;
};

const sha256: DigestSync = (bytes) => hash('sha256', bytes, 'buffer');

async function lastReceivedAt(db: Kysely<CountyTables>): Promise<string | null> {
  const row = await db
    .selectFrom('log')
    .select('received_at')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.received_at ?? null;
}

function listeners() {
  const all = new Set<(seq: number) => void>();
  return {
    add: (listener: (seq: number) => void) => {
      all.add(listener);
      return () => void all.delete(listener);
    },
    tell: (seq: number) => {
      for (const listener of all) listener(seq);
    },
  };
}

/** The env's own database, whatever kind: no lock on the folder, nothing migrated. */
export interface Opened extends Database {
  readonly db: Kysely<AllTables>;
  readonly server: ServerIdentity | null;
}

/** Opens the database that the settings name; throws `StartRefused` where no county may be kept. */
export async function openDatabase({ postgresUrl, databaseFile }: ServerEnv): Promise<Opened> {
  if (postgresUrl === null) {
    makeFolder(path.dirname(databaseFile));
    const exclusively = <T>(work: () => Promise<T>) => work();
    return { db: openFile(databaseFile), server: null, kind: 'sqlite', exclusively };
  }
  const { dialect, identity, exclusively } = mustHold(await openPostgres(postgresUrl));
  return {
    db: new Kysely<AllTables>({ dialect }),
    server: identity,
    kind: 'postgres',
    exclusively,
  };
}

/** How the log's moves are told: to this process at once, and on PostgreSQL to the other nodes. */
async function tellingOf(
  { postgresUrl }: ServerEnv,
  tables: Kysely<CountyTables>,
  heard: (seq: number) => void,
): Promise<{ tell: (seq: number) => void; close: () => Promise<void> }> {
  if (postgresUrl === null) return { tell: heard, close: async () => undefined };
  const head = async () => {
    const query = tables.selectFrom('log_head').select('seq').where('county', '=', COUNTY.code);
    return Number((await query.executeTakeFirst())?.seq ?? 0);
  };
  return postgresSignals({ url: postgresUrl, county: COUNTY.code, head, heard });
}

interface PlaceOf {
  readonly store: CountyStore;
  readonly server: ServerIdentity | null;
  /** False: the backups are not looked at. */
  readonly looks?: boolean;
}

/**
 * Why this database must not be gone on with, as a sentence: it is older than what was promised, or
 * a checked backup has more. Null when nothing speaks against it.
 */
export async function placeFault(
  env: ServerEnv,
  { store, server, looks = true }: PlaceOf,
): Promise<string | null> {
  const county = COUNTY.code;
  const marks = readMarks(env, county);
  if (!marks.ok) return marks.error;
  const notes = looks ? notesIn(env.backupDir) : [];
  return store.transact(county, async (tx) => {
    const held = await notBackwards({ marks: marks.value, county, server }, tx);
    // The backup first: its sentence names the file that has what is missing.
    return (
      whyNotOn(env.backupDir, await astray(tx, county, notes)) ?? (held.ok ? null : held.error)
    );
  });
}

/** Keys of before get the county's hand; a file that cannot be read keeps no county from opening. */
const signKeysOfBefore = (older: OlderDeps): Promise<unknown> =>
  signOlderKeys(older)
    .then(() => beginKeyHeads(older))
    .catch((error: unknown) => console.error('keys of before are not signed yet', error));

async function openOn(
  env: ServerEnv,
  { db: bare, server, kind, exclusively }: Opened,
  { lock, looks }: { readonly lock: { release(): void }; readonly looks: boolean },
): Promise<Container> {
  const { dataDir, sentinelDir, mediaDir, spreadSeconds, minBuild, enrolmentCodes } = env;
  const county = COUNTY.code;
  await exclusively(() => migrateForward(bare));
  const clock = serverClock(await lastReceivedAt(bare as unknown as Kysely<CountyTables>));
  const how = { county, makes: true, shared: kind === 'postgres', now: clock.now };
  const { db, tables, atRest } = await sealingOn(env, bare, how);
  const traits = { lockHead: kind === 'postgres', notBefore: clock.notBefore };
  const media = directoryMediaStore(mediaDir, atRest);
  const clearing = clearingOf({ db: tables, county, media, kind });
  const store = sqlCountyStore(tables, { ...traits, atRest, rewritten: clearing.add });
  const { epoch, head } = await ensureHistory(store, county, clock.now());
  const fault = await placeFault(env, { store, server, looks });
  if (fault !== null) throw new StartRefused(fault);
  const { intakeKeyFile } = env;
  await signKeysOfBefore({ db: tables, county, store, intakeKeyFile, now: clock.now });
  const water = highWaterKeeper({
    dataDir,
    sentinelDir,
    county,
    epoch: epoch.id,
    store,
    head,
    server,
  });
  const heard = listeners();
  heard.add(water.raise);
  const telling = await tellingOf(env, tables, heard.tell);
  const keys = countyKeyring({
    ...{ file: intakeKeyFile, sealingFile: env.sealingKeyFile, county, now: clock.now },
    recovery: () => recoveryInForce({ db: tables, county, intakeKeyFile }),
  });
  const sync: CountyDeps<Subject> = {
    county,
    store,
    clock,
    digest: sha256,
    judge: domainJudge(county, AREAS),
    settings: { spreadSeconds, minBuild, enrolmentCodes },
    committed: telling.tell,
    signatures: checkSignature,
    sealed: {
      opener: async () => new CopyOpener(await keys.ring(), await keys.sealingRing()),
      askerOf: (personId) => subjectOf(db as unknown as Kysely<AuthTables>, personId),
    },
  };
  let open = true;
  return {
    ...{ env, county, db, store, media, clock, digest: sha256, sync, keys, atRest, clearing },
    database: { kind, exclusively },
    onCommitted: heard.add,
    get open() {
      return open;
    },
    close: async () => {
      if (!open) return;
      open = false;
      await telling.close();
      await clearing.idle();
      await water.close();
      await store.close();
      lock.release();
    },
  };
}

/**
 * Opens a county. Throws `StartRefused` when the place or the database is not fit.
 * `looks: false` is for tests that leave out the look at the backups. One process at a time may hold
 * a data folder; several, each with its own, may share a PostgreSQL.
 */
export async function openContainer(
  env: ServerEnv,
  { looks = true }: { readonly looks?: boolean } = {},
): Promise<Container> {
  mustHold(localDisk(env.dataDir));
  if (env.production) mustHold(noDemoAccounts(env.dataDir));
  const lock = mustHold(lockPlace(env));
  closeToOthers(env);
  let opened: Opened | undefined;
  try {
    opened = await openDatabase(env);
    return await openOn(env, opened, { lock, looks });
  } catch (error) {
    await opened?.db.destroy().catch(() => undefined);
    lock.release();
    throw error;
  }
}

/** One SQLite file as the county's tables: what the jobs open when they work on a copy. */
export const openFile = (file: string): Kysely<AllTables> =>
  new Kysely<AllTables>({ dialect: sqliteDialect(openSqlite(file)) });

const OPENING = Symbol.for('daiban.container');
/** Kept on the process, not in this module: a module that is loaded again finds the open county. */
const process_ = globalThis as { [OPENING]?: Promise<Container> | undefined };

async function openForProcess(): Promise<Container> {
  const env = readEnv(process.env);
  if (!env.ok) throw new StartRefused(env.error.join('\n'));
  const container = await openContainer(env.value);
  process.once('sveltekit:shutdown', () => void container.close());
  return container;
}

/** The one container of this server process, opened at the first call. */
export function getContainer(): Promise<Container> {
  process_[OPENING] ??= openForProcess().catch((error: unknown) => {
    // What was refused may be mended; the next call tries again.
    process_[OPENING] = undefined;
    throw error;
  });
  return process_[OPENING];
}
