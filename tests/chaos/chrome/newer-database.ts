/**
 * A newer build opens the database while an old window has a form open (FAULTS M4, F9): the old
 * window lets go at once, keeps the words on its page, and never says that it saved them.
 */
import type { Page } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chromium } from './chromium.ts';
import { nextWords, saveButton, storeName, writeSupplement, type Field } from './field.ts';
import type { Marker } from '../markers.ts';

/** Long enough for a save to end. */
const SETTLED_MS = 1_500;
const REFUSAL_MS_MAX = 15_000;
const BLOCKED_MS_MAX = 10_000;

export async function newerDatabase(
  run: {
    readonly field: Field;
    readonly chrome: Chromium;
    readonly cases: readonly string[];
    readonly marks: Marker;
  },
  [old, other]: readonly [Page, Page],
): Promise<{ readonly zeros: Readonly<Record<string, number>> }> {
  const caseId = run.cases[0] ?? '';
  const { typed, marked } = nextWords(run.marks);
  await old.goto(`${run.field.url}/tablet`);
  await other.goto(`${run.field.url}/tablet`);
  await writeSupplement(old, caseId, typed);
  const newer = await run.chrome.context.newPage();
  await newer.goto(`${run.field.url}/healthz`);
  const name = await newer.evaluate(storeName);
  const opened = await newer.evaluate(openNewer, { name, msMax: BLOCKED_MS_MAX });
  const before = await newer.evaluate(whatIsThere, name);
  await saveButton(old).click();
  const alert = old.getByRole('alert').first();
  const shown = () =>
    alert.waitFor({ timeout: REFUSAL_MS_MAX }).then(
      () => true,
      () => false,
    );
  // What is said in the first moment must still be said when everything has settled.
  let said = await shown();
  await sleep(SETTLED_MS);
  said = said && (await alert.isVisible());
  const inForm = await old
    .getByLabel(/^补啥，照[她他]说的写$/)
    .inputValue({ timeout: REFUSAL_MS_MAX })
    .catch(() => '');
  const kept = inForm.includes(marked.marker);
  const after = await newer.evaluate(whatIsThere, name);
  return {
    zeros: {
      newerBlocked: opened ? 0 : 1,
      newerUnsaid: said ? 0 : 1,
      wordsGone: kept ? 0 : 1,
      newerChanged: before === after && before !== '' ? 0 : 1,
    },
  };
}

/** Runs in the page: opens the database as a later version would. */
async function openNewer(of: { name: string; msMax: number }): Promise<boolean> {
  const known = (await indexedDB.databases()).find(({ name }) => name === of.name);
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), of.msMax);
    const request = indexedDB.open(of.name, (known?.version ?? 0) + 10);
    request.onsuccess = () => {
      request.result.close();
      resolve(true);
    };
    request.onerror = () => resolve(false);
  });
}

/** Runs in the page: version, stores and number of rows, as text; empty when there is nothing. */
async function whatIsThere(name: string): Promise<string> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error as Error);
  });
  const names = [...db.objectStoreNames];
  const tx = names.length > 0 ? db.transaction(names) : null;
  const rows = names.map((store) => tx?.objectStore(store).count());
  await new Promise((resolve) => (tx ? (tx.oncomplete = resolve) : resolve(null)));
  db.close();
  return names.length === 0
    ? ''
    : JSON.stringify([db.version, names.map((store, i) => [store, rows[i]?.result])]);
}
