import { Dexie, type Table, type Transaction } from 'dexie';
import {
  StoreFailure,
  type DraftRecord,
  type EventRow,
  type MediaRecord,
  type SlipRow,
} from '../ports/tablet-store.ts';
import {
  CASE_INDEX,
  DATABASE,
  DATABASE_VERSION,
  PLACE_INDEX,
  SYNC_KEY,
  type MetaRow,
} from './db-name.ts';
import { OwnChanges, type StoredCase } from './own-counts.ts';

export { DATABASE, DATABASE_VERSION, SYNC_KEY, type MetaRow };

export interface ChunkRow {
  readonly mediaId: string;
  readonly n: number;
  readonly body: Uint8Array;
}

/**
 * The tablet's database. Indexes name random ids and states only: whatever people said is inside
 * sealed bodies, so lists and search work on an index kept in memory.
 */
export class TabletDb extends Dexie {
  readonly events!: Table<EventRow, string>;
  readonly cases!: Table<StoredCase, string>;
  readonly drafts!: Table<DraftRecord, string>;
  readonly meta!: Table<MetaRow, string>;
  readonly media!: Table<MediaRecord, string>;
  readonly chunks!: Table<ChunkRow, [string, number]>;
  readonly slips!: Table<SlipRow, string>;

  constructor(name: string = DATABASE, onOutdated: () => void = () => undefined) {
    const window = { outdated: false };
    super(name, { chromeTransactionDurability: 'strict', indexedDB: ownVersionOnly(window) });
    this.version(1).stores({
      events: 'id, [state+caseId]',
      cases: 'id, left',
      drafts: 'id',
      meta: 'key',
      media: 'id, caseId',
      chunks: '[mediaId+n]',
    });
    this.version(2).upgrade(countOnce);
    // Rows stay as they are; the browser fills the new indexes from them.
    this.version(3).stores({ events: `id, ${CASE_INDEX}, ${PLACE_INDEX}` });
    // Empty where the tablet has no vault.
    this.version(DATABASE_VERSION).stores({ slips: 'id' });
    // A newer tab upgrades: let go at once and never reopen with the old schema (`ownVersionOnly`).
    this.on('versionchange', () => {
      window.outdated = true;
      this.close({ disableAutoOpen: false });
      onOutdated();
      // Else Dexie closes once more and complains in the console.
      return false;
    });
  }
}

/**
 * The browser's databases, opened at our own version or not at all: Dexie alone would open a newer
 * one, and add to it what it thinks is missing. Once outdated, never again.
 */
const ownVersionOnly = (window: { readonly outdated: boolean }) => ({
  open: (name: string, version?: number) => {
    if (window.outdated || version !== DATABASE_VERSION * 10)
      throw new DOMException('a newer build has opened it', 'VersionError');
    return indexedDB.open(name, version);
  },
  deleteDatabase: (name: string) => indexedDB.deleteDatabase(name),
  databases: () => indexedDB.databases(),
  cmp: (a: unknown, b: unknown) => indexedDB.cmp(a, b),
});

/** Version 2: each case knows the states of its own events. */
async function countOnce(tx: Transaction): Promise<void> {
  const own = new OwnChanges();
  await tx
    .table<EventRow, string>('events')
    .each(({ caseId, state }) => own.move(caseId, null, state));
  await tx
    .table<StoredCase, string>('cases')
    .toCollection()
    .modify((c) => void Object.assign(c, own.on(c)));
}

const namesOf = (error: unknown): string[] => {
  const names: string[] = [];
  for (let e: unknown = error, depth = 0; e && depth < 5; depth++) {
    const { name, inner, cause } = e as { name?: string; inner?: unknown; cause?: unknown };
    if (name) names.push(name);
    e = inner ?? cause;
  }
  return names;
};

/** Maps what browsers throw to the closed list; a broken invariant of ours passes unchanged. */
export function storeFailure(error: unknown): unknown {
  if (error instanceof StoreFailure) return error;
  const names = namesOf(error);
  if (names.includes('QuotaExceededError')) return new StoreFailure('STORAGE_FULL', error);
  if (names.includes('VersionError')) return new StoreFailure('STORE_NEWER', error);
  if (names.some((n) => BROKEN.has(n))) return new StoreFailure('STORE_BROKEN', error);
  return error;
}

const BROKEN = new Set([
  ...['AbortError', 'UnknownError', 'InvalidStateError', 'OpenFailedError', 'DatabaseClosedError'],
  ...['MissingAPIError', 'TimeoutError', 'DataError', 'NotFoundError', 'TransactionInactiveError'],
]);
