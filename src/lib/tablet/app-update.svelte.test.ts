import 'fake-indexeddb/auto';
import { afterEach, expect, it, vi } from 'vitest';
import { AppUpdate } from './app-update.svelte.ts';
import { DATABASE, PLACE_INDEX } from './db-name.ts';
import {
  databaseOf,
  isWorkLeft,
  REGISTRY,
  REGISTRY_VERSION,
  VAULTS_STORE,
} from './registry-look.ts';

/** A database with one row; closed again, as after a kill. */
async function put(
  of: { name: string; version: number; store: string; keyPath: string; index?: string },
  row: object,
): Promise<void> {
  const request = indexedDB.open(of.name, of.version);
  request.onupgradeneeded = () => {
    const store = request.result.createObjectStore(of.store, { keyPath: of.keyPath });
    if (of.index) store.createIndex(of.index, ['state', 'place']);
  };
  await new Promise((resolve) => (request.onsuccess = resolve));
  const tx = request.result.transaction(of.store, 'readwrite');
  tx.objectStore(of.store).put(row);
  await new Promise((resolve) => (tx.oncomplete = resolve));
  request.result.close();
}

const events = { version: 10, store: 'events', keyPath: 'id', index: PLACE_INDEX };
const VAULT = 'a'.repeat(22);

afterEach(() => vi.unstubAllGlobals());

it('[TB140] asks the browser to wake the worker where something was left in a vault or in clear, and only there', async () => {
  const asked: string[] = [];
  const registration = { sync: { register: async (tag: string) => void asked.push(tag) } };
  const updates = new AppUpdate();
  Object.assign(updates, { registration });
  const ask = async (): Promise<number> => {
    await updates.askIfLeft(isWorkLeft);
    return asked.splice(0).filter((tag) => tag === 'outbox').length;
  };
  expect(await ask()).toBe(0);
  const registry = { name: REGISTRY, version: REGISTRY_VERSION, store: VAULTS_STORE };
  const database = databaseOf(VAULT);
  await put({ ...registry, keyPath: 'vaultId' }, { vaultId: VAULT, database, ready: true });
  await put({ ...events, name: database }, { id: '1', state: 'a', place: 'c' });
  expect(await ask()).toBe(0);
  await put({ ...events, name: database }, { id: '2', state: 'p', place: 'c' });
  expect(await ask()).toBe(1);
  await put({ ...events, name: database }, { id: '2', state: 'a', place: 'c' });
  expect(await ask()).toBe(0);
  await put({ ...events, name: DATABASE }, { id: '3', state: 'p', place: 'c' });
  expect(await ask()).toBe(1);
});

it('[TB140] a look that breaks asks for nothing and throws nothing', async () => {
  const register = vi.fn(async () => undefined);
  const updates = new AppUpdate();
  Object.assign(updates, { registration: { sync: { register } } });
  await updates.askIfLeft(() => Promise.reject(new Error('broken')));
  expect(register).not.toHaveBeenCalled();
});
