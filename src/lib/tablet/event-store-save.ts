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
import { LIST_KEY, marked } from './list-marks.ts';
import { OwnChanges } from './own-counts.ts';
import { SYNC_KEY, type MetaRow, type TabletDb } from './db.ts';

const STORES = ['events', 'cases', 'meta', 'drafts', 'media'];
/** Parts of files lie in a store of their own, which few acts touch. */
const storesOf = ({ resealed = [] }: Act): string[] =>
  resealed.length > 0 ? [...STORES, 'chunks'] : STORES;

/** The row of the sync record as this connection last saw it: a guess, checked inside every transaction. */
export interface SyncGuess {
  row: MetaRow | null;
}

/**
 * The hot path: one act of a person in one strict transaction, on the native connection that
 * Dexie opened.
 *
 *     new cases only: get files, sync | put everything --guess right--> commit --complete--> saved
 *                                               --another tab wrote--> abort, the careful way
 *     careful:        get sync, cases, files --answers--> put everything --complete--> saved
 */
export async function saveAct(db: TabletDb, act: Act, guess: SyncGuess): Promise<ActOutcome> {
  if (!db.isOpen()) await db.open();
  const fresh = new Set(act.cases.map((c) => c.id));
  const blind = act.announce.length === 0 && act.events.every((e) => fresh.has(e.caseId));
  const known = guess.row?.sync;
  if (blind && known && (act.number === null || act.number === known.numberNext)) {
    const how = { guessing: true, stores: storesOf(act) };
    const outcome = await attempt(db, how, (tx, done) => guessed(tx, act, { guess, done }));
    if (outcome) return outcome;
  }
  const how = { guessing: false, stores: storesOf(act) };
  const outcome = await attempt(db, how, (tx, done) =>
    readAll(tx, act, (found) => {
      done(writeAll(tx, act, found), (row) => (guess.row = row));
      // Everything is asked for: the commit need not wait until each put has been answered.
      tx.commit();
    }),
  );
  assert(outcome, 'the careful way ends in an outcome');
  return outcome;
}

type Done = (written: Written, keep: (row: MetaRow) => void) => void;

interface Written {
  readonly outcome: ActOutcome;
  readonly row: MetaRow | null;
}

/** One transaction; a guess that was wrong gives null, and nothing was written. */
function attempt(
  db: TabletDb,
  { guessing, stores }: { readonly guessing: boolean; readonly stores: string[] },
  work: (tx: IDBTransaction, done: Done) => void,
): Promise<ActOutcome | null> {
  const tx = db.backendDB().transaction(stores, 'readwrite', { durability: 'strict' });
  return new Promise((resolve, reject) => {
    let outcome: ActOutcome | null = null;
    let then = (): void => undefined;
    let broken: unknown = null;
    tx.oncomplete = () => {
      then();
      resolve(outcome);
    };
    tx.onabort = () => {
      const failure = broken ?? tx.error;
      const givenUp = guessing && (failure === null || isTaken(failure));
      if (givenUp) resolve(null);
      else reject(failure ?? new StoreFailure('STORE_BROKEN'));
    };
    const guarded = (step: () => void): void => {
      try {
        step();
      } catch (error) {
        broken = error;
        tx.abort();
      }
    };
    const done: Done = (written, keep) => {
      outcome = written.outcome;
      then = () => written.row && keep(written.row);
    };
    guards.set(tx, guarded);
    guarded(() => work(tx, done));
  });
}

/** Callbacks of requests run outside the attempt: what they throw ends its transaction. */
const guards = new WeakMap<IDBTransaction, (step: () => void) => void>();

const isTaken = (failure: unknown): boolean =>
  (failure as { name?: string } | null)?.name === 'ConstraintError';

/** Writes at once on the guess that nobody else wrote; the read in front of the puts tells. */
function guessed(
  tx: IDBTransaction,
  act: Act,
  { guess, done }: { readonly guess: SyncGuess; readonly done: Done },
): void {
  const row = guess.row;
  assert(row, 'there is a guess');
  let files = false;
  filesOf(tx, act, (some) => (files = some));
  read<MetaRow>(tx, 'meta', SYNC_KEY, (meta) => {
    const asGuessed = JSON.stringify(meta) === JSON.stringify(row);
    if (asGuessed && !files) {
      done(written, (next) => (guess.row = next));
      return tx.commit();
    }
    if (!asGuessed) guess.row = null;
    tx.abort();
  });
  const none = { cases: new Map<string, never>(), media: new Map<string, never>(), files: false };
  const written = writeAll(tx, act, { meta: row, ...none });
}

/** Whether the act's unseen case has files here; a record shows when the case is written. */
function filesOf(tx: IDBTransaction, { unseen }: Act, then: (some: boolean) => void): void {
  if (unseen === null) return;
  const request = tx.objectStore('media').index('caseId').getKey(unseen);
  request.onsuccess = () => guards.get(tx)?.(() => then(request.result !== undefined));
}

