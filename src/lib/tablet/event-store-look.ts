import type { CaseLook, CaseRecord, EventRow, MediaRecord, Unsent } from '../ports/tablet-store.ts';
import { StoreFailure } from '../ports/tablet-store.ts';
import { SYNC_KEY, type MetaRow, type TabletDb } from './db.ts';
import { CASE_INDEX, PLACE_INDEX } from './db-name.ts';
import { ofState } from './event-store-exchange.ts';
import { all, native } from './event-store-native.ts';

/** Everything of one case in one native transaction: what stands in front of every act. */
export async function lookAt(db: TabletDb, caseId: string): Promise<CaseLook> {
  if (!db.isOpen()) await db.open();
  const tx = db.backendDB().transaction(['events', 'cases', 'meta', 'media'], 'readonly');
  const asked = {
    record: tx.objectStore('cases').get(caseId) as IDBRequest<CaseRecord | undefined>,
    media: tx.objectStore('media').index(CASE_INDEX).getAll(caseId) as IDBRequest<MediaRecord[]>,
    rows: tx.objectStore('events').index(CASE_INDEX).getAll(caseId) as IDBRequest<EventRow[]>,
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
    events: asked.rows.result,
    media: asked.media.result,
  };
}

/** Every row of one state, in (dv, ds) order. */
export function eventsIn(db: TabletDb, state: EventRow['state']): Promise<readonly EventRow[]> {
  return native<readonly EventRow[]>(
    db,
    { stores: ['events'], mode: 'readonly' },
    (tx, step, done) => {
      const index = tx.objectStore('events').index(PLACE_INDEX);
      all(step, [index.getAll(ofState(state)) as IDBRequest<EventRow[]>], ([rows = []]) =>
        done(rows),
      );
    },
  );
}

/** Rows of one page of the outbox: fewer requests than rows, and never all of a long queue. */
const PAGE_ROWS = 256;

/**
 * The first unsent rows in the order they were made. Those behind them are told by the places that
 * this device took: counting keys of an index takes as long as reading all of them.
 */
export function unsentFirst(db: TabletDb, bytes: number): Promise<Unsent> {
  const stores = ['events', 'meta'];
  return native<Unsent>(db, { stores, mode: 'readonly' }, (tx, step, done) => {
    const index = tx.objectStore('events').index(PLACE_INDEX);
    const meta = tx.objectStore('meta').get(SYNC_KEY) as IDBRequest<MetaRow | undefined>;
    const behind = (rows: readonly EventRow[]): void => {
      const [last, sync] = [rows.at(-1), meta.result?.sync];
      if (last && last.dv === sync?.dv)
        return done({ rows, count: rows.length + Math.max(1, sync.dsNext - 1 - last.ds) });
      // Rows of a device before this one: rare, and only until the next answer.
      all(step, [index.count(ofState('p'))], ([count = 0]) => done({ rows, count }));
    };
    const page = (range: IDBKeyRange, taken: readonly EventRow[], room: number): void => {
      const request = index.getAll(range, PAGE_ROWS) as IDBRequest<EventRow[]>;
      all(step, [request], ([rows = []]) => {
        let left = room;
        const fits = rows.filter((r, i) => (left -= r.bytes) >= 0 || (i === 0 && !taken.length));
        const found = [...taken, ...fits];
        const last = rows.at(-1);
        if (fits.length < rows.length) return behind(found);
        if (!last || rows.length < PAGE_ROWS) return done({ rows: found, count: found.length });
        page(IDBKeyRange.bound(['p', last.dv, last.ds], ['p', []], true), found, left);
      });
    };
    page(ofState('p'), [], bytes);
  });
}

/** Records of these cases, in one transaction; what is not here is left out. */
export function casesOf(db: TabletDb, ids: readonly string[]): Promise<readonly CaseRecord[]> {
  return native<CaseRecord[]>(db, { stores: ['cases'], mode: 'readonly' }, (tx, step, done) => {
    const store = tx.objectStore('cases');
    const asked = ids.map((id) => store.get(id) as IDBRequest<CaseRecord | undefined>);
    all(step, asked, (found) => done(found.filter((c) => c !== undefined)));
  });
}
