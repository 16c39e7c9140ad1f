import type {
  CaseCounts,
  CaseRecord,
  DraftRecord,
  MediaRecord,
  SyncRecord,
} from '../ports/tablet-store.ts';
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

const NATIVE_VERSION = 10;

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
  const tx = db.transaction(['cases', 'drafts', 'meta', 'media', 'events'], 'readonly');
  const meta = (key: string): Promise<MetaRow | undefined> =>
    asked(tx.objectStore('meta').get(key) as IDBRequest<MetaRow | undefined>);
  const [sync, session, settings, cases, drafts, media, counts] = await Promise.all([
    meta('sync'),
    meta(META.session),
    meta(META.settings),
    asked(tx.objectStore('cases').getAll() as IDBRequest<CaseRecord[]>),
    asked(tx.objectStore('drafts').getAll() as IDBRequest<DraftRecord[]>),
    asked(tx.objectStore('media').getAll() as IDBRequest<MediaRecord[]>),
    countOwn(tx.objectStore('events').index('[state+caseId]')),
  ]);
  return {
    ...{ sync: sync?.sync ?? null, session: session?.body ?? null },
    ...{ settings: settings?.body ?? null, cases, drafts, media, counts },
  };
}

/** Counts by index keys alone; bodies are not read. */
async function countOwn(index: IDBIndex): Promise<Map<string, CaseCounts>> {
  const out = new Map<string, CaseCounts>();
  const each = (state: 'p' | 'a' | 'q'): Promise<void> =>
    new Promise((resolve, reject) => {
      const cursor = index.openKeyCursor(IDBKeyRange.bound([state, ''], [state, '\uffff']));
      cursor.onerror = () => reject(cursor.error ?? new Error('read failed'));
      cursor.onsuccess = () => {
        const at = cursor.result;
        if (!at) return resolve();
        const caseId = (at.key as [string, string])[1];
        const c = out.get(caseId) ?? { p: 0, a: 0, q: 0 };
        out.set(caseId, { ...c, [state]: c[state] + 1 });
        at.continue();
      };
    });
  await Promise.all([each('p'), each('a'), each('q')]);
  return out;
}
