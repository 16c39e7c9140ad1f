/**
 * Puts the county together from its drivers; the only file that picks them.
 *
 *     environment ─► lock, local disk ─► SQLite, migrations ─► history, high water ─► Container
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { Kysely } from 'kysely';
import type { Subject } from '../domain/permissions.ts';
import type { ClockAndIds } from '../ports/clock-and-ids.ts';
import type { CountyStore } from '../ports/county-store.ts';
import type { MediaStore } from '../ports/media-store.ts';
import type { DigestSync } from '../protocol/hash.ts';
import type { AuthTables } from './auth/tables.ts';
import { serverClock } from './clock.ts';
import { AREAS, COUNTY } from './county.ts';
import { readEnv, type ServerEnv } from './env.ts';
import { directoryMediaStore } from './media/directory.ts';
import { sqlCountyStore } from './store/county-store-sql.ts';
import { localDisk, lockDir, makeFolder, noDemoAccounts, notBackwards } from './store/guard.ts';
import { highWaterKeeper } from './store/high-water.ts';
import { migrateForward } from './store/migrate.ts';
import { ensureHistory } from './store/open-county.ts';
import { openSqlite, sqliteDialect } from './store/sqlite.ts';
import type { CountyTables } from './store/tables.ts';
import type { CountyDeps } from './sync/deps.ts';
import { domainJudge } from './sync/domain-judge.ts';

export type AllTables = CountyTables & AuthTables;

export interface Container {
  readonly env: ServerEnv;
  /** 12-digit code of the county. */
  readonly county: string;
  /** For reading, and for tables of other floors; never inside `store.transact`. */
  readonly db: Kysely<AllTables>;
  readonly store: CountyStore;
  readonly media: MediaStore;
  readonly clock: ClockAndIds;
  readonly digest: DigestSync;
  /** What `exchange`, `recordAtCounty` and `adoptAside` take. */
  readonly sync: CountyDeps<Subject>;
  /** Calls back after every commit that moved the log; returns the way to stop. */
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

const sha256: DigestSync = (bytes) => createHash('sha256').update(bytes).digest();

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

/**
 * Opens a county in its data folder. Throws `StartRefused` when the place is not fit.
 * One process at a time may hold it.
 */
export async function openContainer(env: ServerEnv): Promise<Container> {
  const { dataDir, databaseFile, spreadSeconds } = env;
  mustHold(localDisk(dataDir));
  if (env.production) mustHold(noDemoAccounts(dataDir));
  const lock = mustHold(lockDir(dataDir));
  makeFolder(path.dirname(databaseFile));
  try {
    const db = new Kysely<AllTables>({ dialect: sqliteDialect(openSqlite(databaseFile)) });
    await migrateForward(db);
    const tables = db as unknown as Kysely<CountyTables>;
    const clock = serverClock(await lastReceivedAt(tables));
    const store = sqlCountyStore(tables, { lockHead: false });
    const { epoch, head } = await ensureHistory(store, COUNTY.code, clock.now());
    mustHold(await store.transact(COUNTY.code, (tx) => notBackwards(dataDir, COUNTY.code, tx)));
    const water = highWaterKeeper({ dataDir, county: COUNTY.code, epoch: epoch.id, store, head });
    const heard = listeners();
    heard.add(water.raise);
    const sync: CountyDeps<Subject> = {
      county: COUNTY.code,
      store,
      clock,
      digest: sha256,
      judge: domainJudge(COUNTY.code, AREAS),
      settings: { spreadSeconds, minBuild: '0' },
      committed: heard.tell,
    };
    const media = directoryMediaStore(path.join(dataDir, 'media'));
    let open = true;
    return {
      env,
      county: COUNTY.code,
      db,
      store,
      media,
      clock,
      digest: sha256,
      sync,
      onCommitted: heard.add,
      get open() {
        return open;
      },
      close: async () => {
        if (!open) return;
        open = false;
        await water.close();
        await store.close();
        lock.release();
      },
    };
  } catch (error) {
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
