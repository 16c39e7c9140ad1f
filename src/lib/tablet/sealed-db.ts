/**
 * A vault's database without its keys and without a library: rows, slips and files as they lie there.
 * Never creates or upgrades one; a database of another version is left alone.
 */
import type { EventRow, MediaRecord, SlipRow, SyncRecord } from '../ports/tablet-store.ts';
import { exchangeIn } from './event-store-exchange.ts';
import type { RowPlace, SealedRowsTaking } from './sealed-rows-here.ts';
import { slipAbroad, slipSchema, type Slip } from '../protocol/slip.ts';
import {
  DATABASE_VERSION,
  DEVICE_KEY,
  PLACE_INDEX,
  SYNC_KEY,
  type KeptDeviceKey,
  type MetaRow,
  type NativeDb,
} from './db-name.ts';

const NATIVE_VERSION = DATABASE_VERSION * 10;
const STORES = ['events', 'cases', 'meta', 'media', 'chunks', 'slips'];
/** Rows read at once: a portion of the outbox never stands whole in memory. */
export const ROWS_AT_ONCE = 48;

export interface SealedDb extends NativeDb {
  close(): void;
}

/** The database, or null where there is none of this version. */
export function openSealedDb(name: string): Promise<SealedDb | null> {
  return new Promise((resolve) => {
    const request = indexedDB.open(name, NATIVE_VERSION);
    request.onupgradeneeded = () => request.transaction?.abort();
    request.onerror = () => resolve(null);
    request.onsuccess = () => {
      const db = request.result;
      db.onversionchange = () => db.close();
      if (STORES.every((store) => db.objectStoreNames.contains(store)))
        return resolve({
          isOpen: () => true,
          open: () => Promise.resolve(),
          backendDB: () => db,
          close: () => db.close(),
        });
      db.close();
      resolve(null);
    };
  });
}

/** The answer of one request. */
export const answered = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('read failed'));
  });

const storeOf = (db: SealedDb, store: string): IDBObjectStore =>
  db.backendDB().transaction(store, 'readonly').objectStore(store);

export async function syncOf(db: SealedDb): Promise<SyncRecord | null> {
  const row = await answered(storeOf(db, 'meta').get(SYNC_KEY) as IDBRequest<MetaRow | undefined>);
  return row?.sync ?? null;
}

const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** The key of that device in an open database; null where there is none. */
export async function deviceKeyIn(db: SealedDb, dv: string): Promise<KeptDeviceKey | null> {
  type Row = MetaRow | undefined;
  const row = await answered(storeOf(db, 'meta').get(DEVICE_KEY) as IDBRequest<Row>);
  return row?.deviceKey?.dv === dv ? row.deviceKey : null;
}

/** The signature of one key. */
export async function signedBy(
  { privateKey }: Pick<KeptDeviceKey, 'privateKey'>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign(SIGNING, privateKey, bytes));
}

/** Signs with the keys that lie beside the rows; each is read once. */
function signerIn(db: SealedDb): SealedRowsTaking['sign'] {
  const keys = new Map<string, Promise<KeptDeviceKey | null>>();
  return async (dv, bytes) => {
    const key = keys.get(dv) ?? deviceKeyIn(db, dv);
    keys.set(dv, key);
    // What cannot be signed goes all the same: the county keeps it until it comes signed.
    return key.then((one) => one && signedBy(one, bytes)).catch(() => null);
  };
}

async function slipsIn(db: SealedDb): Promise<readonly Slip[]> {
  const rows = await answered(storeOf(db, 'slips').getAll() as IDBRequest<SlipRow[]>);
  return rows.flatMap((row) => {
    const slip = slipSchema.safeParse(row);
    return slip.success ? [slipAbroad(slip.data)] : [];
  });
}

async function unsentAfter(db: SealedDb, after: RowPlace | null): Promise<readonly EventRow[]> {
  const from = after ? ['p', after.dv, after.ds] : ['p'];
  const range = IDBKeyRange.bound(from, ['p', []], true);
  const index = storeOf(db, 'events').index(PLACE_INDEX);
  return answered(index.getAll(range, ROWS_AT_ONCE) as IDBRequest<EventRow[]>);
}

async function filesWaiting(db: SealedDb): Promise<readonly MediaRecord[]> {
  const all = await answered(storeOf(db, 'media').getAll() as IDBRequest<MediaRecord[]>);
  return all.filter(({ state }) => state === 'p');
}

async function chunkOf(db: SealedDb, id: string, n: number): Promise<Uint8Array | null> {
  type Row = { readonly body: Uint8Array } | undefined;
  const row = await answered(storeOf(db, 'chunks').get([id, n]) as IDBRequest<Row>);
  return row?.body ?? null;
}

/** The rows of a database. */
export const rowsHere = (db: SealedDb): SealedRowsTaking => ({
  sync: () => syncOf(db),
  slips: () => slipsIn(db),
  unsentAfter: (after) => unsentAfter(db, after),
  filesWaiting: () => filesWaiting(db),
  chunkOf: (id, n) => chunkOf(db, id, n),
  sign: signerIn(db),
  exchange: (scope, plan) => exchangeIn(db, scope, plan),
  filesArrived: (ids) => filesArrived(db, ids),
});

function filesArrived(db: SealedDb, ids: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const tx = db.backendDB().transaction('media', 'readwrite', { durability: 'strict' });
    const media = tx.objectStore('media');
    for (const id of ids) {
      const request = media.get(id) as IDBRequest<MediaRecord | undefined>;
      request.onsuccess = () => {
        const row = request.result;
        if (row?.state === 'p') media.put({ ...row, state: 'a' } satisfies MediaRecord);
      };
    }
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error ?? new Error('aborted'));
  });
}
