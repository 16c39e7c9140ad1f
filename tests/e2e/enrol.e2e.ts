import type { Page } from '@playwright/test';
import { expect, test, type County, type DemoAccount } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { SENTENCE } from './tablet-lock.ts';
import { TabletPage } from './tablet-page.ts';
import { VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });
test.use({ vaults: true, codes: true });

/** Ten letters with a right check letter that the county never gave to anybody. */
const NOBODYS = '00000 00000';

/** The desk makes a code for somebody and reads it from the page. */
async function codeFor({ page, county }: DeskPage, who: DemoAccount): Promise<string> {
  await page.goto(`${county.url}/desk/devices/locks`);
  const one = page.getByLabel('给谁用').locator('option', { hasText: who.name });
  await page.getByLabel('给谁用').selectOption(await one.first().getAttribute('value'));
  await page.getByRole('button', { name: '做一个登记码' }).click();
  const shown = page.locator('[data-code]');
  await expect(shown).toBeVisible();
  return ((await shown.textContent()) ?? '').trim();
}

/** Types a code where one is asked for. */
async function type(page: Page, code: string): Promise<void> {
  await page.getByRole('textbox', { name: '登记码' }).fill(code);
  await page.getByRole('button', { name: '登录', exact: true }).click();
}

/** A browser that was never here. */
async function fresh(page: Page, county: County): Promise<TabletPage> {
  const browser = page.context().browser();
  if (!browser) throw new Error('no browser');
  const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  return new TabletPage(await context.newPage(), county);
}

test('[AU298] a first visit is let in by the county’s code: typed wrong, nobody’s, used, each said as it is', async ({
  page,
  browser,
  county,
}) => {
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'director' }));
  const wang = county.agent('A01');
  const code = await codeFor(desk, wang);
  const tablet = new TabletPage(page, county);
  const vault = new VaultPage(tablet);
  await tablet.open();
  await vault.account(wang);
  await expect(page.getByRole('heading', { name: '县里还没登记您用这台平板' })).toBeVisible();
  await expect(page.getByRole('link', { name: /县局值班/ })).toHaveAttribute('href', /^tel:\d/);
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  await checks.look('enrol-code');
  // Somebody else set his passphrase: said as it is, and not that the tablet were new.
  const because = { error: 'CODE_NEEDED', because: 'RESET', dutyNumbers: [] };
  await page.route('**/api/sync/enrol', (one) => one.fulfill({ status: 403, json: because }), {
    times: 1,
  });
  await type(page, code);
  await expect(page.getByRole('heading', { name: '您的口令，县里有人改过' })).toBeVisible();
  await checks.look('enrol-code-after-reset');

  const enrolments: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/sync/enrol')) enrolments.push(request.postData() ?? '');
  });
  await type(page, `${code.slice(0, 3)}${code[3] === '7' ? '8' : '7'}${code.slice(4)}`);
  await expect(page.getByText('码里有个字打错了')).toBeVisible();
  expect(enrolments).toEqual([]);
  await type(page, NOBODYS);
  await expect(page.getByText('这个码不对，要不就是给别人的')).toBeVisible();
  await type(page, code.toLowerCase().replace(' ', ''));
  await vault.enrol(SENTENCE, 1);
  await expect(vault.list).toBeVisible();
  await vault.row.waitFor({ timeout: 30_000 });
  await expect(desk.page.getByText(wang.name).first()).toBeAttached();

  // The same code on another tablet, then one of its own.
  const second = await fresh(page, county);
  await second.open();
  const other = new VaultPage(second);
  await other.account(wang);
  await type(second.page, code);
  await expect(second.page.getByText('这个码用过了，或者县里作废了')).toBeVisible();
  await type(second.page, await codeFor(desk, wang));
  await other.enrol(SENTENCE, 2);
  await other.row.waitFor({ timeout: 30_000 });
  await second.page.context().close();
  expect(checks.problems).toEqual([]);
  await desk.close();
});

test('[AU298] a second agent on the tablet needs his own code, and one whose tablet lost its data a new one', async ({
  page,
  browser,
  county,
}) => {
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'admin' }));
  const [wang, yu] = [county.agent('A01'), county.agent('A14')];
  const codes = [await codeFor(desk, wang), await codeFor(desk, yu)] as const;
  const tablet = new TabletPage(page, county);
  const vault = new VaultPage(tablet);
  await tablet.open();
  await vault.account(wang);
  await type(page, codes[0]);
  await vault.enrol(SENTENCE, 1);
  await vault.row.waitFor({ timeout: 30_000 });
  await tablet.shellInstalled();
  // A signed-in tablet is never asked again, whatever the county does meanwhile.
  await county.kill();
  await county.start();

  await vault.lock();
  await tablet.button('换个人用').click();
  await tablet.button('都不是我，我来登录').click();
  await vault.account(yu);
  await expect(page.getByRole('textbox', { name: '登记码' })).toBeVisible();
  await type(page, codes[1]);
  await vault.enrol('井台上的辘轳响了一整夜', 2);
  await expect(vault.list).toBeVisible();

  // All of the tablet's data is thrown away: for the county it is a tablet that it does not know.
  const lost = await fresh(page, county);
  await lost.open();
  const again = new VaultPage(lost);
  await again.account(wang);
  await type(lost.page, codes[0]);
  await expect(lost.page.getByText('这个码用过了')).toBeVisible();
  const open = await codeFor(desk, wang);
  const row = desk.page.getByRole('row').filter({ hasText: wang.name });
  await row.getByRole('button', { name: '作废' }).first().click();
  await expect(desk.page.getByText('作废了，谁拿着都没用。')).toBeVisible();
  await type(lost.page, open);
  await expect(lost.page.getByText('或者县里作废了')).toBeVisible();
  await type(lost.page, await codeFor(desk, wang));
  await again.enrol(SENTENCE, 3);
  await again.row.waitFor({ timeout: 30_000 });
  await lost.page.context().close();
  await desk.close();
});
