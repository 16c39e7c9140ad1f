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
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
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
  await expect(page).toHaveURL(/q=/);
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
  await tabTo(page, /^登记，给正式编号$/);
  await page.keyboard.press('Enter');
  await expect(page.getByText('登记：记上了')).toBeVisible();
  await expect(page.locator('header.deskhead')).toContainText(/DL230278\d{9}/);
  await page.context().close();
});
