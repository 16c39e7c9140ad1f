import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { ensureBuilt } from '../scripts/house/ground.mjs';
import { encodePlain } from '../src/lib/tablet/vault.ts';
import { launch, serve } from './ground.ts';
import type { Measured } from './index.ts';

const BUILD = fileURLToPath(new URL('../build/', import.meta.url));
const AIM_KB = 90;
const LIMIT_KB = 120;
/** Loads of the list that must have shown it. */
const LOADS = 3;
const MINIMUM = 2;
const STORE_TRIES = 100;
const PLANTED_BYTES = 200 * 1024;
const TYPES: Readonly<Record<string, string>> = {
  ...{ '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html; charset=utf-8' },
  ...{ '.png': 'image/png', '.webmanifest': 'application/manifest+json' },
};
export const NAME = '周桂芹';

/** A file of the build by its URL path; the tablet's deep links are its one page. */
function fileFor(path: string): string | null {
  const own = [join(BUILD, 'client', path), join(BUILD, 'prerendered', `${path}.html`)];
  return own.find((f) => extname(f) !== '' && existsSync(f)) ?? null;
}

/**
 * Bytes (gzip) that a tablet fetches before its list of cases stands on the screen: the page is
 * opened with a signed-in agent and a case in its store, and every request that began before the
 * case could be read is counted.
 */
export async function benchSize(plant: boolean): Promise<Measured> {
  const server = await serveBuild(plant);
  try {
    return await measure(server.origin);
  } finally {
    server.close();
  }
}

/** The build as it is, over HTTP; planted, every page asks for a script more. */
export function serveBuild(plant: boolean): ReturnType<typeof serve> {
  ensureBuilt();
  return serve((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname);
    if (path === '/planted.js') {
      const noise = Array.from(
        { length: PLANTED_BYTES },
        () => Math.random().toString(36)[2] ?? 'x',
      );
      response.setHeader('content-type', 'text/javascript');
      return response.end(`/*${noise.join('')}*/`);
    }
    const file = fileFor(path);
    if (!file) return response.writeHead(404).end();
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    const body = readFileSync(file, 'utf8');
    const more = '<script src="/planted.js"></script></body>';
    const planted = plant && extname(file) === '.html';
    response.end(planted ? body.replace('</body>', more) : readFileSync(file));
  });
}

async function measure(origin: string): Promise<Measured> {
  const browser = await launch();
  try {
    const context = await browser.newContext({ serviceWorkers: 'block', locale: 'zh-CN' });
    const bodies = new Map<string, Buffer>();
    context.on('response', (response) => {
      void response.body().then(
        (body) => bodies.set(new URL(response.url()).pathname, body),
        () => undefined,
      );
    });
    const page = await context.newPage();
    await page.addInitScript(watchFor, NAME);
    await page.goto(`${origin}/tablet`);
    const seeds = { session: seedSession(), facts: seedFacts(), core: seedCore() };
    for (let i = 0; !(await page.evaluate(seed, seeds)); i++) {
      if (i > STORE_TRIES) throw new Error('the tablet did not open its store');
      await page.waitForTimeout(100);
    }
    let shown = 0;
    let paths: readonly string[] = [];
    for (let i = 0; i < LOADS; i++) {
      await page.reload();
      await page.waitForFunction(() => 'listShownAt' in globalThis, null, { timeout: 20_000 });
      paths = await page.evaluate(requestsBefore);
      shown++;
    }
    await page.waitForLoadState('networkidle');
    return judge(shown, paths, bodies);
  } finally {
    await browser.close();
  }
}

function judge(
  shown: number,
  paths: readonly string[],
  bodies: ReadonlyMap<string, Buffer>,
): Measured {
  const gz = (ending: string): number =>
    paths
      .filter((p) => (ending === '.html' ? extname(p) === '' : extname(p) === ending))
      .reduce((sum, p) => sum + gzipSync(bodies.get(p) ?? Buffer.alloc(0), { level: 9 }).length, 0);
  const [jsGz, cssGz, htmlGz] = [gz('.js'), gz('.css'), gz('.html')];
  const totalGz = jsGz + cssGz + htmlGz;
  const unread = paths.filter((p) => !bodies.has(p)).length;
  const figures = {
    ...{ jsGz, cssGz, htmlGz, totalGz, aim: AIM_KB * 1024, limit: LIMIT_KB * 1024 },
    ...{ requests: paths.length, unread, tried: shown, minimum: MINIMUM },
  };
  const counted = paths.length >= 4 && unread === 0 && jsGz > 10_000;
  return { ok: totalGz <= LIMIT_KB * 1024 && shown >= MINIMUM && counted, figures };
}

// What follows runs in the page.

/** Notes when that name can be read. */
export function watchFor(name: string): void {
  const look = (): void => {
    if (!document.body?.textContent.includes(name)) return;
    Object.assign(globalThis, { listShownAt: performance.now() });
    observer.disconnect();
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true, characterData: true });
}

function requestsBefore(): string[] {
  const { listShownAt } = globalThis as unknown as { listShownAt: number };
  const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  const before = entries.filter((e) => e.startTime <= listShownAt).map((e) => e.name);
  return [...new Set([location.href, ...before].map((url) => new URL(url).pathname))];
}

interface Seed {
  readonly session: number[];
  readonly facts: number[];
  readonly core: number[];
}

/** Puts session and case into the store; false while the app has not made it yet. */
function seed({ session, facts, core }: Seed): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('daiban');
    request.onupgradeneeded = () => request.transaction?.abort();
    request.onerror = () => resolve(false);
    request.onsuccess = () => {
      const tx = request.result.transaction(['meta', 'cases'], 'readwrite');
      tx.objectStore('meta').put({ key: 'session', body: Uint8Array.from(session) });
      const record = { id: 'c'.repeat(22), rev: 1, factsRev: 1, left: 0 };
      const bodies = { body: Uint8Array.from(core), facts: Uint8Array.from(facts) };
      tx.objectStore('cases').put({ ...record, ...bodies });
      tx.onabort = () => reject(tx.error ?? new Error('aborted'));
      tx.oncomplete = () => {
        request.result.close();
        resolve(true);
      };
    };
  });
}

const AT = '2026-06-08T01:30:00Z';
export const seedSession = (): number[] => [
  ...encodePlain({
    agent: {
      ...{ personId: 'A01', name: '王春生', agentCode: 'A01', user: 'a01', deviceLetter: 'A' },
      ...{ countyCode: '230278000000', unitId: null, signedInAt: AT },
      villages: [{ areaCode: '230278200201', name: '新河村', townshipName: '河沿乡' }],
    },
    ...{ signedOut: false, passcode: null },
  }),
];
const seedFacts = (): number[] => [
  ...encodePlain({
    ...{ kind: 'case', temporaryNumber: '临-230278200201-A01-A-0001', queryCode: '482160375519' },
    ...{ caseNo: null, status: 'TAKEN', matter: '邻居粪堆挨着水井', petitioner: NAME },
    ...{ petitionerCount: 1, place: '三屯', areaCode: '230278200201', hasPhone: false },
    ...{ takenAt: AT, lastActAt: AT, flags: [], duties: [], tasks: [], words: '' },
    ...{ received: true, backed: true },
  }),
];
const seedCore = (): number[] => [...encodePlain({ salt: 's'.repeat(22) })];
