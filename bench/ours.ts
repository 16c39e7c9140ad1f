/** Our own harness: the plug's page and county through the peers' phases, over our own proxy. */
import { chromium, type Page } from '@playwright/test';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { options } from './ground.ts';
import { LinkProxy, type Crossed } from './link-proxy.ts';
import { startCounty, type BenchCounty } from './peer-county.ts';
import type { Traced } from './peer-parts.ts';
import { LATER, peerScript } from './peer-script.ts';
import type { WorkEvent } from './workload.ts';

/** What the page offers; see `peer-page.ts`. */
export interface Plug {
  open(): Promise<void>;
  save(event: WorkEvent): Promise<void>;
  bulk(events: readonly WorkEvent[]): Promise<void>;
  push(): Promise<void>;
  pull(): Promise<void>;
  count(): Promise<number>;
  list(limit?: number): Promise<readonly { readonly data: ListRow }[]>;
}
interface ListRow {
  readonly no: string;
  readonly who: { readonly name: string };
  readonly cat: string;
  readonly text: string;
}

export interface Case {
  readonly events: readonly [WorkEvent, ...WorkEvent[]];
}

type Generate = (n: number, seed: number) => Case[];

/** The peers' generator; null when nobody says where the samples lie. */
export async function workloadGenerator(): Promise<Generate | null> {
  const { DAIBAN_PEERS, DAIBAN_SAMPLES } = process.env;
  const folders = [DAIBAN_PEERS, DAIBAN_SAMPLES && path.join(DAIBAN_SAMPLES, 'bench', 'peers')];
  for (const folder of folders) {
    const file = folder && path.join(folder, 'gen-workload.mjs');
    if (!file || !existsSync(file)) continue;
    const found = (await import(pathToFileURL(file).href)) as { generate: Generate };
    return found.generate;
  }
  return null;
}

export interface Phase extends Crossed {
  readonly ms: number;
  /** Every exchange of the phase, from its start. */
  readonly trace: readonly Traced[];
}

const PAGES: Readonly<Record<string, string>> = {
  '/app.html':
    '<!doctype html><meta charset=utf-8><title>p</title><div id=list></div><script type=module src=/app.js></script>',
  '/blank.html': '<!doctype html><title>b</title>',
};
const WORKER = `const F = ['/app.html', '/app.js', '/blank.html'];
self.addEventListener('install', (e) => e.waitUntil(caches.open('v').then((c) => c.addAll(F)).then(() => self.skipWaiting())));
self.addEventListener('activate', (e) => e.waitUntil(clients.claim()));
self.addEventListener('fetch', (e) => { if (F.includes(new URL(e.request.url).pathname)) e.respondWith(caches.match(e.request, { ignoreSearch: true }).then((r) => r || fetch(e.request))); });`;

/** A county, a link in front of it, and browsers whose profiles lie on the disk. */
export class Bench {
  readonly county: BenchCounty;
  readonly proxy: LinkProxy;
  readonly origin: string;
  private readonly dir: string;
  private readonly link: string;

  private constructor(of: {
    county: BenchCounty;
    proxy: LinkProxy;
    port: number;
    dir: string;
    link: string;
  }) {
    this.county = of.county;
    this.proxy = of.proxy;
    this.origin = `http://127.0.0.1:${of.port}`;
    this.dir = of.dir;
    this.link = of.link;
  }

  static async start(link: string, seed: number): Promise<Bench> {
    const dir = mkdtempSync(path.join(tmpdir(), 'bench-wire-'));
    const { page, later } = await peerScript();
    const files: Record<string, string> = {
      ...PAGES,
      '/app.js': page,
      [LATER]: later,
      '/sw.js': WORKER,
    };
    const county = await startCounty(dir, (request, response) => {
      const at = new URL(request.url ?? '/', 'http://x').pathname;
      const text = files[at];
      if (text === undefined) return false;
      const type = at.endsWith('.js') ? 'text/javascript' : 'text/html';
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(text);
      return true;
    });
    const proxy = new LinkProxy(county.port, seed);
    return new Bench({ county, proxy, port: await proxy.listen(), dir, link });
  }

  /** A tablet: its profile lives until `close`, so that it can be started again. */
  async tablet(profile: string): Promise<Page> {
    const folder = path.join(this.dir, profile);
    const context = await chromium.launchPersistentContext(folder, options());
    const page = context.pages()[0] ?? (await context.newPage());
    page.on('pageerror', (error) => console.error(`page: ${error.message}`));
    return page;
  }

  async openTablet(profile: string, query = ''): Promise<Page> {
    const page = await this.tablet(profile);
    await page.goto(`${this.origin}/app.html${query}`);
    await page.waitForFunction(() => 'H' in globalThis);
    await page.evaluate(async () => {
      await navigator.serviceWorker.register('/sw.js');
      await navigator.serviceWorker.ready;
      await (globalThis as unknown as { H: Plug }).H.open();
    });
    return page;
  }

  /** One phase over the link; its counters cover only this phase. */
  async timed(page: Page, what: 'push' | 'pull'): Promise<Phase> {
    this.proxy.use(this.link);
    const { ms, trace } = await page.evaluate(async (what) => {
      const started = performance.now();
      const page = globalThis as unknown as { H: Plug; traced?: Traced[] };
      page.traced?.splice(0);
      await page.H[what]();
      const ms = Math.round(performance.now() - started);
      const from = (one: Traced) => ({ ...one, at: one.at - Math.round(started) });
      return { ms, trace: (page.traced ?? []).map(from) };
    }, what);
    const crossed = { ...this.proxy.crossed };
    this.proxy.use('clean');
    return { ...crossed, ms, trace };
  }

  async close(): Promise<void> {
    this.proxy.close();
    await this.county.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
