/**
 * A county with its real pages, a line to it that can be closed, and a tablet in a real Chromium:
 * everything is done on the product's own screens.
 */
import { expect, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CountyProcess } from '../../../scripts/intake/county-process.ts';
import { LOCKED_TABLETS } from '../../e2e/county.ts';
import { Gate } from '../../e2e/gate.ts';
import { makeLock, openByItself, walk } from '../../e2e/tablet-lock.ts';
import type { Marked, Marker } from '../markers.ts';
import type { Place } from '../place.ts';
import { Chromium, straceHere } from './chromium.ts';

/** Nobody listens there: the line is dead. */
const NOWHERE = 1;
const SCREEN_MS_MAX = 15_000;
const SEND_MS_MAX = 90_000;

export class Field {
  readonly county: CountyProcess;
  readonly gate: Gate;
  readonly url: string;
  /** False: no signal. */
  line = true;
  readonly profile = mkdtempSync(path.join(tmpdir(), 'daiban-chrome-'));
  readonly straceFile: string | null;
  private readonly env = { TABLET_VAULTS: '0' };
  private hasLocks: boolean;

  private constructor(place: Place, gate: Gate, how: { strace: boolean; vaults: boolean }) {
    this.gate = gate;
    this.hasLocks = how.vaults;
    this.env.TABLET_VAULTS = how.vaults ? '1' : '0';
    this.url = `http://localhost:${gate.port}`;
    const { dataDir, port } = place;
    this.county = new CountyProcess({ dataDir, port, origin: this.url, env: this.env });
    this.straceFile = how.strace && straceHere() ? `${this.profile}.strace` : null;
  }

  /** @param vaults false: its tablets have no locks, and whoever says so says why */
  static async open(place: Place, strace = false, vaults = LOCKED_TABLETS): Promise<Field> {
    const gate: Gate = await Gate.open(() => (field.line ? place.port : NOWHERE));
    const field = new Field(place, gate, { strace, vaults });
    await field.county.start();
    return field;
  }

  /** Whether a tablet that signs in gets a lock. */
  get vaults(): boolean {
    return this.hasLocks;
  }

  /** The county starts anew, and wants locks from here on or none; those that are there stay. */
  async wantLocks(vaults: boolean): Promise<void> {
    this.hasLocks = vaults;
    this.env.TABLET_VAULTS = vaults ? '1' : '0';
    await this.county.kill();
    await this.county.start();
  }

  /** A browser on the field's profile, or on another; a lock that its windows meet is opened. */
  async browser(profile = this.profile): Promise<Chromium> {
    const straceFile = profile === this.profile ? this.straceFile : null;
    const chrome = await Chromium.open(profile, straceFile);
    if (!this.hasLocks) return chrome;
    chrome.context.on('page', (page) => void openByItself(page));
    for (const page of chrome.context.pages()) await openByItself(page);
    return chrome;
  }

  async close(): Promise<void> {
    await this.county.kill();
    await this.gate.close();
    rmSync(this.profile, { recursive: true, force: true });
    if (this.straceFile) rmSync(this.straceFile, { force: true });
  }

  /** The agent signs in; resolves when the shell is installed and the list has come. */
  async signIn(page: Page): Promise<void> {
    const [agent] = this.county.accounts('agent');
    await page.goto(`${this.url}/tablet`);
    await page.getByLabel('账号').fill(agent.user);
    await page.getByLabel('口令').fill(agent.passphrase);
    await page.getByRole('button', { name: '登录', exact: true }).click();
    if (this.vaults) await makeLock(page);
    await page.locator('ul.list a.row').first().waitFor({ timeout: SCREEN_MS_MAX });
    await page.evaluate(async () => {
      const worker = (await navigator.serviceWorker.ready).active;
      while (worker?.state !== 'activated') await new Promise((again) => setTimeout(again, 50));
    });
  }

  /** Cases of the list that take more material. */
  async cases(page: Page, atMost: number): Promise<readonly string[]> {
    const rows = page.locator('ul.list a.row');
    const hrefs = await rows.evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''));
    const ids = hrefs.map((href) => /\/tablet\/case\/([\w-]{22})/.exec(href)?.[1]);
    return ids.filter((id) => id !== undefined).slice(0, atMost);
  }

  /** Presses 现在试着送 until the receipts cover everything; false when they never do. */
  async sendEverything(page: Page, msMax = SEND_MS_MAX): Promise<boolean> {
    await walk(page, `${this.url}/tablet/unsent`);
    const now = page.getByRole('button', { name: '现在试着送', exact: true });
    const done = page.getByText(/件都已送达县里/).first();
    try {
      await expect(async () => {
        if (await now.isEnabled()) await now.click({ timeout: 500 }).catch(() => undefined);
        await expect(done).toBeVisible({ timeout: 1_000 });
      }).toPass({ timeout: msMax });
      return true;
    } catch {
      return false;
    }
  }
}

/** What a textarea makes of line ends (HTML, "API value"); everything else stays. */
const typedIn = (text: string): string => text.replace(/\r\n?/g, '\n');

/** The next words to write down, as they must stand at the county. */
export function nextWords(marks: Marker): { readonly typed: string; readonly marked: Marked } {
  const { marker, typed, wanted } = marks.next();
  return { typed, marked: { marker, text: typedIn(wanted), temporaryNumber: null } };
}

/** 补充 on a case with these words, up to the button. */
export async function writeSupplement(page: Page, caseId: string, words: string): Promise<void> {
  const at = new URL(page.url());
  await walk(page, `${at.origin}/tablet/case/${caseId}/supplement`);
  await page.getByLabel(/^补啥，照[她他]说的写$/).fill(words, { timeout: SCREEN_MS_MAX });
}

/** The button that saves it. */
export const saveButton = (page: Page) =>
  page.getByRole('button', { name: '存好补充', exact: true });

/** Runs in the page: the database of the tablet's store, of its lock's where it has one. */
export async function storeName(): Promise<string> {
  const names = (await indexedDB.databases()).map(({ name = '' }) => name);
  return names.find((name) => /^daiban-[\w-]{22}$/.test(name)) ?? 'daiban';
}

/** The case stands on the screen; how often these words do. */
export async function timesShown(page: Page, url: string, marker: string): Promise<number> {
  await page.goto(url);
  await page.locator('ol.ticks').first().waitFor({ timeout: SCREEN_MS_MAX });
  const lines = page.getByText(marker);
  await lines
    .first()
    .waitFor({ timeout: 2_000 })
    .catch(() => undefined);
  return lines.count();
}
