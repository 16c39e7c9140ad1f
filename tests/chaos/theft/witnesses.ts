/**
 * Markers that are put into every corner of a profile in clear, by a page that has nothing to do
 * with the tablet: a search that does not find them is blind, and its zero means nothing.
 */
import type { Page } from '@playwright/test';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Needles } from './needles.ts';

/** Enough that LevelDB writes a table, and packs it. */
const PACKED_ROWS = 3_000;
/** Chromium puts values of this length into files of their own. */
const BLOB_LETTERS = 200_000;

const PLACES = [
  ...['database', 'packed table', 'packed value', 'file of a value', 'cache', 'session'],
  ...['local', 'cookie', 'history', 'utf16le', 'base64'],
] as const;

type Put = Readonly<Record<(typeof PLACES)[number], string>>;

/** Puts them; resolves when the page has. Gives the places that must be seen. */
export async function putWitnesses(page: Page, needles: Needles): Promise<readonly string[]> {
  const put = Object.fromEntries(
    PLACES.map((place) => [place, needles.words('witness', 12, place)]),
  ) as Put;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('set-cookie', `seen=${encodeURIComponent(put.cookie)}; max-age=86400`);
    response.end('<!doctype html><meta charset="utf-8"><title>-</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await page.goto(`http://127.0.0.1:${port}/?q=${encodeURIComponent(put.history)}`);
    await page.evaluate(inEveryCorner, { put, rows: PACKED_ROWS, letters: BLOB_LETTERS });
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return PLACES;
}

/** Runs in the page. */
async function inEveryCorner(of: { put: Put; rows: number; letters: number }): Promise<void> {
  const { put } = of;
  localStorage.setItem('w', put.local);
  sessionStorage.setItem('w', put.session);
  const cache = await caches.open('w');
  await cache.put('/w', new Response(put.cache));
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open('w');
    request.onupgradeneeded = () => request.result.createObjectStore('w', { autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error as Error);
  });
  const write = async (values: readonly unknown[]): Promise<void> => {
    const tx = db.transaction('w', 'readwrite', { durability: 'strict' });
    for (const value of values) tx.objectStore('w').put(value);
    await new Promise((resolve) => (tx.oncomplete = resolve));
  };
  const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
  const same = 'x'.repeat(2_000);
  await write([bytes(put['packed table'])]);
  for (let n = 0; n < of.rows; n += 500) await write(Array.from({ length: 500 }, () => same));
  await write([{ words: 'y'.repeat(12_000) + put['packed value'] + 'y'.repeat(12_000) }]);
  await write([new Blob([bytes(put['file of a value'] + 'z'.repeat(of.letters))])]);
  await write([bytes(put.database), put.utf16le]);
  const utf8 = String.fromCharCode(...bytes(put.base64));
  await write([`data:,${btoa(utf8)}`]);
  db.close();
}
