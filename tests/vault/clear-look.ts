/** Reads every database of an origin as it lies, in a page or under Node; needs nothing around it. */
import type { Found } from './clear-list.ts';

/** Runs inside the page as well: everything that it needs stands in it. */
export async function lookAtDatabases(): Promise<Found[]> {
  const found: Found[] = [];
  const answer = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((done, broke) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => broke(request.error ?? new Error('not read'));
    });
  const walk = (at: string, value: unknown): void => {
    if (value === undefined) return;
    if (value instanceof Uint8Array) found.push({ at, value: { first: value[0] ?? -1 } });
    else if (value instanceof CryptoKey) found.push({ at, value: { key: value.extractable } });
    else if (Array.isArray(value)) for (const one of value) walk(at, one);
    else if (typeof value === 'object' && value !== null)
      for (const [name, member] of Object.entries(value)) walk(`${at}.${name}`, member);
    else found.push({ at, value: value as Found['value'] });
  };
  const storeNames: Record<string, string> = { 'daiban-vaults': 'registry', daiban: 'plain' };
  for (const { name = '' } of await indexedDB.databases()) {
    const database = storeNames[name] ?? (/^daiban-[\w-]{22}$/.test(name) ? 'vault' : name);
    const db = await answer(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const all = db.transaction(store).objectStore(store);
      const [keys, rows] = [
        answer(all.getAllKeys()),
        answer(all.getAll() as IDBRequest<unknown[]>),
      ];
      const isNamed = all.keyPath === null;
      for (const [n, row] of (await rows).entries())
        // Of a store without key paths the key is a name of ours, and what stands there one value.
        if (isNamed) {
          const key = String((await keys)[n]);
          if (key === 'countyKeys') found.push({ at: `${database}/${store}.${key}`, value: true });
          else walk(`${database}/${store}.${key}`, row);
        } else walk(`${database}/${store}`, row);
    }
    db.close();
  }
  return found;
}
