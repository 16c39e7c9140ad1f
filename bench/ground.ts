/** What the benches share: a browser, and a server over folders or over one built page. */
import { chromium, type Browser, type Page } from '@playwright/test';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** How Chromium is started. */
export function options() {
  const executablePath = process.env.PW_CHROMIUM ?? SYSTEM.find((path) => existsSync(path));
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return { ...(executablePath ? { executablePath } : {}), args };
}

export const launch = (): Promise<Browser> => chromium.launch(options());

/** Where the browser is, whoever brought it. */
export const executable = (): string => options().executablePath ?? chromium.executablePath();

/**
 * A page whose profile lies on the disk: in an ordinary test page IndexedDB lives in memory.
 * @param executablePath another start of the browser, in a group that is held
 */
export async function onDisk<T>(
  work: (page: Page) => Promise<T>,
  executablePath = executable(),
): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'bench-profile-'));
  const of = { ...options(), executablePath };
  const context = await chromium.launchPersistentContext(profile, of);
  try {
    return await work(context.pages()[0] ?? (await context.newPage()));
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** Serves on a free port of this machine until `close`. */
export async function serve(
  answer: RequestListener,
): Promise<{ readonly origin: string; close(): void }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://localhost:${port}`, close: () => void server.close() };
}

export const percentile = (sorted: readonly number[], p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;

export const round2 = (x: number): number => Math.round(x * 100) / 100;

/** One script of one of our pages, built from the product's own files as the product is built. */
export async function bundle(page: string, format: 'iife' | 'es'): Promise<string> {
  const entry = fileURLToPath(new URL(page, import.meta.url));
  const result = await build({
    ...{ configFile: false, logLevel: 'error' },
    build: {
      write: false,
      minify: true,
      rolldownOptions: { output: { codeSplitting: false } },
      lib: { entry, formats: [format], name: 'bench' },
    },
  });
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((r) =>
    'output' in r ? r.output : [],
  );
  const chunk = outputs.find((o) => o.type === 'chunk');
  if (!chunk) throw new Error('nothing was built');
  return chunk.code;
}
