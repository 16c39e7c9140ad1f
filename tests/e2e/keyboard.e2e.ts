import type { Page } from '@playwright/test';
import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';

/** Presses Tab until the wanted thing has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, wanted: RegExp): Promise<void> {
  const pressesMax = 80;
  for (let presses = 0; presses < pressesMax; presses += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const one = document.activeElement;
      if (!(one instanceof HTMLElement)) return '';
      const label = 'labels' in one ? (one as HTMLInputElement).labels?.[0]?.textContent : '';
      return (one.getAttribute('aria-label') ?? (label || one.textContent)).trim();
    });
    if (wanted.test(here)) return;
  }
  throw new Error(`no way to ${String(wanted)} by Tab`);
}

test('[EE11] a case is found, read and registered without touching a mouse', async ({
  browser,
  county,
}) => {
  const { page } = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  // A key that comes before the page has woken up is nobody's: a person presses it again.
  const help = page.getByRole('dialog');
  await expect(async () => {
    if (!(await help.isVisible())) await page.keyboard.press('?');
    await expect(help).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();

  await tabTo(page, /^台账/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('台账');
  await page.keyboard.press('.');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('收件箱');

  await page.keyboard.press('/');
  await page.keyboard.type('养老院');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/[?&]f=/);
  await expect(page.locator('a.r')).toHaveCount(1);
  await tabTo(page, /养老院伙食费涨了/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/desk\/case\//);
  await expect(page.locator('footer.dock')).toBeVisible();

  await page.keyboard.press('r');
  await expect(page.getByRole('button', { name: /^登记 R/ })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await tabTo(page, /^是不是说我们的人/);
  await page.keyboard.press('ArrowDown');
  await tabTo(page, /^登记，给正式编号$/);
  await page.keyboard.press('Enter');
  await expect(page.getByText('登记：记上了')).toBeVisible();
  await expect(page.locator('header.deskhead')).toContainText(/DL230278\d{9}/);
  await page.context().close();
});

test('[EE13] what was typed before a page has woken up stays', async ({ page, county }) => {
  let wake: () => void = () => undefined;
  const awake = new Promise<void>((resolve) => (wake = resolve));
  await page.route('**/_app/immutable/**/*.js', async (route) => {
    await awake;
    await route.continue();
  });
  await page.goto(`${county.url}/desk/sign-in`, { waitUntil: 'commit' });
  await page.getByLabel('账号').fill('dengji');
  await page.getByLabel('口令').fill('beihe-dengji');
  const track = await page.context().newPage();
  await track.route('**/_app/immutable/**/*.js', async (route) => {
    await awake;
    await route.continue();
  });
  await track.goto(`${county.url}/track`, { waitUntil: 'commit' });
  await track.getByLabel('查询码，12 个数').fill('1234');
  await track.getByLabel('姓名').fill('周桂芹');
  wake();
  const keys = track.getByRole('group', { name: '数字键' });
  await expect(async () => {
    await keys.getByRole('button', { name: '5', exact: true }).click();
    await expect(track.getByLabel('查询码，12 个数')).toHaveValue(/^1234 5+$/, { timeout: 500 });
  }).toPass();
  await expect(track.getByLabel('姓名')).toHaveValue('周桂芹');
  await page.waitForLoadState('networkidle');
  await expect(page.getByLabel('账号')).toHaveValue('dengji');
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: '收件箱' })).toBeVisible();
});
