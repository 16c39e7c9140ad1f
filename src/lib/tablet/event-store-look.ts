import type { CaseLook, CaseRecord, EventRow, MediaRecord } from '../ports/tablet-store.ts';
import { StoreFailure } from '../ports/tablet-store.ts';
import { SYNC_KEY, type MetaRow, type TabletDb } from './db.ts';
import { STATE_INDEX } from './db-name.ts';

const STATES: readonly EventRow['state'][] = ['p', 'a', 'q', 'f'];

/** Everything of one case in one native transaction: what stands in front of every act. */
export async function lookAt(db: TabletDb, caseId: string): Promise<CaseLook> {
  if (!db.isOpen()) await db.open();
  const tx = db.backendDB().transaction(['events', 'cases', 'meta', 'media'], 'readonly');
  const events = tx.objectStore('events').index(STATE_INDEX);
  const asked = {
    record: tx.objectStore('cases').get(caseId) as IDBRequest<CaseRecord | undefined>,
    media: tx.objectStore('media').index('caseId').getAll(caseId) as IDBRequest<MediaRecord[]>,
    rows: STATES.map((s) => events.getAll([s, caseId]) as IDBRequest<EventRow[]>),
    // The last to be answered: requests of one transaction are answered in order.
    meta: tx.objectStore('meta').get(SYNC_KEY) as IDBRequest<MetaRow | undefined>,
  };
  await new Promise<void>((resolve, reject) => {
    asked.meta.onsuccess = () => resolve();
    tx.onabort = () => reject(tx.error ?? new StoreFailure('STORE_BROKEN'));
  });
  return {
    record: asked.record.result ?? null,
    sync: asked.meta.result?.sync ?? null,
    events: asked.rows.flatMap((r) => r.result),
    media: asked.media.result,
  };
}
