/**
 * The thief at the tablet itself: he tries sentences, kills the browser between tries, and pastes
 * the profile back that he copied.
 */
import { expect } from '@playwright/test';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FREE_TRIES } from '../../../src/lib/tablet/vault/delays.ts';
import { Chromium } from '../chrome/chromium.ts';
import { open, screensOn, type Day, type Screens } from './day.ts';
import { registryOf, type VaultOnDisk } from './guesses.ts';

const SCREEN_MS_MAX = 30_000;

/** A window at the lock, after a start; `plant` breaks its page. */
async function atLock(day: Day, plant?: () => void): Promise<{ chrome: Chromium; on: Screens }> {
  const chrome = await Chromium.open(day.field.profile);
  if (plant) await chrome.context.addInitScript(plant);
  const on = screensOn(await chrome.page(), day.field.url);
  await on.page.goto(`${day.field.url}/tablet`);
  await expect(on.vault.locked).toBeVisible({ timeout: SCREEN_MS_MAX });
  return { chrome, on };
}

const wrongOnDisk = async (on: Screens): Promise<number> => (await registryOf(on.page)).tries.wrong;

async function fillWrong(on: Screens, n: number): Promise<void> {
  const field = on.page.getByLabel('开锁话', { exact: true });
  if (!(await field.isVisible())) await on.intake.tablet.button('用开锁话').click();
  await field.fill(`不知道是哪一句只好瞎猜${n}`);
}

export interface Killed {
  readonly kills: number;
  /** Tries that were begun and not on the disk after the kill. */
  readonly free: number;
}

/** Kills the browser in the moment in which the keys are asked to open with a wrong sentence. */
export async function killBetweenTries(
  day: Day,
  times: number,
  plant?: () => void,
): Promise<Killed> {
  let [kills, free] = [0, 0];
  for (let n = 0; n < times; n++) {
    const { chrome, on } = await atLock(day, plant);
    // The owner comes by now and then: five wrong ones in a row would have to wait.
    if (n > 0 && n % (FREE_TRIES - 1) === 0) {
      await open(on);
      await on.vault.lock();
    }
    const before = await wrongOnDisk(on);
    const begun = new Promise<void>((resolve) => {
      void on.page.exposeBinding('theftTry', () => {
        chrome.strike();
        resolve();
      });
    });
    await on.page.evaluate(tellOfTries);
    await fillWrong(on, n);
    void on.intake.tablet
      .button('开锁')
      .click()
      .catch(() => undefined);
    await begun;
    await chrome.gone();
    kills++;
    if ((await vaultOnDisk(day)).tries.wrong <= before) free++;
  }
  return { kills, free };
}

/** The registry as it lies there while no page of the product runs. */
export async function vaultOnDisk({ field }: Day): Promise<VaultOnDisk> {
  const chrome = await Chromium.open(field.profile);
  const page = await chrome.page();
  const { line } = field;
  field.line = true;
  await page.goto(`${field.url}/healthz`);
  field.line = line;
  const vault = await registryOf(page);
  await chrome.close();
  return vault;
}

/** Runs in the page: says that the keys are being asked, before they can have answered. */
function tellOfTries(): void {
  type Post = (this: Worker, message: unknown, more?: unknown) => void;
  const proto = Worker.prototype as unknown as { postMessage: Post };
  const { postMessage } = proto;
  proto.postMessage = function (message, more) {
    const { ask } = message as { readonly ask?: { readonly op?: string } };
    postMessage.call(this, message, more);
    if (ask?.op === 'unlock')
      void (globalThis as unknown as { theftTry(): Promise<void> }).theftTry();
  };
}

export interface Pasted {
  readonly pastes: number;
  readonly tries: number;
  /** Times that a wrong sentence opened, and that five wrong ones led to no wait. */
  readonly opened: number;
  readonly noWait: number;
}

/** Five wrong tries, the old profile pasted back, five more: waits do not hold him, the key does. */
export async function pasteBack(day: Day, times: number): Promise<Pasted> {
  const folder = mkdtempSync(path.join(tmpdir(), 'daiban-stolen-'));
  const copy = path.join(folder, 'profile');
  let [tries, opened, noWait] = [0, 0, 0];
  try {
    cpSync(day.field.profile, copy, { recursive: true });
    for (let n = 0; n < times; n++) {
      const { chrome, on } = await atLock(day);
      const from = await wrongOnDisk(on);
      for (let wrong = from; wrong < FREE_TRIES; wrong++) {
        await fillWrong(on, wrong);
        await on.intake.tablet.button('开锁').click();
        await expect.poll(() => wrongOnDisk(on), { timeout: SCREEN_MS_MAX }).toBe(wrong + 1);
        await expect(on.page.getByRole('alert').first()).toBeVisible({ timeout: SCREEN_MS_MAX });
        if (!(await on.vault.locked.isVisible())) opened++;
        tries++;
      }
      const waits = on.page.getByText('错多少回也不会清掉').first();
      const told = await waits.waitFor({ timeout: SCREEN_MS_MAX }).then(
        () => true,
        () => false,
      );
      if (!told) noWait++;
      chrome.strike();
      await chrome.gone();
      rmSync(day.field.profile, { recursive: true });
      cpSync(copy, day.field.profile, { recursive: true });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { pastes: times, tries, opened, noWait };
}
