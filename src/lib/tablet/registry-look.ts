/**
 * The vaults of this tablet, read natively and without libraries: by the first picture, by the
 * service worker and by the page of last resort. Nothing here creates or upgrades a database.
 */
import { DATABASE, PLACE_INDEX } from './db-name.ts';

/** As much of a `VaultRow` as is read without looking at it closely. */
export interface SeenVault {
  readonly vaultId: string;
  readonly database: string;
  readonly ready: boolean;
}

/** Database of the registry; in clear, because it is read before any key is there. */
export const REGISTRY = 'daiban-vaults';
export const REGISTRY_VERSION = 1;
/** Store of `VaultRow`, by `vaultId`. */
export const VAULTS_STORE = 'vaults';
/** Store of what is public: the county's keys, the canary. */
export const CLEAR_STORE = 'clear';

/** Every database of this app but the one of today's plain store. */
const VAULT_DATABASE = /^daiban-[\w-]{22}$/;

/** Name of a vault's own database. */
export const databaseOf = (vaultId: string): string => `${DATABASE}-${vaultId}`;

/** Whether a name is one of a vault's database. */
export const isVaultDatabase = (name: string): boolean => VAULT_DATABASE.test(name);

/** Opens a database that is there; null where none is. It is never made. */
function openThere(name: string): Promise<IDBDatabase | null> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    let made = false;
    request.onupgradeneeded = () => {
      made = true;
      request.transaction?.abort();
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () =>
      made ? resolve(null) : reject(request.error ?? new Error('registry does not open'));
  });
}

/** What is there, unread: `registry.ts` looks at each row before it trusts it. */
export async function registryRows(): Promise<readonly SeenVault[]> {
  const db = await openThere(REGISTRY);
  if (!db) return [];
  try {
    if (!db.objectStoreNames.contains(VAULTS_STORE)) return [];
    const request = db.transaction(VAULTS_STORE, 'readonly').objectStore(VAULTS_STORE).getAll();
    return await new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result as SeenVault[]);
      request.onerror = () => reject(request.error ?? new Error('registry is not read'));
    });
  } finally {
    db.close();
  }
}

/** Names of the vaults' databases, whether one of them is open or not. */
export const vaultDatabases = async (): Promise<readonly string[]> =>
  (await registryRows()).map((row) => row.database).filter(isVaultDatabase);

/**
 * Entries that only this tablet has, counted by their state in a database that may be anybody's:
 * nothing of them is read. 0 where there is none.
 */
export async function unsentIn(database: string): Promise<number> {
  const db = await openThere(database);
  if (!db) return 0;
  try {
    if (!db.objectStoreNames.contains('events')) return 0;
    const index = db.transaction('events', 'readonly').objectStore('events').index(PLACE_INDEX);
    // An array sorts after every string: the range holds each place of state p.
    const request = index.count(IDBKeyRange.bound(['p'], ['p', []]));
    return await new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('not counted'));
    });
  } finally {
    db.close();
  }
}

/** Whether work of anybody waits on this tablet, in clear or in a vault; nothing of it is read. */
export async function isWorkLeft(): Promise<boolean> {
  for (const database of [DATABASE, ...(await vaultDatabases())])
    if ((await unsentIn(database).catch(() => 0)) > 0) return true;
  return false;
}
