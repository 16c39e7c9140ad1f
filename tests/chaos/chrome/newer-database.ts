/**
 * A newer build opens the database while an old window has a form open (FAULTS M4, F9): the old
 * window lets go at once, keeps the words on its page, and never says that it saved them.
 */
import type { Page } from '@playwright/test';
import type { Chromium } from './chromium.ts';
import { nextWords, saveButton, writeSupplement, type Field } from './field.ts';
import type { Marker } from '../markers.ts';

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
  const opened = await newer.evaluate(openNewer, BLOCKED_MS_MAX);
  await saveButton(old).click();
  const said = await old
    .getByRole('alert')
    .first()
    .waitFor({ timeout: REFUSAL_MS_MAX })
    .then(
      () => true,
      () => false,
    );
  const inForm = await old
    .getByLabel(/^补啥，照[她他]说的写$/)
    .inputValue()
    .catch(() => '');
  const kept = inForm.includes(marked.marker);
  return {
    zeros: {
      newerBlocked: opened ? 0 : 1,
      newerUnsaid: said ? 0 : 1,
      wordsGone: kept ? 0 : 1,
    },
  };
}

/** Runs in the page: opens the database as a later version would. */
async function openNewer(msMax: number): Promise<boolean> {
  const [known] = (await indexedDB.databases()).filter(({ name }) => name === 'daiban');
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), msMax);
    const request = indexedDB.open('daiban', (known?.version ?? 0) + 10);
    request.onsuccess = () => {
      request.result.close();
      resolve(true);
    };
    request.onerror = () => resolve(false);
  });
}
