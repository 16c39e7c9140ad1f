/**
 * The pass that the county gave this store's device with its last enrolment, beside the rows and in
 * clear: it names nobody and opens nothing without the agent's own sign-in. By it the county knows
 * the tablet again when its device id had to change.
 */
import { TABLET_PASS, type MetaRow } from './db-name.ts';
import { answered, openSealedDb } from './sealed-db.ts';

/** The pass that lies there; undefined where there is none, or no such store. */
export async function passIn(database: string): Promise<string | undefined> {
  const db = await openSealedDb(database).catch(() => null);
  if (!db) return undefined;
  try {
    const store = db.backendDB().transaction('meta', 'readonly').objectStore('meta');
    return (await answered(store.get(TABLET_PASS) as IDBRequest<MetaRow | undefined>))?.pass;
  } catch {
    return undefined;
  } finally {
    db.close();
  }
}

/** Keeps the newest; a disk that refuses costs a code one day, and nothing that is saved. */
export async function keepPass(database: string, pass: string): Promise<void> {
  const db = await openSealedDb(database).catch(() => null);
  if (!db) return;
  try {
    const tx = db.backendDB().transaction('meta', 'readwrite', { durability: 'strict' });
    await answered(tx.objectStore('meta').put({ key: TABLET_PASS, pass } satisfies MetaRow));
  } catch {
    return;
  } finally {
    db.close();
  }
}
