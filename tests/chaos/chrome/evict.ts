/**
 * The browser throws everything of the origin away, cookies excepted (FAULTS T6): the tablet says
 * how much cannot come back, takes a new device id, and the county's page of devices shows it.
 */
import { sessionFetch } from '../../../scripts/intake/session-fetch.ts';
import { EXCHANGE_PATH } from '../../../src/lib/protocol/version.ts';
import { SIGN_IN_PATH } from '../../../src/lib/tablet/session.ts';
import type { Marker } from '../markers.ts';
import { nextWords, saveButton, writeSupplement, type Field } from './field.ts';

/** A sign-in makes the tablet's lock first, on a machine with much other work. */
const LOCK_MS_MAX = 60_000;

const SCREEN_MS_MAX = 15_000;
const LOST = 2;
const SAVED_TYPES = 'indexeddb,cache_storage,service_workers,file_systems';

export interface Evicted {
  readonly zeros: Readonly<Record<string, number>>;
  readonly seen: Readonly<Record<string, unknown>>;
}

/** Saves without a line, evicts, starts again; the texts are gone and must not be promised. */
export async function evict(field: Field, caseId: string, marks: Marker): Promise<Evicted> {
  const before = await field.browser();
  const page = await before.page();
  await page.goto(`${field.url}/tablet`);
  field.line = false;
  for (let n = 0; n < LOST; n++) {
    await writeSupplement(page, caseId, nextWords(marks).typed);
    await saveButton(page).click();
    await page.waitForURL(`**/tablet/case/${caseId}`, { timeout: SCREEN_MS_MAX });
  }
  const mark = new RegExp(`daiban_tablet=v1\\.[\\w-]{22}\\.${LOST}\\b`);
  await page.waitForFunction((m) => new RegExp(m).test(document.cookie), mark.source);
  await page.goto('about:blank');
  const cdp = await before.context.newCDPSession(page);
  const of = { origin: field.url, storageTypes: SAVED_TYPES };
  await cdp.send('Storage.clearDataForOrigin', of);
  await before.close();

  field.line = true;
  const after = await field.browser();
  const fresh = await after.page();
  await fresh.goto(`${field.url}/tablet`);
  const told = fresh.getByText(`有 ${LOST} 条没送的拿不回来了`).first();
  const says = await told.waitFor({ timeout: SCREEN_MS_MAX }).then(
    () => true,
    () => false,
  );
  const talked = fresh.waitForResponse((answer) => answer.url().endsWith(EXCHANGE_PATH), {
    timeout: LOCK_MS_MAX,
  });
  await field.signIn(fresh);
  await talked;
  await fresh.goto(`${field.url}/tablet/unsent`);
  await told.waitFor({ timeout: SCREEN_MS_MAX });
  const green = await fresh.getByText(/件都已送达县里/).count();
  const devices = await devicesPage(field);
  await after.close();
  const county = devices.includes(`有 ${LOST} 条没到过县里`);
  return {
    zeros: { evictionUnsaid: says ? 0 : 1, alarmMissing: county ? 0 : 1, falseGreen: green },
    seen: { evictedEntries: LOST },
  };
}

/** The county's page of devices as a reviewer gets it. */
async function devicesPage(field: Field): Promise<string> {
  const [reviewer] = field.county.accounts('reviewer');
  const direct = `http://127.0.0.1:${field.county.port}`;
  const get = sessionFetch(field.url);
  await get(`${direct}${SIGN_IN_PATH}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: reviewer.user, password: reviewer.passphrase }),
  });
  return (await get(`${direct}/desk/devices`)).text();
}
