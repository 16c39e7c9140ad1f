/**
 * Profiles that are not what the tablet left behind: one whose database an older build wrote (T14),
 * one that runs on two tablets at once (T18), one that was put back to an earlier day (T19). Each
 * has unsent texts, and each of them comes to the county.
 *
 *     saved ─▶ database as of version 1 ─▶ sent      profile ─copy─▶ two tablets, both send
 *                                                       └──copy, later put back ─▶ sends
 */
import type { Page } from '@playwright/test';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Marked, Marker } from '../markers.ts';
import type { Chromium } from './chromium.ts';
import {
  nextWords,
  saveButton,
  storeName,
  timesShown,
  writeSupplement,
  type Field,
} from './field.ts';

const SCREEN_MS_MAX = 15_000;
const OLD_TEXTS = 2;

interface Of {
  readonly field: Field;
  readonly cases: readonly string[];
  readonly marks: Marker;
}

export interface Profiles {
  readonly promised: readonly Marked[];
  readonly zeros: Readonly<Record<string, number>>;
  readonly seen: Readonly<Record<string, unknown>>;
}

/** Nothing runs on the profile before and afterwards; everything of it was sent before. */
export async function profiles(of: Of): Promise<Profiles> {
  const old = await oldDatabase(of);
  const copies = mkdtempSync(path.join(tmpdir(), 'daiban-copies-'));
  const [second, earlier] = [path.join(copies, 'second'), path.join(copies, 'earlier')];
  try {
    cpSync(of.field.profile, second, { recursive: true });
    cpSync(of.field.profile, earlier, { recursive: true });
    const cloned = await onTwoTablets(of, second);
    rmSync(of.field.profile, { recursive: true });
    cpSync(earlier, of.field.profile, { recursive: true });
    const back = await putBack(of, cloned.first);
    return {
      promised: [...old.promised, ...cloned.promised, ...back.promised],
      zeros: { ...old.zeros, ...cloned.zeros, ...back.zeros },
      seen: { profiles: 3, ...old.seen },
    };
  } finally {
    rmSync(copies, { recursive: true, force: true });
  }
}

/** Saved without a line, in the first case. */
async function save({ field, cases, marks }: Of, page: Page): Promise<Marked> {
  const caseId = cases[0] ?? '';
  const { typed, marked } = nextWords(marks);
  await page.goto(`${field.url}/tablet`);
  await writeSupplement(page, caseId, typed);
  await saveButton(page).click();
  await page.waitForURL(`**/tablet/case/${caseId}`, { timeout: SCREEN_MS_MAX });
  await page.locator('ol.ticks li[data-n="1"]:not(.none)').waitFor({ timeout: SCREEN_MS_MAX });
  return marked;
}

/** On a tablet of its own without a lock: that version knew none. */
async function oldDatabase(of: Of) {
  const profile = mkdtempSync(path.join(tmpdir(), 'daiban-old-'));
  const { field } = of;
  const { vaults } = field;
  await field.wantLocks(false);
  const chrome = await field.browser(profile);
  try {
    const page = await chrome.page();
    await field.signIn(page);
    return await fromVersionOne(of, chrome, page);
  } finally {
    await chrome.gone();
    rmSync(profile, { recursive: true, force: true });
    await field.wantLocks(vaults);
  }
}

async function fromVersionOne(of: Of, chrome: Chromium, page: Page) {
  const { field } = of;
  field.line = false;
  const promised: Marked[] = [];
  for (let n = 0; n < OLD_TEXTS; n++) promised.push(await save(of, page));
  // Away from the app before the line is back: nothing of it shall go out yet.
  await page.goto('about:blank');
  field.line = true;
  await page.goto(`${field.url}/healthz`);
  const unsent = await page.evaluate(asVersionOne);
  const sent = await field.sendEverything(page);
  const version = await page.evaluate(
    async () => (await indexedDB.databases()).find(({ name }) => name === 'daiban')?.version ?? 0,
  );
  await chrome.close();
  const upgraded = version > 10;
  return {
    promised,
    zeros: {
      oldProfileUnsent: sent && upgraded ? 0 : 1,
      oldProfileEmpty: unsent === OLD_TEXTS ? 0 : 1,
    },
    seen: { oldProfileUnsentBefore: unsent },
  };
}

