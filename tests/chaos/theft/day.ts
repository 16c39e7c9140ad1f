/**
 * A day of an agent with a lock, on the product's own screens: names, numbers, words, a photo, a
 * recording, a draft and searches, each of them a marker that must not be found on the disk.
 */
import { expect, type Locator, type Page } from '@playwright/test';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { IntakePage } from '../../e2e/intake-page.ts';
import { VaultPage, PIN } from '../../e2e/vault-page.ts';
import { saveButton, type Field } from '../chrome/field.ts';
import { intakeOn, takeButton, numberOn } from '../chrome/intake.ts';
import type { Marked, Marker } from '../markers.ts';
import type { Needles } from './needles.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const SCREEN_MS_MAX = 20_000;
/** The disk and the keys on a machine with much other work. */
const UNLOCK_MS_MAX = 60_000;
const SEND_MS_MAX = 90_000;

/** What opens the lock without a card. */
export const SENTENCE = '窗台底下晒着三笸箩红辣椒';
export { PIN };

export interface Day {
  readonly field: Field;
  readonly needles: Needles;
  readonly marks: Marker;
  readonly promised: Marked[];
  /** Letters of the card, as they were shown once. */
  card: string;
  cases: readonly string[];
}

/** The lock and the screens of one window. */
export interface Screens {
  readonly page: Page;
  readonly vault: VaultPage;
  readonly intake: IntakePage;
}

export function screensOn(page: Page, url: string): Screens {
  const intake = intakeOn(page, url);
  return { page, intake, vault: new VaultPage(intake.tablet) };
}

