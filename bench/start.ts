import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { encodePlain } from '../src/lib/tablet/vault.ts';
import { options, percentile } from './ground.ts';
import type { Measured } from './index.ts';
import { NAME, seedSession, serveBuild, watchFor } from './size.ts';

const CASES = 2_000;
const RATE = 6;
/** Starts of either kind, in turns. */
const STARTS = 5;
const MINIMUM = 3;
const WAIT_MS = 180_000;
const POLL_MS = 250;

interface Start {
  /** From the navigation until the first case can be read. */
  readonly ms: number;
  /** A list in one body lay there and held. */
  readonly kept: boolean;
  /** Every case was known: 全部 2000. */
  readonly whole: boolean;
}

/**
 * The built page `/tablet` itself over 2,000 cases, its files from a server on this machine, six
 * times slower: with the list kept in one body, and with the records of all cases, in turns in one
 * profile on the disk. The browser is started anew each time. Planted: the list is taken away there,
 * too, and has to be missed.
 */
export async function benchStart(plant: boolean): Promise<Measured> {
  const server = await serveBuild(false);
  const profile = mkdtempSync(path.join(tmpdir(), 'bench-start-'));
  const at = { profile, url: `${server.origin}/tablet` };
  try {
    await withPage(at, 1, async (page) => {
      await seedTablet(page, at.url);
      await page.reload();
      await untilKept(page);
    });
    const [list, records]: [Start[], Start[]] = [[], []];
    for (let i = 0; i < STARTS; i++) {
      list.push(await start(at, plant));
      records.push(await start(at, true));
    }
    return judge(list, records);
  } finally {
    server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

interface At {
  readonly profile: string;
  readonly url: string;
}

async function withPage<T>(
  { profile, url }: At,
  rate: number,
  use: (page: Page, context: BrowserContext) => Promise<T>,
): Promise<T> {
  const context = await chromium.launchPersistentContext(profile, {
    ...{ ...options(), serviceWorkers: 'block', locale: 'zh-CN' },
  });
  try {
    const page = await context.newPage();
    // Same origin first, so that the throttle is on before the page opens.
    await page.goto(new URL('/icons/icon-192.png', url).href);
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate });
    return await use(page, context);
  } finally {
    await context.close();
  }
}

async function start(at: At, without: boolean): Promise<Start> {
  await withPage(at, 1, async (page) => {
    if (without) await page.evaluate(forgetList);
    else if (!(await page.evaluate(isKept))) {
      await page.goto(at.url);
      await untilKept(page);
    }
  });
  return withPage(at, RATE, async (page) => {
    const kept = await page.evaluate(isKept);
    await page.addInitScript(watchFor, NAME);
    await page.goto(at.url);
    await page.waitForFunction(() => 'listShownAt' in globalThis, null, { timeout: WAIT_MS });
    const ms = await page.evaluate(() => (globalThis as unknown as Shown).listShownAt);
    const words = await page.locator('.chips').first().textContent();
    return { ms, kept, whole: words?.includes(String(CASES)) ?? false };
  });
}

interface Shown {
  readonly listShownAt: number;
}

async function untilKept(page: Page): Promise<void> {
  for (let waited = 0; !(await page.evaluate(isKept)); waited += POLL_MS) {
    if (waited > WAIT_MS) throw new Error('the tablet kept no list');
    await page.waitForTimeout(POLL_MS);
  }
}

function judge(list: readonly Start[], records: readonly Start[]): Measured {
  const median = (starts: readonly Start[]): number =>
    Math.round(
      percentile(
        starts.map(({ ms }) => ms).sort((a, b) => a - b),
        0.5,
      ),
    );
  const kept = list.filter((s) => s.kept).length;
  const whole = [...list, ...records].every((s) => s.whole);
  const [listMs, recordsMs] = [median(list), median(records)];
  const figures = {
    ...{ cases: CASES, throttle: RATE, listMs, recordsMs, kept, whole },
    ...{ ratio: Math.round((100 * listMs) / recordsMs) / 100, limit: 1 },
    ...{ tried: list.length, minimum: MINIMUM },
  };
  const enough = list.length >= MINIMUM && kept === list.length && whole;
  return { ok: enough && listMs <= recordsMs, figures };
}

