import type { BrowserContext, Page } from '@playwright/test';
import { expect, test, type County } from './county.ts';
import { TabletPage } from './tablet-page.ts';
import { SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const FIRST = '孙子叫拖拉机碰了';
const REST = '，人在卫生所，他爹在外头打工。';

/** The window dies as it stands: no page says good-bye. Gives the next one, at the lock. */
async function killed(page: Page, context: BrowserContext, county: County) {
  const devtools = await context.newCDPSession(page);
  const died = page.waitForEvent('crash');
  void devtools.send('Page.crash').catch(() => undefined);
  await died;
  const next = await context.newPage();
  await page.close();
  const tablet = new TabletPage(next, county);
  await tablet.open();
  const vault = new VaultPage(tablet);
  await expect(vault.locked).toBeVisible();
  return { page: next, tablet, vault };
}

test('[TB142] [TB143] words of 急用 outlive a kill before the press, and after it the page leads to the unlock', async ({
  page,
  context,
  county,
}) => {
  const before = await VaultPage.on(page, county);
  await before.vault.signIn(county.agent('A01'), { sign: 1 });
  await before.tablet.goOffline();
  await before.vault.lock();
  await before.tablet.button('急用，先记下来').click();
  const field = page.getByLabel('她说的，照原话写');
  await field.fill(FIRST);
  const kept = page.getByText('写的都锁进机器里了');
  await expect(kept).toBeVisible();
  await field.press('End');
  await field.pressSequentially(REST);
  await expect(kept).toBeVisible();

  const { page: next, tablet, vault } = await killed(page, context, county);
  expect(await next.locator('body').innerText()).not.toContain(FIRST);
  await tablet.button('急用，先记下来').click();
  await expect(next.getByText('开了锁就能记')).toBeVisible();
  await tablet.button('去开锁').click();
  await expect(vault.locked).toBeVisible();
  await vault.bySentence(SENTENCE);
  await expect(vault.list).toBeVisible();
  // In the list as it stands: the whole of it, and one draft.
  await expect(next.locator('main').getByText(FIRST)).toHaveCount(1);
  await expect(next.locator('main').getByText(FIRST + REST)).toBeVisible();
});
