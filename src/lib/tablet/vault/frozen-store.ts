/**
 * A store that nobody writes any more: its version was raised past every build's, so each window
 * lets go of it and none comes back. Only the move into a vault opens it, natively.
 */
import { StoreFailure } from '../../ports/tablet-store.ts';
import { storeFailure, TabletDb } from '../db.ts';
import { DATABASE_VERSION, SYNC_KEY, type MetaRow } from '../db-name.ts';

/** Between our version and the next one of Dexie's: no build asks for it. */
export const FROZEN_VERSION = DATABASE_VERSION * 10 + 1;
/** Windows let go at once; one that does not is asked for so long. */
export const FREEZE_MS = 10_000;

/** Brings an older store up to this build's version, so that the rows are of one form. */
async function broughtUp(name: string): Promise<void> {
  const db = new TabletDb(name);
  try {
    await db.open();
  } catch (error) {
    const failure = storeFailure(error);
    // Frozen already: it was brought up before that.
    if (!(failure instanceof StoreFailure) || failure.code !== 'STORE_NEWER') throw failure;
  } finally {
    db.close({ disableAutoOpen: true });
  }
}

const isThere = async (name: string): Promise<boolean> =>
  (await indexedDB.databases()).some((db) => db.name === name);

const opened = (name: string): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(storeFailure(request.error) as Error);
  });

/** Device id of a store, whatever its version; null when there is none or it was never begun. */
export async function deviceOf(name: string): Promise<string | null> {
  if (!(await isThere(name))) return null;
  const store = new FrozenStore(await opened(name));
  try {
    const rows = await store.all<MetaRow>('meta');
    return rows.find(({ key }) => key === SYNC_KEY)?.sync?.dv ?? null;
  } catch (error) {
    throw storeFailure(error);
  } finally {
    store.close();
  }
}

/** Freezes a store and opens it; null when there is none (any more). */
export async function freeze(name: string): Promise<FrozenStore | null> {
  if (!(await isThere(name))) return null;
  await broughtUp(name);
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, FROZEN_VERSION);
    const late = setTimeout(() => reject(new StoreFailure('STORE_BROKEN')), FREEZE_MS);
    // Nothing changes but the number; who waits too long for it finds it frozen the next time.
    request.onupgradeneeded = () => undefined;
    request.onsuccess = () => {
      clearTimeout(late);
      resolve(new FrozenStore(request.result));
    };
    request.onerror = () => {
      clearTimeout(late);
      reject(storeFailure(request.error) as Error);
    };
  });
}

/** Rows of a frozen store, read and taken away in pages. */
export class FrozenStore {
  private readonly db: IDBDatabase;

  constructor(db: IDBDatabase) {
    this.db = db;
    // Another window freezes it too, or takes it away because everything has moved.
    db.onversionchange = () => db.close();
  }

  /** The first rows of a table by key, after what was taken away. */
  page<T>(table: string, rows: number): Promise<readonly T[]> {
    return this.run<T[]>(table, 'readonly', (store) => store.getAll(null, rows));
  }

  all<T>(table: string): Promise<readonly T[]> {
    return this.run<T[]>(table, 'readonly', (store) => store.getAll());
  }

  async count(table: string): Promise<number> {
    return this.run<number>(table, 'readonly', (store) => store.count());
  }

  /** Strict; only for rows that stand elsewhere by now. */
  async remove(table: string, keys: readonly IDBValidKey[]): Promise<void> {
    await this.run(table, 'readwrite', (store) => {
      for (const key of keys) store.delete(key);
      return store.count();
    });
  }

  /** Takes the whole database away. Rejects when a window holds it. */
  delete(): Promise<void> {
    const { name } = this.db;
    this.db.close();
    return new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = () => resolve();
      request.onblocked = () => reject(new StoreFailure('STORE_BROKEN'));
      request.onerror = () => reject(storeFailure(request.error) as Error);
    });
  }

  close(): void {
    this.db.close();
  }

  private run<T>(
    table: string,
    mode: 'readonly' | 'readwrite',
    ask: (store: IDBObjectStore) => IDBRequest,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const tx = this.db.transaction([table], mode, { durability: 'strict' });
      const request = ask(tx.objectStore(table));
      tx.oncomplete = () => resolve(request.result as T);
      tx.onabort = () => reject(storeFailure(tx.error ?? request.error) as Error);
    });
  }
}