// Seeds: records as the tablet's own acts leave them.

const AT_MS = Date.UTC(2026, 5, 8, 1, 30);
const DAY_MS = 86_400_000;
const instant = (ms: number): string => new Date(ms).toISOString();

function factsOf(n: number): Uint8Array {
  const taken = AT_MS - (n % 300) * DAY_MS;
  const words = `${NAME} 院边粪堆挨着水井，味儿大招苍蝇，跟他说过三回也不挪。`;
  const due = { dueAt: instant(taken + 60 * DAY_MS), soonAt: instant(taken + 45 * DAY_MS) };
  return encodePlain({
    ...{ kind: 'case', temporaryNumber: `临-230278200201-A01-A-${n}`, queryCode: '482160375519' },
    ...{ caseNo: null, status: 'ACCEPTED', matter: `邻居粪堆挨着水井 ${n}`, petitioner: NAME },
    ...{ sex: null, petitionerCount: 1, place: '三屯', areaCode: '230278200201', hasPhone: false },
    ...{ takenAt: instant(taken), lastActAt: instant(taken), flags: [], tasks: [], waits: [] },
    duties: [{ clock: 'C3', ...due, provisional: false, frozen: false }],
    ...{ topSeq: n + 1, words: words.repeat(12) },
  });
}

async function seedTablet(page: Page, url: string): Promise<void> {
  await page.goto(url);
  // Signed out, but the store is there as the tablet makes it.
  await page.waitForFunction(async () =>
    (await indexedDB.databases()).some(({ name }) => name === 'daiban'),
  );
  await page.waitForTimeout(1_000);
  const core = encodePlain({ salt: 's'.repeat(22) }).toString();
  for (let from = 0; from < CASES; from += 200) {
    const facts = [...Array(200).keys()].map((i) => factsOf(from + i).toString());
    await page.evaluate(seed, { from, facts, core, session: seedSession() });
  }
}

// What follows runs in the page.

function seed(of: { from: number; facts: string[]; core: string; session: number[] }) {
  const bytes = (text: string): Uint8Array => Uint8Array.from(text.split(','), Number);
  return new Promise<void>((resolve, reject) => {
    const request = indexedDB.open('daiban');
    request.onerror = () => reject(request.error ?? new Error('open failed'));
    request.onsuccess = () => {
      const tx = request.result.transaction(['meta', 'cases'], 'readwrite');
      tx.objectStore('meta').put({ key: 'session', body: Uint8Array.from(of.session) });
      of.facts.forEach((facts, i) => {
        const record = { id: `case-${of.from + i}`.padEnd(22, '-'), rev: 1, factsRev: 1, left: 0 };
        const bodies = { body: bytes(of.core), facts: bytes(facts) };
        tx.objectStore('cases').put({ ...record, ...bodies });
      });
      tx.onabort = () => reject(tx.error ?? new Error('aborted'));
      tx.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });
}

function isKept(): Promise<boolean> {
  interface Row {
    readonly gen?: number;
    readonly moved?: { readonly gen: number; readonly ids: readonly string[] | null };
  }
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('daiban');
    request.onerror = () => reject(request.error ?? new Error('open failed'));
    request.onsuccess = () => {
      const meta = request.result.transaction('meta').objectStore('meta');
      const list = meta.get('list') as IDBRequest<Row | undefined>;
      const sync = meta.get('sync') as IDBRequest<Row | undefined>;
      sync.onsuccess = () => {
        const moved = sync.result?.moved;
        request.result.close();
        resolve(!!moved?.ids && list.result?.gen === moved.gen);
      };
    };
  });
}

function forgetList(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('daiban');
    request.onerror = () => reject(request.error ?? new Error('open failed'));
    request.onsuccess = () => {
      const tx = request.result.transaction('meta', 'readwrite');
      tx.objectStore('meta').delete('list');
      tx.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });
}
