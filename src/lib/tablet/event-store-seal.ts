import { sameBytes } from '../protocol/bytes.ts';
import type { BodySwap, CaseRecord, EventRow, SlipRow } from '../ports/tablet-store.ts';
import { envelopesIn } from '../ports/tablet-store-memory.ts';
import type { TabletDb } from './db.ts';
import { all, native, type Step } from './event-store-native.ts';

/** Rows of one page of a walk over a whole table. */
const PAGE_ROWS = 256;

/** Two bodies at the most lie in a row of any table. */
interface Bodies {
  readonly body?: Uint8Array;
  readonly note?: Uint8Array | null;
  readonly facts?: Uint8Array | null;
}

/** Envelopes of a whole table, page by page: a tablet of 2,000 cases is never in memory at once. */
async function envelopesOf(
  db: TabletDb,
  table: 'events' | 'cases' | 'drafts' | 'media' | 'meta',
  found: Set<string>,
): Promise<void> {
  const rows = db.table<Bodies, string>(table);
  const key = table === 'meta' ? 'key' : 'id';
  for (let last = ''; ;) {
    const page = await rows.where(':id').above(last).limit(PAGE_ROWS).toArray();
    for (const { body, note, facts } of page)
      for (const id of envelopesIn([body ?? null, note ?? null, facts ?? null])) found.add(id);
    const end = page.at(-1) as Record<string, unknown> | undefined;
    if (!end || page.length < PAGE_ROWS) return;
    last = end[key] as string;
  }
}

type Row = EventRow & CaseRecord;

/** One after the other: two bodies of a case lie in one row. */
function swapAll(
  tx: IDBTransaction,
  step: Step,
  of: { readonly swaps: readonly BodySwap[]; swapped(): void },
): void {
  const [one, ...rest] = of.swaps;
  if (!one) return;
  const store = tx.objectStore(one.store === 'events' ? 'events' : 'cases');
  const column = one.store === 'facts' ? 'facts' : 'body';
  all(step, [store.get(one.id) as IDBRequest<Row | undefined>], ([row]) => {
    const now = row?.[column];
    if (now && sameBytes(now, one.before)) {
      store.put({ ...row, [column]: one.after });
      of.swapped();
    }
    swapAll(tx, step, { ...of, swaps: rest });
  });
}

/** Slips over Dexie, and bodies that are sealed anew. */
export function sealTables(db: TabletDb) {
  return {
    slips: () => db.slips.toArray(),
    putSlips: (rows: readonly SlipRow[]) =>
      db.transaction('rw', db.slips, async () => void (await db.slips.bulkPut([...rows]))),
    dropSlips: (ids: readonly string[], day: number) =>
      db.transaction('rw', db.slips, async () => {
        const rows = await db.slips.bulkGet([...ids]);
        const gone = rows.flatMap((r) => (r && r.day < day && !r.files ? [r.id] : []));
        await db.slips.bulkDelete(gone);
      }),
    envelopes: async (): Promise<ReadonlySet<string>> => {
      const found = new Set<string>();
      for (const table of ['events', 'cases', 'drafts', 'media', 'meta'] as const)
        await envelopesOf(db, table, found);
      return found;
    },
    swapBodies: (swaps: readonly BodySwap[]) =>
      native<number>(db, { stores: ['events', 'cases'], mode: 'readwrite' }, (tx, step, done) => {
        let n = 0;
        done(n);
        swapAll(tx, step, { swaps, swapped: () => done(++n) });
      }),
  };
}
