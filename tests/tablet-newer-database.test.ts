import 'fake-indexeddb/auto';
import { expect, it } from 'vitest';
import { NO_ACT, firstSync, type TabletStore } from '../src/lib/ports/tablet-store.ts';
import { DATABASE_VERSION, TabletDb } from '../src/lib/tablet/db.ts';
import { dexieTabletStore } from '../src/lib/tablet/event-store-dexie.ts';
import { encodePlain } from '../src/lib/tablet/vault.ts';

const NEWER = (DATABASE_VERSION + 1) * 10;
const newer = { code: 'STORE_NEWER' };

async function save(store: TabletStore, id: string): Promise<unknown> {
  const body = encodePlain({ a: 1 });
  return store.save({
    ...{ ...NO_ACT, events: [{ id: `e${id}`, caseId: `c${id}`, day: 1, body }] },
    cases: [{ id: `c${id}`, body }],
  });
}

/** The database as the browser has it: its version, its stores and how many rows each holds. */
function there(name: string, version?: number): Promise<Readonly<Record<string, number>>> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onerror = () => reject(request.error as Error);
    request.onsuccess = () => {
      const db = request.result;
      const tx = db.transaction([...db.objectStoreNames]);
      const rows = [...db.objectStoreNames].map((s) => [s, tx.objectStore(s).count()] as const);
      tx.oncomplete = () => {
        db.close();
        resolve({
          version: db.version,
          ...Object.fromEntries(rows.map(([s, r]) => [s, r.result])),
        });
      };
    };
  });
}

it('[TB6] a window whose database a newer build has opened lets go and never comes back', async () => {
  let told = 0;
  const old = dexieTabletStore(new TabletDb('let-go', () => told++));
  await old.begin(firstSync('dv1'));
  await save(old, '1');
  const before = await there('let-go', NEWER);
  expect([told, before['version'], before['meta']]).toEqual([1, NEWER, 1]);
  await expect(save(old, '2')).rejects.toMatchObject(newer);
  await expect(old.sync()).rejects.toMatchObject(newer);
  expect(await there('let-go')).toEqual(before);
});

it('[TB6] a build older than the database opens nothing, adds nothing and writes nothing', async () => {
  const first = dexieTabletStore(new TabletDb('older'));
  await first.begin(firstSync('dv1'));
  await save(first, '1');
  first.close();
  const before = await there('older', NEWER);
  const old = dexieTabletStore(new TabletDb('older'));
  await expect(old.begin(firstSync('dv2'))).rejects.toMatchObject(newer);
  await expect(save(old, '2')).rejects.toMatchObject(newer);
  expect(await there('older')).toEqual(before);
});

it('[TB6] an older database is brought up, one of our own opens as it is', async () => {
  for (const dv of ['dv1', 'dv2']) {
    const store = dexieTabletStore(new TabletDb('own'));
    expect(await store.begin(firstSync(dv))).toMatchObject({ dv: 'dv1' });
    store.close();
  }
  expect((await there('own'))['version']).toBe(DATABASE_VERSION * 10);
});
