/**
 * The list of cases kept in one body: a start reads it with one request and opens it once, instead
 * of the records of all cases.
 *
 *     begin: all records are read, marks begin anew | seal | keep: the body, if nobody began since
 *     every transaction that changes a case marks it, in the row that it writes anyway
 *     start: body + records of the marked cases = all records, or, where it does not hold, these
 *
 * The marks lie beside the sync record, random ids in clear. Where no list is kept there are none.
 */
import type { CaseRecord, ListBegun } from '../ports/tablet-store.ts';
import { SYNC_KEY, type MetaRow, type TabletDb } from './db.ts';
import { all, native } from './event-store-native.ts';
import type { SyncGuess } from './event-store-save.ts';
import { CASES_MIN, LIST_KEY, MARKS_MIN, marked, marksOf } from './list-marks.ts';
import { countsOf, type StoredCase } from './own-counts.ts';

/** List and marks over the native connection. */
export function listTables(db: TabletDb, guess: SyncGuess) {
  return {
    beginList: () => beginList(db, guess),
    keepList: (gen: number, body: Uint8Array) =>
      native<boolean>(db, { stores: ['meta'], mode: 'readwrite' }, (tx, step, done) => {
        const meta = tx.objectStore('meta');
        all(step, [meta.get(SYNC_KEY) as IDBRequest<MetaRow | undefined>], ([row]) => {
          const ours = row?.moved?.gen === gen && row.moved.ids !== null;
          done(ours);
          if (ours) meta.put({ key: LIST_KEY, gen, body } satisfies MetaRow);
        });
      }),
    /** A list entry alone, folded again: it marks its case, too. */
    putFacts: (id: string, rev: number, facts: Uint8Array) =>
      native<boolean>(db, { stores: ['cases', 'meta'], mode: 'readwrite' }, (tx, step, done) => {
        const [cases, meta] = [tx.objectStore('cases'), tx.objectStore('meta')];
        const found = cases.get(id) as IDBRequest<CaseRecord | undefined>;
        all(step, [meta.get(SYNC_KEY) as IDBRequest<MetaRow | undefined>], ([row]) => {
          const record = found.result;
          done(record?.rev === rev);
          if (record?.rev !== rev) return;
          cases.put({ ...record, facts, factsRev: rev });
          if (row?.moved) meta.put((guess.row = marked(row, [id])));
        });
      }),
  };
}

function beginList(db: TabletDb, guess: SyncGuess): Promise<ListBegun | null> {
  const of = { stores: ['cases', 'meta'], mode: 'readwrite' } as const;
  return native<ListBegun | null>(db, of, (tx, step, done) => {
    const [cases, meta] = [tx.objectStore('cases'), tx.objectStore('meta')];
    const number = cases.count();
    const rows = [SYNC_KEY, LIST_KEY].map(
      (key) => meta.get(key) as IDBRequest<MetaRow | undefined>,
    );
    done(null);
    all<MetaRow | undefined>(step, rows, ([row, list]) => {
      const good = (marksOf(row?.moved, list)?.length ?? MARKS_MIN) < MARKS_MIN;
      if (!row?.sync || good || number.result < CASES_MIN) return;
      const gen = (row.moved?.gen ?? 0) + 1;
      const next: MetaRow = { key: SYNC_KEY, sync: row.sync, moved: { gen, ids: [] } };
      meta.put(next);
      guess.row = next;
      all(step, [cases.getAll() as IDBRequest<StoredCase[]>], ([found = []]) =>
        done({ gen, cases: found, counts: countsOf(found) }),
      );
    });
  });
}
