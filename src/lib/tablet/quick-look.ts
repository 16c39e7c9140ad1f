import type {
  CaseCounts,
  CaseRecord,
  DraftRecord,
  MediaRecord,
  SyncRecord,
} from '../ports/tablet-store.ts';
import { DATABASE_VERSION } from './db-name.ts';
import { LIST_KEY, marksOf, type Moved } from './list-marks.ts';
import { countsOf, type StoredCase } from './own-counts.ts';
import { META } from './settings.ts';

/** What the first list needs, read in one native transaction before any library is loaded. */
export interface QuickLook {
  readonly sync: SyncRecord | null;
  readonly session: Uint8Array | null;
  readonly settings: Uint8Array | null;
  /** The list kept in one body; null: there is none that holds, and `cases` are all of them. */
  readonly list: KeptBody | null;
  /** Records of all cases, or of those that the list does not know as they are now. */
  readonly cases: readonly CaseRecord[];
  readonly drafts: readonly DraftRecord[];
  readonly media: readonly MediaRecord[];
  readonly counts: ReadonlyMap<string, CaseCounts>;
}

/** A list of cases in one body, and what of it no longer holds. */
export interface KeptBody {
  readonly body: Uint8Array;
  /** Cases that changed since: their records count, and those without one are gone. */
  readonly moved: readonly string[];
  /** The same look without the list, whose body cannot be opened: it is taken away. */
  whole(): Promise<Pick<QuickLook, 'cases' | 'counts' | 'media'>>;
}

interface MetaRow {
  readonly body?: Uint8Array;
  readonly sync?: SyncRecord;
  readonly moved?: Moved;
  readonly gen?: number;
}

const NATIVE_VERSION = DATABASE_VERSION * 10;

/**
 * Opens the database only if it is there in exactly our version: creating or upgrading it is the
 * store's business. Null when there is nothing to look at; rejects when it cannot be opened.
 */
export const quickLook = (name: string): Promise<QuickLook | null> => look(name, true);

async function look(name: string, kept: boolean): Promise<QuickLook | null> {
  const db = await openExisting(name);
  if (!db) return null;
  try {
    return await read(db, kept);
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

/**
 * One transaction without a promise between its requests:
 *
 *     meta, drafts, files --> the list holds: records of its marked cases
 *                         --> else: all records
 */
function read(db: IDBDatabase, kept: boolean): Promise<QuickLook> {
  const mode = kept ? 'readonly' : 'readwrite';
  const tx = db.transaction(['cases', 'drafts', 'meta', 'media'], mode);
  const [meta, cases] = [tx.objectStore('meta'), tx.objectStore('cases')];
  const row = (key: string): IDBRequest<MetaRow | undefined> =>
    meta.get(key) as IDBRequest<MetaRow | undefined>;
  const [sync, session, settings] = [row('sync'), row(META.session), row(META.settings)];
  const drafts = tx.objectStore('drafts').getAll() as IDBRequest<DraftRecord[]>;
  const media = tx.objectStore('media').getAll() as IDBRequest<MediaRecord[]>;
  const list = row(LIST_KEY);
  let found: (() => { list: QuickLook['list']; cases: StoredCase[] }) | null = null;
  // Requests of one transaction are answered in order: all of the others are answered by then.
  list.onsuccess = () => {
    const body = list.result?.body;
    const moved = kept && body ? marksOf(sync.result?.moved, list.result) : null;
    if (!body || !moved) {
      if (!kept) meta.delete(LIST_KEY);
      const all = cases.getAll() as IDBRequest<StoredCase[]>;
      found = () => ({ list: null, cases: all.result });
      return;
    }
    const some = moved.map((id) => cases.get(id) as IDBRequest<StoredCase | undefined>);
    const whole = async () =>
      (await look(db.name, false)) ?? { cases: [], counts: new Map(), media: [] };
    found = () => ({
      list: { body, moved, whole },
      cases: some.flatMap(({ result }) => result ?? []),
    });
  };
  return new Promise((resolve, reject) => {
    tx.onabort = () => reject(tx.error ?? new Error('read failed'));
    tx.oncomplete = () => {
      if (!found) return reject(new Error('read failed'));
      const here = found();
      resolve({
        ...{ sync: sync.result?.sync ?? null, session: session.result?.body ?? null },
        ...{ settings: settings.result?.body ?? null, drafts: drafts.result },
        ...{ media: media.result, ...here, counts: countsOf(here.cases) },
      });
    };
  });
}
