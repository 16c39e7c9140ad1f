import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const WORDS = '井水还是浑的，烧开了也有味儿，几家都去村部拉水吃。';
const OPEN_STILL = '孙子叫拖拉机碰了，人在卫生所。';
const AFTER_OFF = '桥栏杆又掉了一截，娃们上学从那儿过。';
const DAY_MS = 86_400_000;

/** The page's calendar so many days after the machine's, and the next look at it. */
async function days(page: Page, ahead: number): Promise<void> {
  await page.clock.setSystemTime(Date.now() + ahead * DAY_MS);
  await page.clock.fastForward('00:11');
}

test('[AU301] thirty days without the county: nothing is read, words are still taken, a file still goes; a sign-in opens it again', async ({
  page,
  browser,
  county,
}) => {
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  await page.clock.install();
  const { tablet, vault } = await VaultPage.on(page, county);
  const wang = county.agent('A01');
  await vault.signIn(wang, { sign: 2 });
  const rows = await vault.rows.count();
  await tablet.goOffline();
  await vault.row.click();
  await tablet.supplement(WORDS);
  const here = page.url();
  const readable = async (): Promise<string> => page.locator('body').innerText();

  // Twenty-nine days later it opens and reads as ever; after thirty the screens go by themselves.
  const expired = page.getByRole('heading', { name: '三十天没跟县里通话了', level: 1 });
  await days(page, 29);
  await vault.bySentence(SENTENCE);
  await expect(page.getByText(WORDS).first()).toBeVisible();
  await days(page, 31);
  await expect(expired).toBeVisible();
  expect(await readable()).not.toContain(WORDS.slice(0, 6));
  await expect(page.getByText('没送的都在机器里，没丢；登录一次，才往县里送')).toBeVisible();
  await checks.look('expired');

  // Taking goes on: in the window that was open, and after the tablet was off, with his secret.
  const jot = async (words: string): Promise<void> => {
    await page.getByLabel('她说的，照原话写').fill(words);
    await tablet.button('锁进去').click();
    await expect(page.getByText('锁进去了。开了锁，在草稿里接着办')).toBeVisible();
    await tablet.button('返回').click();
    await expect(expired).toBeVisible();
  };
  await tablet.button('急用，先记下来').click();
  await jot(OPEN_STILL);
  await page.reload();
  await expect(expired).toBeVisible();
  await expect(tablet.button('用开锁话')).toHaveCount(0);
  await tablet.button('急用，先记下来').click();
  await expect(page.getByText('开一下锁，就能先记下来')).toBeVisible();
  await checks.look('expired-take');
  await vault.bySentence('这一句不是他的开锁话吧');
  await expect(page.getByRole('alert')).toContainText('不对');
  await page.getByLabel('开锁话', { exact: true }).fill(SENTENCE);
  await tablet.button('开锁').click();
  await expect(page.getByRole('heading', { name: '先记下来', level: 1 })).toBeVisible();
  await jot(AFTER_OFF);
  for (const words of [WORDS, OPEN_STILL, AFTER_OFF])
    expect(await readable()).not.toContain(words.slice(0, 6));

  // The clock put back gives no day.
  await days(page, 1);
  await page.reload();
  await expect(expired).toBeVisible();
  await days(page, 31);

  // The file goes with anybody.
  await tablet.button('导出应急包').click();
  await expect(page.getByText(/^打好了，1 条/)).toBeVisible();
  await page.evaluate(() => {
    Object.defineProperty(globalThis, 'showSaveFilePicker', { value: undefined });
    Object.defineProperty(navigator, 'canShare', { value: undefined });
  });
  const saving = page.waitForEvent('download');
  await tablet.button('存到卡上，或者发给捎的人').click();
  const file = readFileSync(await (await saving).path());

  // The county's calendar went on, too: his session there is over.
  county.daysAhead = 31;
  await county.start();
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  await desk.page.goto(`${county.url}/desk/handin`);
  const carried = { name: '1.psb', mimeType: 'application/octet-stream', buffer: file };
  await desk.page.getByLabel(/^选文件/).setInputFiles(carried);
  await expect(desk.page.getByText('新收进 1 条。')).toBeVisible();
  await desk.openCase(here.split('/').at(-1) ?? '');
  await expect(desk.page.locator('main')).toContainText(WORDS);

  // Contact: who signs in reads again, and finds what he took meanwhile.
  await page.context().setOffline(false);
  await tablet.button('登录一次，跟县里通上话').click();
  await vault.account(wang);
  await expect(vault.locked).toBeVisible();
  await expect(page.getByText('登上了，跟县里通上话了。开锁吧。')).toBeVisible();
  await vault.bySentence(SENTENCE);
  await expect(page.getByText(WORDS).first()).toBeVisible({ timeout: 30_000 });
  expect(page.url()).toBe(here);
  await expect.poll(() => vault.unsent(), { timeout: 60_000 }).toBe(0);
  await tablet.link('我的单子').click();
  await expect(vault.rows).toHaveCount(rows + 2);
  for (const words of [OPEN_STILL, AFTER_OFF])
    await expect(page.locator('ul.list')).toContainText(words.slice(0, 6));
  // What came by the file and by the line is there once.
  await desk.page.reload();
  await expect(desk.page.locator('main').getByText(WORDS)).toHaveCount(1);
  await desk.close();
  expect(checks.problems).toEqual([]);
});

test('[AU301] the window that stayed open for thirty days opens after the sign-in, too', async ({
  page,
  county,
}) => {
  await page.clock.install();
  const { tablet, vault } = await VaultPage.on(page, county);
  await vault.signIn(county.agent('A01'));
  await tablet.goOffline();
  await days(page, 31);
  const expired = page.getByRole('heading', { name: '三十天没跟县里通话了', level: 1 });
  await expect(expired).toBeVisible();
  county.daysAhead = 31;
  await tablet.goOnline();
  await tablet.button('登录一次，跟县里通上话').click();
  await vault.account(county.agent('A01'));
  await vault.bySentence(SENTENCE);
  await expect(vault.list).toBeVisible({ timeout: 30_000 });
});
