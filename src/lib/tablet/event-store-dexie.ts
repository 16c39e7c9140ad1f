import { assert } from '../domain/values.ts';
import {
  STORE_WRITER,
  StoreFailure,
  type EventRow,
  type ExchangeChanges,
  type ExchangeScope,
  type SyncRecord,
  type TabletStore,
} from '../ports/tablet-store.ts';
import { byDevicePlace, newCase } from '../ports/tablet-store-memory.ts';
import { SYNC_KEY, storeFailure, type TabletDb } from './db.ts';
import { draftTables } from './event-store-drafts.ts';
import { lookAt } from './event-store-look.ts';
import { mediaTables } from './event-store-media.ts';
import { OwnChanges, countsOf, ownChanges } from './own-counts.ts';
import { saveAct, type SyncGuess } from './event-store-save.ts';

const LOWEST = '';
const HIGHEST = '\uffff';

const syncOf = async (db: TabletDb): Promise<SyncRecord | null> =>
  (await db.meta.get(SYNC_KEY))?.sync ?? null;

/** The sync record, if this writer may still write here. */
export async function writableSync(db: TabletDb): Promise<SyncRecord> {
  const sync = await syncOf(db);
  assert(sync, 'the store was begun');
  if (sync.minWriter > STORE_WRITER) throw new StoreFailure('STORE_NEWER');
  return sync;
}

const inState = (db: TabletDb, state: EventRow['state']) =>
  db.events.where('[state+caseId]').between([state, LOWEST], [state, HIGHEST]);

const STATES: readonly EventRow['state'][] = ['p', 'a', 'q', 'f'];

/** One index serves states and cases: every index is paid for at each save. */
const ofCases = async (db: TabletDb, caseIds: readonly string[]): Promise<EventRow[]> => {
  const keys = caseIds.flatMap((id) => STATES.map((state) => [state, id]));
  return keys.length ? db.events.where('[state+caseId]').anyOf(keys).toArray() : [];
};

async function viewRows(db: TabletDb, scope: ExchangeScope): Promise<Map<string, EventRow>> {
  const lists: EventRow[][] = scope.all
    ? [await db.events.toArray()]
    : [
        (await db.events.bulkGet([...scope.ids])).filter((r) => r !== undefined),
        await ofCases(db, scope.cases),
        ...(scope.own
          ? [
              await inState(db, 'p').toArray(),
              await inState(db, 'a').toArray(),
              await inState(db, 'q').toArray(),
            ]
          : []),
      ];
  return new Map(lists.flat().map((r) => [r.id, r]));
}

async function write(
  db: TabletDb,
  before: ReadonlyMap<string, EventRow>,
  changes: ExchangeChanges,
): Promise<void> {
  const own = ownChanges(before, changes);
  await db.events.bulkPut([...changes.put]);
  const gone = (await db.events.bulkGet([...changes.remove])).filter((r) => r !== undefined);
  assert(!gone.some((r) => r.state === 'p' || r.state === 'q'), 'S11: only copies may be removed');
  await db.events.bulkDelete([...changes.remove]);
  const old = await db.cases.bulkGet(changes.touch.map((t) => t.id));
  await db.cases.bulkPut(
    changes.touch.flatMap((t, i) => {
      const c = old[i] ?? (t.body ? newCase({ id: t.id, body: t.body }) : null);
      return c ? [own.on({ ...c, rev: c.rev + 1, left: t.left ?? c.left })] : [];
    }),
  );
  await db.cases.bulkDelete([...changes.removeCases]);
  if (changes.mediaAgain)
    await db.media
      .filter((m) => m.state === 'a' || m.state === 'q')
      .modify((m) => void Object.assign(m, AGAIN));
  await db.meta.put({ key: SYNC_KEY, sync: changes.sync });
}

const AGAIN = { state: 'p' };

/** Exchange, cases and events over Dexie. */
function eventTables(db: TabletDb, guess: SyncGuess) {
  const tables = [db.events, db.cases, db.meta, db.media];
  return {
    begin: async (first: SyncRecord) => {
      const sync = await db.transaction('rw', db.meta, async () => {
        const old = await syncOf(db);
        if (!old) await db.meta.put({ key: SYNC_KEY, sync: first });
        return old ?? first;
      });
      return (guess.sync = sync);
    },
    sync: () => syncOf(db),
    known: () => guess.sync,
    exchange: async (scope, plan) => {
      const done = await db.transaction('rw', tables, async () => {
        const sync = await writableSync(db);
        const rows = await viewRows(db, scope);
        const left = new Set(await db.cases.where('left').equals(1).primaryKeys());
        const changes = plan({ sync, rows, left });
        if (changes) await write(db, rows, changes);
        return changes;
      });
      if (done) guess.sync = done.sync;
      return done;
    },
    cases: () => db.cases.toArray(),
    caseOf: async (id) => (await db.cases.get(id)) ?? null,
    look: (id) => lookAt(db, id),
    putFacts: (id, rev, facts) =>
      db.transaction('rw', db.cases, async () => {
        const c = await db.cases.get(id);
        if (c?.rev !== rev) return false;
        await db.cases.put({ ...c, facts, factsRev: rev });
        return true;
      }),
    eventsOf: (caseId) => ofCases(db, [caseId]),
    eventsIn: async (state) => (await inState(db, state).toArray()).sort(byDevicePlace),
    counts: async () => countsOf(await db.cases.toArray()),
    offerAgain: (caseId) =>
      db.transaction('rw', [db.events, db.cases, db.meta], async () => {
        await writableSync(db);
        const rows = await db.events.where('[state+caseId]').equals(['q', caseId]).toArray();
        await db.events.bulkPut(rows.map((r) => ({ ...r, state: 'p', note: null })));
        const own = new OwnChanges();
        for (const r of rows) own.move(caseId, r.state, 'p');
        const c = await db.cases.get(caseId);
        if (c) await db.cases.put(own.on({ ...c, rev: c.rev + 1 }));
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
  const guess: SyncGuess = { sync: null };
  return named({
    ...eventTables(db, guess),
    ...draftTables(db),
    ...mediaTables(db),
    save: (act) => saveAct(db, act, guess),
    close: () => db.close({ disableAutoOpen: true }),
  } satisfies TabletStore);
}
