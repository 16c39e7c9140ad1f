import { assert } from '../domain/values.ts';
import {
  STORE_WRITER,
  StoreFailure,
  type SyncRecord,
  type TabletStore,
} from '../ports/tablet-store.ts';
import { SYNC_KEY, storeFailure, type TabletDb } from './db.ts';
import { CASE_INDEX } from './db-name.ts';
import { draftTables } from './event-store-drafts.ts';
import { exchangeIn } from './event-store-exchange.ts';
import { casesOf, eventsIn, lookAt, unsentFirst } from './event-store-look.ts';
import { listTables } from './event-store-list.ts';
import { marked } from './list-marks.ts';
import { mediaTables } from './event-store-media.ts';
import { OwnChanges, countsOf } from './own-counts.ts';
import { saveAct, type SyncGuess } from './event-store-save.ts';
import { sealTables } from './event-store-seal.ts';

const syncOf = async (db: TabletDb): Promise<SyncRecord | null> =>
  (await db.meta.get(SYNC_KEY))?.sync ?? null;

/** The sync record, if this writer may still write here. */
export async function writableSync(db: TabletDb): Promise<SyncRecord> {
  const sync = await syncOf(db);
  assert(sync, 'the store was begun');
  if (sync.minWriter > STORE_WRITER) throw new StoreFailure('STORE_NEWER');
  return sync;
}

/** Exchange, cases and events over Dexie. */
function eventTables(db: TabletDb, guess: SyncGuess) {
  return {
    begin: async (first: SyncRecord) => {
      const sync = await db.transaction('rw', db.meta, async () => {
        const old = await syncOf(db);
        if (!old) await db.meta.put({ key: SYNC_KEY, sync: first });
        return old ?? first;
      });
      guess.row = (await db.meta.get(SYNC_KEY)) ?? null;
      return sync;
    },
    sync: () => syncOf(db),
    known: () => guess.row?.sync ?? null,
    exchange: async (scope, plan) => {
      const done = await exchangeIn(db, scope, plan);
      if (done) guess.row = done.row;
      return done?.changes ?? null;
    },
    cases: () => db.cases.toArray(),
    caseOf: async (id) => (await db.cases.get(id)) ?? null,
    look: (id) => lookAt(db, id),
    eventsOf: (caseId) => db.events.where(CASE_INDEX).equals(caseId).toArray(),
    eventsIn: (state) => eventsIn(db, state),
    unsent: (bytes) => unsentFirst(db, bytes),
    casesOf: (ids) => casesOf(db, ids),
    counts: async () => countsOf(await db.cases.toArray()),
    offerAgain: (caseId) =>
      db.transaction('rw', [db.events, db.cases, db.meta], async () => {
        await writableSync(db);
        const all = await db.events.where(CASE_INDEX).equals(caseId).toArray();
        const rows = all.filter((r) => r.state === 'q');
        await db.events.bulkPut(rows.map((r) => ({ ...r, state: 'p', note: null })));
        const own = new OwnChanges();
        for (const r of rows) own.move(caseId, r.state, 'p');
        const c = await db.cases.get(caseId);
        if (c) await db.cases.put(own.on({ ...c, rev: c.rev + 1 }));
        const row = await db.meta.get(SYNC_KEY);
        if (row?.moved) await db.meta.put((guess.row = marked(row, [caseId])));
        return rows.length;
      }),
    meta: async (key) => (await db.meta.get(key))?.body ?? null,
    putMeta: async (key, body) => {
      assert(key !== SYNC_KEY, 'the sync record has its own methods');
      await db.meta.put({ key, body });
    },
  } satisfies Partial<TabletStore>;
}

type Call = (...args: never[]) => Promise<unknown>;

/** Methods that never wait and never fail. */
const AT_ONCE: ReadonlySet<string> = new Set(['close', 'known']);

/** Every failure of the browser's store leaves as a `StoreFailure` of the closed list. */
function named<T extends Record<string, unknown>>(methods: T): T {
  const wrap =
    (call: Call) =>
    async (...args: never[]) => {
      try {
        return await call(...args);
      } catch (error) {
        throw storeFailure(error);
      }
    };
  return Object.fromEntries(
    Object.entries(methods).map(([k, v]) => [k, AT_ONCE.has(k) ? v : wrap(v as Call)]),
  ) as T;
}

/** The tablet's store on IndexedDB; all its transactions are strict. */
export function dexieTabletStore(db: TabletDb): TabletStore {
  const guess: SyncGuess = { row: null };
  return named({
    ...eventTables(db, guess),
    ...listTables(db, guess),
    ...draftTables(db),
    ...mediaTables(db),
    ...sealTables(db),
    save: (act) => saveAct(db, act, guess),
    close: () => db.close({ disableAutoOpen: true }),
  } satisfies TabletStore);
}
