/**
 * Markers that are put into every corner of a profile in clear, by a page that has nothing to do
 * with the tablet: a search that does not find them is blind, and its zero means nothing.
 */
import type { BrowserContext, Page } from '@playwright/test';
import { globSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cookieValues } from './cookies.ts';
import type { Needles } from './needles.ts';

/** Enough that LevelDB writes a table, and packs it. */
const PACKED_ROWS = 3_000;
/** Chromium puts values of this length into files of their own. */
const BLOB_LETTERS = 200_000;

const PLACES = [
  ...['database', 'packed table', 'packed value', 'file of a value', 'cache', 'session'],
  ...['local', 'cookie', 'history', 'utf16le', 'base64'],
] as const;

/** Chromium writes its cookies at once when so many changes wait, and holds so many of a domain. */
const COOKIE_BATCH = 512;
const COOKIES_OF_A_DOMAIN = 150;
const COOKIE_LOOK_MS = 100;

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

/**
 * Makes Chromium write the cookies that wait, the tablet's among them, instead of half a minute
 * later: one more witness, and behind it as many strangers as it takes. Resolves when that witness
 * is read from the disk; false when it never is, and whoever asked waits for the clock.
 */
export async function cookiesWritten(
  context: BrowserContext,
  { profile, needles, msMax }: { profile: string; needles: Needles; msMax: number },
): Promise<boolean> {
  const late = encodeURIComponent(needles.words('witness', 12, 'cookie'));
  const expires = Math.floor(Date.now() / 1_000) + 86_400;
  const strangers = Array.from({ length: COOKIE_BATCH + COOKIES_OF_A_DOMAIN }, (_, n) => ({
    ...{ name: `c${n}`, value: n === 0 ? late : '-', path: '/', expires },
    domain: `w${Math.floor(n / COOKIES_OF_A_DOMAIN)}.invalid`,
  }));
  await context.addCookies(strangers);
  const until = performance.now() + msMax;
  const isThere = (): boolean =>
    globSync('**/Cookies', { cwd: profile })
      .flatMap((file) => cookieValues(path.join(profile, file)))
      .some((value) => value.includes(late));
  while (!isThere()) {
    if (performance.now() > until) return false;
    await sleep(COOKIE_LOOK_MS);
  }
  return true;
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
