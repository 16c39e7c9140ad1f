import { setTimeout } from 'node:timers/promises';
import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';

test.describe.configure({ timeout: 600_000 });

test('[UI150] whoever stands aside from a sealed case is taken to his inbox', async ({
  browser,
  county,
}) => {
  const desk = await DeskPage.signIn(browser, county, county.account({ personId: 'xfj-sealed-1' }));
  const { page } = desk;
  await page.locator('a.r').first().click();
  const act = desk.dock.locator('button[value="aside"]');
  await expect(act).toBeVisible();
  await act.click();
  // On a slow way this very page looks whether something moved before the inbox is here.
  await page.route('**/desk/__data.json?left=*', async (route) => {
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await setTimeout(4_000);
    await route.continue();
  });
  await desk.dock.getByRole('button', { name: /^回避，不再让看/ }).click();
  await expect(page.locator('.say')).toContainText('那一件往后不给您看了');
  await expect(page.getByRole('heading', { level: 1, name: '收件箱' })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe('/desk');
  await desk.close();
});