interface Found {
  readonly meta: MetaRow | undefined;
  readonly cases: ReadonlyMap<string, CaseRecord>;
  readonly media: ReadonlyMap<string, MediaRecord>;
  /** The unseen case of the act has files here. */
  readonly files: boolean;
}

function readAll(tx: IDBTransaction, act: Act, then: (found: Found) => void): void {
  const cases = new Map<string, CaseRecord>();
  const media = new Map<string, MediaRecord>();
  const caseIds = new Set([...act.events.map((e) => e.caseId), ...act.cases.map((c) => c.id)]);
  for (const id of caseIds) read<CaseRecord>(tx, 'cases', id, (c) => c && cases.set(id, c));
  for (const id of act.announce) read<MediaRecord>(tx, 'media', id, (m) => m && media.set(id, m));
  let files = false;
  filesOf(tx, act, (some) => (files = some));
  // Requests of one transaction are answered in order: this one is the last.
  read<MetaRow>(tx, 'meta', SYNC_KEY, (meta) => then({ meta, cases, media, files }));
}

function read<T>(
  ...[tx, store, key, then]: [IDBTransaction, string, string, (value: T | undefined) => void]
): void {
  const request = tx.objectStore(store).get(key) as IDBRequest<T | undefined>;
  request.onsuccess = () => guards.get(tx)?.(() => then(request.result));
}

function writeAll(tx: IDBTransaction, act: Act, found: Found): Written {
  const sync = found.meta?.sync;
  assert(sync, 'the store was begun');
  if (sync.minWriter > STORE_WRITER) throw new StoreFailure('STORE_NEWER');
  if (act.number !== null && act.number !== sync.numberNext)
    return { outcome: { kind: 'moved' }, row: null };
  if (act.unseen !== null && (found.files || found.cases.has(act.unseen)))
    return { outcome: { kind: 'here' }, row: null };
  const fresh = new Set(act.cases.map((c) => c.id));
  // It left while the act was being sealed: without its case an event could never be sent.
  if (act.events.some((e) => !fresh.has(e.caseId) && !found.cases.has(e.caseId)))
    return { outcome: { kind: 'gone' }, row: null };
  const dsFrom = sync.dsNext;
  const events = tx.objectStore('events');
  // add, not put: an id that is there already aborts the act instead of replacing an event.
  act.events.forEach((e, i) => events.add(newRow(e, sync.dv, dsFrom + i)));
  const changed = writeCases(tx, act, found);
  const drafts = tx.objectStore('drafts');
  for (const d of act.drafts) drafts.put(d);
  for (const id of act.removeDrafts) drafts.delete(id);
  writeFiles(tx, act, found.media);
  const numberNext = sync.numberNext + (act.number === null ? 0 : 1);
  const next = { ...sync, dsNext: dsFrom + act.events.length, numberNext };
  const own = marked({ ...found.meta, key: SYNC_KEY, sync: next }, changed);
  // Without marks one that is being made at this moment is not kept either.
  const row = act.hidden && own.moved ? { ...own, moved: { ...own.moved, ids: null } } : own;
  tx.objectStore('meta').put(row);
  if (act.hidden) tx.objectStore('meta').delete(LIST_KEY);
  return { outcome: { kind: 'saved', dsFrom }, row };
}

/** From now on they are announced; those that are sealed anew with all their parts. */
function writeFiles(
  tx: IDBTransaction,
  { resealed = [] }: Act,
  media: ReadonlyMap<string, MediaRecord>,
): void {
  const anew = new Map(resealed.map((file) => [file.record.id, file]));
  for (const m of media.values()) {
    const file = anew.get(m.id);
    tx.objectStore('media').put({ ...m, body: file?.record.body ?? m.body, state: 'p' });
    for (const { n, body } of file?.chunks ?? [])
      tx.objectStore('chunks').put({ mediaId: m.id, n, body });
  }
}

/** Which cases it wrote. */
function writeCases(tx: IDBTransaction, act: Act, found: Found): ReadonlySet<string> {
  const facts = new Map(act.facts.map((f) => [f.id, f.facts]));
  const fresh = new Map(act.cases.map((c) => [c.id, c]));
  const touched = new Set(act.events.map((e) => e.caseId));
  const own = new OwnChanges();
  for (const e of act.events) own.move(e.caseId, null, 'p');
  const changed = new Set([...touched, ...fresh.keys()]);
  for (const id of changed) {
    const first = fresh.get(id);
    const old = found.cases.get(id) ?? (first && newCase(first));
    if (!old) continue;
    const rev = old.rev + (touched.has(id) ? 1 : 0);
    const entry = facts.get(id);
    const known = entry ? { facts: entry, factsRev: rev } : {};
    // add where nobody looked: a case that is there already must not lose its revision.
    const store = tx.objectStore('cases');
    const next = own.on({ ...old, rev, ...known });
    if (found.cases.has(id)) store.put(next);
    else store.add(next);
  }
  return changed;
}
