import type { SyncRecord } from '../ports/tablet-store.ts';
import type { Moved } from './list-marks.ts';

/** Apart from db.ts, so that the service worker can open the store without Dexie. */
export const DATABASE = 'daiban';
/** Dexie's number; the native version is ten times this one. */
export const DATABASE_VERSION = 4;
/** Rows by state (`p` is unsent), within it in the order in which a device made them. */
export const PLACE_INDEX = '[state+dv+ds]';
/** Rows and files by case. */
export const CASE_INDEX = 'caseId';
/** Key of the sync record in `meta`; every other key there holds a sealed body. */
export const SYNC_KEY = 'sync';

/** A row of `meta`. */
export interface MetaRow {
  readonly key: string;
  readonly body?: Uint8Array;
  readonly sync?: SyncRecord;
  /** Beside the sync record, where a list is kept. */
  readonly moved?: Moved;
  /** Beside the list: the marks that it belongs to. */
  readonly gen?: number;
}

/** An open database, Dexie's or a bare one. */
export interface NativeDb {
  isOpen(): boolean;
  open(): PromiseLike<unknown>;
  backendDB(): IDBDatabase;
}
