/**
 * Chromium with a profile that outlives it: started as a process of its own, so that it can be
 * killed like one, and run under strace where that is there.
 */
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const STRACE = '/usr/bin/strace';
const ADDRESS_MS_MAX = 60_000;
const GONE_MS_MAX = 10_000;

/** Whether the disk writes of a browser can be watched here. */
export const straceHere = (): boolean => existsSync(STRACE);

const executable = (): string =>
  [process.env['PW_CHROMIUM'], ...SYSTEM].find((p) => p !== undefined && existsSync(p)) ??
  chromium.executablePath();

const ARGS = [
  ...['--headless', '--remote-debugging-port=0', '--disable-gpu', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  ...['--disable-extensions', '--no-default-browser-check', '--password-store=basic'],
  ...['--lang=zh-CN', '--window-size=800,1280', '--disable-dev-shm-usage'],
  ...['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

const living = new Set<ChildProcess>();
// However a run ends, no browser stays behind.
process.once('exit', () => living.forEach(killGroup));

/** One life of the browser on a profile. */
export class Chromium {
  readonly context: BrowserContext;
  private readonly child: ChildProcess;
  private readonly browser: Browser;
  private readonly pid: number;

  private constructor(child: ChildProcess, browser: Browser, pid: number) {
    const [context] = browser.contexts();
    if (!context) throw new Error('a browser has a context');
    this.context = context;
    this.child = child;
    this.browser = browser;
    this.pid = pid;
  }

  /** @param strace file that gets every fsync and fdatasync with its time; null without */
  static async open(profile: string, strace: string | null = null): Promise<Chromium> {
    const args = [...ARGS, `--user-data-dir=${profile}`, 'about:blank'];
    const watch = ['-f', '--seccomp-bpf', '-qqq', '-y', '-ttt', '-e', 'trace=fdatasync,fsync'];
    const command = strace === null ? executable() : STRACE;
    const all = strace === null ? args : [...watch, '-A', '-o', strace, executable(), ...args];
    rmSync(path.join(profile, 'DevToolsActivePort'), { force: true });
    const child = spawn(command, all, {
      env: { ...process.env, TZ: 'Asia/Shanghai', LANG: 'zh_CN.UTF-8' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    living.add(child);
    const browser = await chromium.connectOverCDP(await addressOf(child));
    const cdp = await browser.newBrowserCDPSession();
    const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
    const own = processInfo.find(({ type }) => type === 'browser');
    if (!own) throw new Error('the browser does not know its own process');
    return new Chromium(child, browser, own.id);
  }

  /** The first window; more by `context.newPage()`. */
  async page(): Promise<Page> {
    return this.context.pages()[0] ?? (await this.context.newPage());
  }

  /** kill -9 of the browser process; says when. */
  strike(): number {
    process.kill(this.pid, 'SIGKILL');
    return Date.now();
  }

  /** Waits until nothing of it runs any more, so that the profile is free. */
  async gone(): Promise<void> {
    const until = Date.now() + GONE_MS_MAX;
    while (this.child.exitCode === null && this.child.signalCode === null && Date.now() < until)
      await sleep(10);
    killGroup(this.child);
    living.delete(this.child);
    await this.browser.close().catch(() => undefined);
  }

  /** Closed as a person closes it: cookies and everything else are written out. */
  async close(): Promise<void> {
    const cdp = await this.browser.newBrowserCDPSession();
    await cdp.send('Browser.close').catch(() => undefined);
    await this.gone();
  }
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

/** Where it listens for its driver, as it says itself. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let words = '';
    const fail = (): void => reject(new Error(`Chromium did not start: ${words.slice(-800)}`));
    const timer = setTimeout(fail, ADDRESS_MS_MAX);
    child.once('exit', fail);
    child.stderr?.on('data', (said) => {
      words += String(said);
      const found = /DevTools listening on (ws:\S+)/.exec(words)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      child.off('exit', fail);
      resolve(found);
    });
  });
}
