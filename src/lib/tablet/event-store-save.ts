import { assert } from '../domain/values.ts';
import {
  STORE_WRITER,
  StoreFailure,
  type Act,
  type ActOutcome,
  type CaseRecord,
  type MediaRecord,
} from '../ports/tablet-store.ts';
import { newCase, newRow } from '../ports/tablet-store-memory.ts';
import { SYNC_KEY, type MetaRow, type TabletDb } from './db.ts';

const STORES = ['events', 'cases', 'meta', 'drafts', 'media'];

/**
 * The hot path: one act of a person in one strict transaction, on the native connection that
 * Dexie opened. Two rounds only: read what is needed, then all writes at once.
 *
 *     get sync, cases, media --last answer--> put everything --complete--> saved
 */
export async function saveAct(db: TabletDb, act: Act): Promise<ActOutcome> {
  if (!db.isOpen()) await db.open();
  const tx = db.backendDB().transaction(STORES, 'readwrite', { durability: 'strict' });
  return new Promise<ActOutcome>((resolve, reject) => {
    let outcome: ActOutcome = { kind: 'moved' };
    let broken: unknown = null;
    tx.oncomplete = () => resolve(outcome);
    tx.onabort = () => reject(broken ?? tx.error ?? new StoreFailure('STORE_BROKEN'));
    readAll(tx, act, (found) => {
      try {
        outcome = writeAll(tx, act, found);
        // Everything is asked for: the commit need not wait until each put has been answered.
        tx.commit();
      } catch (error) {
        broken = error;
        tx.abort();
      }
    });
  });
}

interface Found {
  readonly meta: MetaRow | undefined;
  readonly cases: ReadonlyMap<string, CaseRecord>;
  readonly media: ReadonlyMap<string, MediaRecord>;
}

function readAll(tx: IDBTransaction, act: Act, then: (found: Found) => void): void {
  const cases = new Map<string, CaseRecord>();
  const media = new Map<string, MediaRecord>();
  const caseIds = new Set([...act.events.map((e) => e.caseId), ...act.cases.map((c) => c.id)]);
  for (const id of caseIds) read<CaseRecord>(tx, 'cases', id, (c) => c && cases.set(id, c));
  for (const id of act.announce) read<MediaRecord>(tx, 'media', id, (m) => m && media.set(id, m));
  // Requests of one transaction are answered in order: this one is the last.
  read<MetaRow>(tx, 'meta', SYNC_KEY, (meta) => then({ meta, cases, media }));
}

function read<T>(
  ...[tx, store, key, then]: [IDBTransaction, string, string, (value: T | undefined) => void]
): void {
  const request = tx.objectStore(store).get(key) as IDBRequest<T | undefined>;
  request.onsuccess = () => then(request.result);
}

function writeAll(tx: IDBTransaction, act: Act, found: Found): ActOutcome {
  const sync = found.meta?.sync;
  assert(sync, 'the store was begun');
  if (sync.minWriter > STORE_WRITER) throw new StoreFailure('STORE_NEWER');
  if (act.number !== null && act.number !== sync.numberNext) return { kind: 'moved' };
  const dsFrom = sync.dsNext;
  const events = tx.objectStore('events');
  // add, not put: an id that is there already aborts the act instead of replacing an event.
  act.events.forEach((e, i) => events.add(newRow(e, sync.dv, dsFrom + i)));
  writeCases(tx, act, found);
  const drafts = tx.objectStore('drafts');
  for (const d of act.drafts) drafts.put(d);
  for (const id of act.removeDrafts) drafts.delete(id);
  for (const m of found.media.values()) tx.objectStore('media').put({ ...m, state: 'p' });
  const numberNext = sync.numberNext + (act.number === null ? 0 : 1);
  const next = { ...sync, dsNext: dsFrom + act.events.length, numberNext };
  tx.objectStore('meta').put({ key: SYNC_KEY, sync: next } satisfies MetaRow);
  return { kind: 'saved', dsFrom };
}

function writeCases(tx: IDBTransaction, act: Act, found: Found): void {
  const facts = new Map(act.facts.map((f) => [f.id, f.facts]));
  const fresh = new Map(act.cases.map((c) => [c.id, c]));
  const touched = new Set(act.events.map((e) => e.caseId));
  for (const id of new Set([...touched, ...fresh.keys()])) {
    const first = fresh.get(id);
    const old = found.cases.get(id) ?? (first && newCase(first));
    if (!old) continue;
    const rev = old.rev + (touched.has(id) ? 1 : 0);
    const entry = facts.get(id);
    const known = entry ? { facts: entry, factsRev: rev } : {};
    tx.objectStore('cases').put({ ...old, rev, ...known });
  }
}