/** Goes on inside the app: loading a page anew would lock it. */
export async function go({ page }: Screens, path: string): Promise<void> {
  await page.evaluate((href) => {
    const link = document.createElement('a');
    link.href = href;
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
  await page.waitForURL((at) => at.pathname === path, { timeout: SCREEN_MS_MAX });
}

const rows = (page: Page): Locator => page.locator('ul.list a.row');

/** Sign-in, a lock with a card that is shown once, the list, the shell. */
export async function enrol(day: Day, on: Screens): Promise<void> {
  const { field, needles } = day;
  const [agent] = field.county.accounts('agent');
  await on.page.goto(`${field.url}/tablet`);
  await on.vault.account(agent);
  day.card = await on.vault.enrol(SENTENCE, 3);
  for (const secret of [SENTENCE, day.card, day.card.replaceAll(' ', ''), PIN, agent.passphrase])
    needles.known('secret', secret);
  await rows(on.page).first().waitFor({ timeout: SCREEN_MS_MAX });
  await on.page.evaluate(async () => {
    const worker = (await navigator.serviceWorker.ready).active;
    while (worker?.state !== 'activated') await new Promise((again) => setTimeout(again, 50));
  });
  day.cases = await field.cases(on.page, 12);
  // What the county sent of other people: names, places, matters as the list shows them.
  const lines = (await rows(on.page).allInnerTexts()).join('\n').split(/[\n·。，]/);
  const shell = wordsOfTheShell();
  for (const piece of lines.map((line) => line.trim()))
    if (/^\p{sc=Han}{3,}$/u.test(piece) && !shell.includes(piece)) needles.known('county', piece);
}

/** Everything that the app brings along, which lies in the profile as its own files. */
const wordsOfTheShell = (): string =>
  globSync('build/{client,prerendered}/**/*.{js,html,json}', { cwd: ROOT })
    .map((file) => readFileSync(path.join(ROOT, file), 'utf8'))
    .join('\n');

/** Opens by the sentence, from whatever page was loaded. */
export async function open(on: Screens): Promise<void> {
  await on.vault.bySentence(SENTENCE);
  await expect(on.vault.locked).toBeHidden({ timeout: UNLOCK_MS_MAX });
}

/** 补充 with a paragraph full of markers, saved: the words stand on the disk when this resolves. */
export async function supplement(
  day: Day,
  on: Screens,
  of: { readonly n: number; readonly markers: number; readonly photo?: Buffer },
): Promise<void> {
  const { page } = on;
  const caseId = day.cases[of.n % day.cases.length] ?? '';
  const { typed, wanted, marker } = day.marks.next();
  const more = day.needles.paragraph('text', of.markers);
  await go(on, `/tablet/case/${caseId}/supplement`);
  await page.getByLabel(/^补啥，照[她他]说的写$/).fill(typed + more, { timeout: SCREEN_MS_MAX });
  if (of.photo) await addPhoto(day, on, of.photo);
  await saveButton(page).click();
  await page.waitForURL(`**/tablet/case/${caseId}`, { timeout: SCREEN_MS_MAX });
  await page.locator('ol.ticks li[data-n="1"]:not(.none)').waitFor({ timeout: SCREEN_MS_MAX });
  const text = (wanted + more).replace(/\r\n?/g, '\n');
  day.promised.push({ marker, text, temporaryNumber: null });
}

async function addPhoto(day: Day, { page }: Screens, buffer: Buffer): Promise<void> {
  const name = `${day.needles.words('file', 6)}.jpg`;
  const shelf = page.locator('.shelf img');
  const before = await shelf.count();
  await page.getByLabel('拍照').setInputFiles({ name, mimeType: 'image/jpeg', buffer });
  await expect(shelf).toHaveCount(before + 1, { timeout: SCREEN_MS_MAX });
}

/** 接单 up to her words: everything typed lies in a draft. */
export async function tellDraft(
  day: Day,
  on: Screens,
  of: { readonly markers: number; readonly record: boolean; broken?(): Promise<void> },
): Promise<Marked> {
  const { page, intake } = on;
  const { tablet } = intake;
  const { needles } = day;
  await go(on, '/tablet');
  await tablet.link('接单').click();
  await intake.at(1);
  await of.broken?.();
  await intake.notice();
  await page.getByLabel('名字', { exact: true }).fill(needles.name());
  await page.getByLabel('哪个屯').fill(needles.words('draft'));
  await page.locator('main details > summary').first().click();
  await page.getByLabel('身份证号，没带就空着').fill(needles.identity());
  await intake.next();
  await intake.at(3);
  await tablet.chip('电话', '自己的').click();
  await page.getByLabel('号码', { exact: true }).fill(needles.phone());
  await tablet.chip('认字不', '不认字').click();
  await intake.next();
  await intake.at(4);
  if (of.record) await tablet.record(1);
  const { typed, wanted, marker } = day.marks.next();
  const more = needles.paragraph('draft', of.markers);
  await page
    .getByLabel(/照她说的打字，一字不改$/)
    .last()
    .fill(typed + more);
  const text = (wanted + more).replace(/\r\n?/g, '\n');
  return { marker, text, temporaryNumber: null };
}

/** The rest of 接单; the slip stands there when it resolves. */
export async function take(day: Day, on: Screens, told: Marked): Promise<void> {
  const { page, intake } = on;
  const { tablet } = intake;
  await page.getByLabel('一句话说是啥事（不写人名）').fill(day.needles.words('text'));
  await intake.next();
  await intake.at(5);
  await page.getByLabel('挨着谁家、哪条道').fill(day.needles.words('text'));
  await intake.next();
  await intake.prior();
  await intake.urgent();
  await page.getByRole('textbox', { name: '第 1 样' }).fill(day.needles.words('text'));
  await tablet.button('去读回').click();
  await intake.readBack();
  await tablet.button(/^哪样都不留，见证人说对/).click();
  await takeButton(page).click();
  await expect(page.getByText('已存本机').first()).toBeVisible({ timeout: SCREEN_MS_MAX });
  const slip = (await page.getByRole('article').textContent()) ?? '';
  day.promised.push({ ...told, temporaryNumber: numberOn(slip) ?? 'no number on the slip' });
}

/** Words that somebody looked for in the list. */
export async function search(day: Day, on: Screens, times: number): Promise<void> {
  await go(on, '/tablet');
  const field = on.page.getByRole('searchbox');
  for (let n = 0; n < times; n++) await field.fill(day.needles.words('search'));
  await field.fill('');
}

/** 退出: what was not sent stays, sealed. */
export async function logOut(on: Screens): Promise<void> {
  await go(on, '/tablet/settings');
  await on.intake.tablet.button(/退出/).first().click();
  await on.page.getByRole('dialog').getByRole('button', { name: /退出/ }).click();
  await expect(on.page.getByRole('dialog')).toBeHidden();
}

/** The agent signs in again beside his lock, opens it, and everything is at the county. */
export async function sendEverything(day: Day, on: Screens): Promise<boolean> {
  const { page, vault } = on;
  await go(on, '/tablet/unsent');
  const now = on.intake.tablet.button('现在试着送');
  const done = page.getByText(/件都已送达县里/).first();
  const again = page.getByLabel('口令');
  try {
    await expect(async () => {
      if (await again.isVisible()) await vault.account(day.field.county.accounts('agent')[0]);
      if (await now.isEnabled({ timeout: 500 })) await now.click({ timeout: 500 });
      await expect(done).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: SEND_MS_MAX });
    return true;
  } catch {
    return false;
  }
}
