import { openDB } from 'idb';
import { DATABASE, DATABASE_VERSION, PLACE_INDEX } from '../lib/tablet/db-name.ts';

const NATIVE_VERSION = DATABASE_VERSION * 10;

/**
 * How many events only this tablet has. Reads states alone and writes nothing; where the store is
 * missing, older or newer it answers 0 and never creates or upgrades it.
 */
export async function unsentRows(): Promise<number> {
  const store = await openDB(DATABASE, NATIVE_VERSION, {
    upgrade(...[, , , transaction]) {
      transaction.done.catch(() => undefined);
      transaction.abort();
    },
  }).catch(() => null);
  if (!store) return 0;
  try {
    // An array sorts after every string: the range holds each case id of state p.
    return await store.countFromIndex('events', PLACE_INDEX, IDBKeyRange.bound(['p'], ['p', []]));
  } catch {
    return 0;
  } finally {
    store.close();
  }
}
