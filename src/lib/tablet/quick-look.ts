import type {
  CaseCounts,
  CaseRecord,
  DraftRecord,
  MediaRecord,
  SyncRecord,
} from '../ports/tablet-store.ts';
import { DATABASE_VERSION } from './db-name.ts';
import { countsOf, type StoredCase } from './own-counts.ts';
import { META } from './settings.ts';

/** What the first list needs, read in one native transaction before any library is loaded. */
export interface QuickLook {
  readonly sync: SyncRecord | null;
  readonly session: Uint8Array | null;
  readonly settings: Uint8Array | null;
  readonly cases: readonly CaseRecord[];
  readonly drafts: readonly DraftRecord[];
  readonly media: readonly MediaRecord[];
  readonly counts: ReadonlyMap<string, CaseCounts>;
}

interface MetaRow {
  readonly body?: Uint8Array;
  readonly sync?: SyncRecord;
}

const NATIVE_VERSION = DATABASE_VERSION * 10;

/**
 * Opens the database only if it is there in exactly our version: creating or upgrading it is the
 * store's business. Null when there is nothing to look at; rejects when it cannot be opened.
 */
export async function quickLook(name: string): Promise<QuickLook | null> {
  const db = await openExisting(name);
  if (!db) return null;
  try {
    return await readAll(db);
  } finally {
    db.close();
  }
}

function openExisting(name: string): Promise<IDBDatabase | null> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, NATIVE_VERSION);
    let created = false;
    request.onupgradeneeded = () => {
      created = true;
      request.transaction?.abort();
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => {
      // A newer database is no failure of the look: the store will say STORE_NEWER.
      if (created || request.error?.name === 'VersionError') resolve(null);
      else reject(request.error ?? new Error('open failed'));
    };
  });
}

const asked = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('read failed'));
  });

async function readAll(db: IDBDatabase): Promise<QuickLook> {
  const tx = db.transaction(['cases', 'drafts', 'meta', 'media'], 'readonly');
  const meta = (key: string): Promise<MetaRow | undefined> =>
    asked(tx.objectStore('meta').get(key) as IDBRequest<MetaRow | undefined>);
  const [sync, session, settings, cases, drafts, media] = await Promise.all([
    meta('sync'),
    meta(META.session),
    meta(META.settings),
    asked(tx.objectStore('cases').getAll() as IDBRequest<StoredCase[]>),
    asked(tx.objectStore('drafts').getAll() as IDBRequest<DraftRecord[]>),
    asked(tx.objectStore('media').getAll() as IDBRequest<MediaRecord[]>),
  ]);
  return {
    ...{ sync: sync?.sync ?? null, session: session?.body ?? null },
    ...{ settings: settings?.body ?? null, cases, drafts, media },
    counts: countsOf(cases),
  };
}
