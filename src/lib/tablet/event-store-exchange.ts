import { assert } from '../domain/values.ts';
import {
  STORE_WRITER,
  StoreFailure,
  type EventRow,
  type ExchangeChanges,
  type ExchangeScope,
  type ExchangeView,
  type MediaRecord,
} from '../ports/tablet-store.ts';
import { newCase } from '../ports/tablet-store-memory.ts';
import { CASE_INDEX, PLACE_INDEX, SYNC_KEY, type MetaRow, type NativeDb } from './db-name.ts';
import { all, native, type Step } from './event-store-native.ts';
import { marked } from './list-marks.ts';
import { ownChanges, type OwnChanges, type StoredCase } from './own-counts.ts';

/** Rows that are put without a pause: about 20 ms of a slow tablet. */
export const ROWS_PER_TURN = 48;
const STORES = ['events', 'cases', 'meta', 'media'];

/** Every row of one state, in (dv, ds) order. */
export const ofState = (state: EventRow['state']): IDBKeyRange =>
  IDBKeyRange.bound([state], [state, []]);

/** What an answer changed, and the sync record's row as it stands now. */
interface Exchanged {
  readonly changes: ExchangeChanges;
  readonly row: MetaRow;
}

/**
 * Takes an answer in: everything it may look at, the plan, everything it changes, in one strict
 * transaction.
 *
 *     sync, left, rows of cases and states --> rows of the ids still missing --> plan
 *         --> records of the touched cases --> put and delete --> commit
 */
export function exchangeIn(
  db: NativeDb,
  scope: ExchangeScope,
  plan: (view: ExchangeView) => ExchangeChanges | null,
): Promise<Exchanged | null> {
  return native<Exchanged | null>(db, { stores: STORES, mode: 'readwrite' }, (tx, step, done) =>
    view(tx, step, scope, (seen, meta) => {
      const changes = plan(seen);
      if (!changes) return done(null);
      const ids = [...changes.touch.map(({ id }) => id), ...changes.removeCases];
      const row = marked({ ...meta, sync: changes.sync }, ids);
      done({ changes, row });
      write(tx, step, seen.rows, changes);
      tx.objectStore('meta').put(row);
    }),
  );
}

function view(
  ...[tx, step, scope, then]: [
    IDBTransaction,
    Step,
    ExchangeScope,
    (seen: ExchangeView, meta: MetaRow) => void,
  ]
): void {
  const events = tx.objectStore('events');
  const rows = new Map<string, EventRow>();
  // Each answer is read as it comes, a case at a time: all of them at once would hold the page up.
  for (const group of groups(events, scope))
    group.onsuccess = () => step(() => group.result.forEach((row) => rows.set(row.id, row)));
  const left = tx.objectStore('cases').index('left').getAllKeys(1);
  const last = tx.objectStore('meta').get(SYNC_KEY) as IDBRequest<MetaRow | undefined>;
  all(step, [last], ([meta]) => {
    const sync = meta?.sync;
    assert(meta && sync, 'the store was begun');
    if (sync.minWriter > STORE_WRITER) throw new StoreFailure('STORE_NEWER');
    const missing = scope.all ? [] : scope.ids.filter((id) => !rows.has(id));
    const asked = missing.map((id) => events.get(id) as IDBRequest<EventRow | undefined>);
    all(step, asked, (single) => {
      for (const row of single) if (row) rows.set(row.id, row);
      then({ sync, rows, left: new Set(left.result as string[]) }, meta);
    });
  });
}

/** Rows by whole cases and states: an answer names most rows of a case, one request brings them. */
function groups(events: IDBObjectStore, scope: ExchangeScope): IDBRequest<EventRow[]>[] {
  if (scope.all) return [events.getAll() as IDBRequest<EventRow[]>];
  const states: readonly EventRow['state'][] = scope.own ? ['p', 'a', 'q'] : [];
  const byCase = events.index(CASE_INDEX);
  const byState = events.index(PLACE_INDEX);
  return [
    ...[...new Set(scope.cases)].map((id) => byCase.getAll(id) as IDBRequest<EventRow[]>),
    ...states.map((s) => byState.getAll(ofState(s)) as IDBRequest<EventRow[]>),
  ];
}

function write(
  ...[tx, step, before, changes]: [
    IDBTransaction,
    Step,
    ReadonlyMap<string, EventRow>,
    ExchangeChanges,
  ]
): void {
  const [events, cases, media] = ['events', 'cases', 'media'].map((s) => tx.objectStore(s)) as [
    IDBObjectStore,
    IDBObjectStore,
    IDBObjectStore,
  ];
  const own = ownChanges(before, changes);
  const touched = changes.touch.map(({ id }) => cases.get(id) as IDBRequest<StoredCase>);
  all(step, touched, (old) => touch(cases, step, { changes, own, old }));
  putRows(events, step, changes.put, () => removeRows(events, step, changes.remove));
  if (changes.mediaAgain)
    all(step, [media.getAll() as IDBRequest<MediaRecord[]>], ([files = []]) => {
      for (const m of files)
        if (m.state === 'a' || m.state === 'q') media.put({ ...m, state: 'p' });
    });
}

/** In portions, each after the answer to the one before: between two of them the page is free. */
function putRows(
  ...[events, step, rows, then]: [IDBObjectStore, Step, readonly EventRow[], () => void]
): void {
  const portion = rows.slice(0, ROWS_PER_TURN).map((row) => events.put(row));
  const rest = rows.slice(ROWS_PER_TURN);
  all<IDBValidKey>(step, portion, rest.length > 0 ? () => putRows(events, step, rest, then) : then);
}

function removeRows(events: IDBObjectStore, step: Step, ids: readonly string[]): void {
  const gone = ids.map((id) => events.get(id) as IDBRequest<EventRow | undefined>);
  all(step, gone, (rows) => {
    const lost = rows.some((r) => r?.state === 'p' || r?.state === 'q');
    assert(!lost, 'S11: only copies may be removed');
    for (const id of ids) events.delete(id);
  });
}

interface Touched {
  readonly changes: ExchangeChanges;
  readonly own: OwnChanges;
  readonly old: readonly (StoredCase | undefined)[];
}

/** Records of the cases from that one on, in portions too; then those go that are empty. */
function touch(cases: IDBObjectStore, step: Step, of: Touched & { readonly from?: number }): void {
  const { changes, own, old, from = 0 } = of;
  const to = from + ROWS_PER_TURN;
  const puts: IDBRequest<IDBValidKey>[] = [];
  for (const [i, t] of changes.touch.slice(from, to).entries()) {
    const c = old[from + i] ?? (t.body ? newCase({ id: t.id, body: t.body }) : null);
    if (c) puts.push(cases.put(own.on({ ...c, rev: c.rev + 1, left: t.left ?? c.left })));
  }
  all<IDBValidKey>(step, puts, () => {
    if (to < changes.touch.length) return touch(cases, step, { ...of, from: to });
    for (const id of changes.removeCases) cases.delete(id);
  });
}
