import type { Page } from '@playwright/test';
import { expect, test } from './county.ts';
import { ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const WORDS = '井水还是浑的，烧开了也有味儿。';
const DAY_MS = 86_400_000;

/** The page's calendar so many days after the machine's, and a new start of the app. */
async function startAfter(page: Page, days: number): Promise<void> {
  await page.clock.setSystemTime(Date.now() + days * DAY_MS);
  await page.reload();
}

test('[TB144] after days without the county the lock screen offers the hand-in file where something waits, and only there', async ({
  page,
  county,
}) => {
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  await page.clock.install();
  const { tablet, vault } = await VaultPage.on(page, county);
  await vault.signIn(county.agent('A01'), { sign: 1 });
  await tablet.goOffline();
  const file = tablet.button('导出应急包');
  await startAfter(page, 5);
  await expect(page.getByText('没有等着送的')).toBeVisible();
  await expect(file).toHaveCount(0);

  await startAfter(page, 0);
  await vault.bySentence(SENTENCE);
  await vault.row.click();
  await tablet.supplement(WORDS);
  await vault.lock();
  await expect(page.getByText('没送的都在机器里')).toBeVisible();
  await expect(file).toHaveCount(0);

  await startAfter(page, 5);
  await expect(vault.locked).toBeVisible();
  await expect(page.getByText('好几天没跟县里通上话了')).toBeVisible();
  await checks.look('unlock-quiet');
  await file.click();
  await expect(page.getByText(/^打好了，1 条/)).toBeVisible();
  expect(await page.locator('body').innerText()).not.toContain(WORDS.slice(0, 6));
  await vault.bySentence(SENTENCE);
  await expect(page.getByText(WORDS).first()).toBeVisible();
  expect(checks.problems).toEqual([]);
});

test('[AU501] thirty days away, and another agent signed in last: the try says so and what to do, and his own sign-in opens', async ({
  page,
  county,
}) => {
  await page.clock.install();
  const { tablet, vault } = await VaultPage.on(page, county);
  const [wang, yu] = [county.agent('A01'), county.agent('A14')];
  await vault.signIn(wang, { sign: 1 });
  await vault.lock();
  await tablet.button('换个人用').click();
  await tablet.button('都不是我，我来登录').click();
  await vault.account(yu);
  await vault.enrol('井台上的辘轳响了一整夜', 2);
  await expect(vault.list).toBeVisible();

  // The county's session of the other one goes on; the calendar of the tablet moves.
  await startAfter(page, 31);
  await page.getByRole('button', { name: '蓝水滴' }).click();
  const expired = page.getByRole('heading', { name: '三十天没跟县里通话了', level: 1 });
  await expect(expired).toBeVisible();
  await tablet.button('现在试着跟县里通话').click();
  await expect(page.getByText('最近在这台机器上登录的是另一个人')).toBeVisible();
  await expect(expired).toBeVisible();

  await tablet.goOffline();
  await tablet.button('现在试着跟县里通话').click();
  await expect(page.getByText('没连上县里')).toBeVisible();
  await tablet.goOnline();

  await tablet.button('登录一次，跟县里通上话').click();
  await vault.account(wang);
  await vault.bySentence(SENTENCE);
  await expect(vault.list).toBeVisible();
});
