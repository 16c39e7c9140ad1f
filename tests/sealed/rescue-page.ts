/** The page of last resort as it is served, and the tablet's list of vaults. */
import { REGISTRY, REGISTRY_VERSION, VAULTS_STORE } from '../../src/lib/tablet/registry-look.ts';

export interface Rescue {
  vaultNames(): Promise<string[]>;
  waitingIn(name: string): Promise<{ sealed: number; plain: number; files: number }>;
  rescueFile(name: string): Promise<Blob | null>;
}
/** The page's own script. */
const PAGE = '../../static/rescue.js';
export const rescue = (await import(PAGE)) as Rescue;

/** The registry as the tablet keeps it. */
export async function register(databases: readonly string[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.open(REGISTRY, REGISTRY_VERSION);
    request.onupgradeneeded = () =>
      request.result.createObjectStore(VAULTS_STORE, { keyPath: 'vaultId' });
    request.onerror = () => reject(request.error ?? new Error('no registry'));
    request.onsuccess = () => {
      const tx = request.result.transaction(VAULTS_STORE, 'readwrite');
      for (const database of databases)
        tx.objectStore(VAULTS_STORE).put({ vaultId: database.slice(-22), database, ready: true });
      tx.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });
}