/** The same profile on two tablets; both save before either has the line. */
async function onTwoTablets(of: Of, copy: string) {
  const { field } = of;
  field.line = false;
  const tablets = [await field.browser(), await field.browser(copy)] as const;
  const [a, b] = [await tablets[0].page(), await tablets[1].page()];
  const first = await save(of, a);
  const promised = [first, await save(of, b)];
  field.line = true;
  const sent = [await field.sendEverything(a), await field.sendEverything(b)];
  const name = await a.evaluate(storeName);
  const devices = [await a.evaluate(deviceId, name), await b.evaluate(deviceId, name)];
  for (const tablet of tablets) await tablet.close();
  const same = devices[0] === devices[1] ? 1 : 0;
  return {
    ...{ first, promised },
    zeros: { cloneUnsent: sent.filter((all) => !all).length, cloneSameDevice: same },
  };
}

/** A profile of an earlier day: it saves under numbers that were used since. */
async function putBack(of: Of, since: Marked) {
  const { field, cases } = of;
  field.line = false;
  const chrome = await field.browser();
  const page = await chrome.page();
  const promised = [await save(of, page)];
  field.line = true;
  const sent = await field.sendEverything(page);
  const url = `${field.url}/tablet/case/${cases[0] ?? ''}`;
  const times = await timesShown(page, url, since.marker);
  await chrome.close();
  return {
    promised,
    zeros: { putBackUnsent: sent ? 0 : 1, putBackMissing: times === 1 ? 0 : 1 },
  };
}

/** Runs in the page: the device id of this tablet. */
async function deviceId(name: string): Promise<string> {
  const open = indexedDB.open(name);
  await new Promise((resolve) => (open.onsuccess = resolve));
  const asked = open.result.transaction('meta').objectStore('meta').get('sync');
  await new Promise((resolve) => (asked.onsuccess = resolve));
  open.result.close();
  return (asked.result as { sync: { dv: string } }).sync.dv;
}

/**
 * Runs in the page: the database as version 1 of it had it, with all its rows.
 * @returns unsent events in it
 */
async function asVersionOne(): Promise<number> {
  type Row = Record<string, unknown>;
  const done = (request: IDBRequest): Promise<unknown> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error as Error);
    });
  const now = (await done(indexedDB.open('daiban'))) as IDBDatabase;
  const names = [...now.objectStoreNames];
  const tx = now.transaction(names);
  const all = await Promise.all(
    names.map(
      async (name) => [name, (await done(tx.objectStore(name).getAll())) as Row[]] as const,
    ),
  );
  now.close();
  await done(indexedDB.deleteDatabase('daiban'));
  const open = indexedDB.open('daiban', 10);
  open.onupgradeneeded = () => {
    const db = open.result;
    const events = db.createObjectStore('events', { keyPath: 'id' });
    events.createIndex('[state+caseId]', ['state', 'caseId']);
    db.createObjectStore('cases', { keyPath: 'id' }).createIndex('left', 'left');
    db.createObjectStore('drafts', { keyPath: 'id' });
    db.createObjectStore('meta', { keyPath: 'key' });
    db.createObjectStore('media', { keyPath: 'id' }).createIndex('caseId', 'caseId');
    db.createObjectStore('chunks', { keyPath: ['mediaId', 'n'] });
  };
  const old = (await done(open)) as IDBDatabase;
  const into = old.transaction([...old.objectStoreNames], 'readwrite');
  let unsent = 0;
  for (const [name, rows] of all) {
    if (!old.objectStoreNames.contains(name) && rows.length > 0)
      throw new Error(`${name} has rows`);
    for (const row of rows) {
      delete row['own'];
      if (name === 'events' && row['state'] === 'p') unsent++;
      into.objectStore(name).put(row);
    }
  }
  await new Promise((resolve) => (into.oncomplete = resolve));
  old.close();
  return unsent;
}
