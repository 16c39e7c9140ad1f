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

/** Key of the device's own key in `meta`; nothing of a person, and no body. */
export const DEVICE_KEY = 'deviceKey';

/** Key of what the county gave the device to be known again by; nothing of a person. */
export const TABLET_PASS = 'tabletPass';

/** The key of a device as it stands beside its rows; the private half cannot be taken out. */
export interface KeptDeviceKey {
  readonly dv: string;
  /** Printed point (protocol/device-key.ts). */
  readonly publicKey: string;
  readonly keyId: string;
  readonly privateKey: CryptoKey;
  /** The county said that it has this key. */
  readonly told: boolean;
}

/** A row of `meta`. */
export interface MetaRow {
  readonly key: string;
  readonly body?: Uint8Array;
  readonly sync?: SyncRecord;
  readonly deviceKey?: KeptDeviceKey;
  readonly pass?: string;
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
