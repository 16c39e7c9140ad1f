import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { ScreenChecks, DESK_SIZES } from './screen-checks.ts';

test.describe.configure({ timeout: 180_000 });

test('[AU143] a card is made and printed in the browser; the county gets its id alone', async ({
  browser,
  county,
}) => {
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'director' }));
  const { page } = desk;
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  await page.goto(`${county.url}/desk/devices`);
  await page.getByRole('link', { name: '锁和胸牌' }).click();
  await expect(page.getByRole('heading', { name: '锁和胸牌', level: 1 })).toBeVisible();
  await page.getByLabel('给谁').selectOption({ index: 1 });
  await page.getByRole('button', { name: '做一张' }).click();
  await expect(page.getByRole('img', { name: '胸牌上的码' })).toBeVisible();
  const groups = await page.locator('.groups code').allTextContents();
  expect(groups.join('')).toMatch(/^[0-9A-HJKMNP-TV-Z]{58}$/);
  await expect(page.getByText('做好了，打出来给他。')).toBeVisible();
  const label = (await page.locator('figcaption code').textContent())?.replace('牌号', '').trim();
  const row = page.getByRole('row').filter({ hasText: label ?? 'no label' });
  await expect(row).toContainText('能用');

  const posts = sent.filter((one) => one.includes('?/card'));
  expect(posts).toHaveLength(1);
  for (const group of groups.slice(0, 9))
    expect(sent.some((one) => one.includes(group))).toBe(false);

  const checks = new ScreenChecks(page, 'desk', DESK_SIZES);
  await checks.look('locks');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByText('码在这台电脑上现做')).toBeHidden();
  await expect(page.getByRole('img', { name: '胸牌上的码' })).toBeVisible();
  await expect(row).toBeHidden();
  await page.emulateMedia({ media: 'screen' });

  await row.getByLabel('为啥作废').fill('丢在集上了');
  await row.getByRole('button', { name: '作废' }).click();
  await expect(page.getByText('作废了。')).toBeVisible();
  await expect(row).toContainText('丢在集上了');
  // The page once left, nobody has the code any more.
  await page.reload();
  await expect(page.getByRole('row').filter({ hasText: label ?? '' })).toContainText('作废');
  await expect(page.getByRole('img', { name: '胸牌上的码' })).toHaveCount(0);
  expect(checks.problems).toEqual([]);
  await desk.close();
});

test('[AU143] who only sees the tablets can neither print nor lock', async ({
  browser,
  county,
}) => {
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  await desk.page.goto(`${county.url}/desk/devices/locks`);
  await expect(desk.page.getByRole('heading', { name: '锁和胸牌', level: 1 })).toBeVisible();
  await expect(desk.page.getByRole('button', { name: '做一张' })).toHaveCount(0);
  await expect(desk.page.getByRole('button', { name: '报丢' })).toHaveCount(0);
  await desk.close();
});

test.describe('a county without a key', () => {
  test.use({ hasKey: false, vaults: true });

  test('[AU211] director and administrator are told that tablets get no locks yet, nobody else', async ({
    browser,
    county,
  }) => {
    const told = async (role: string, path: string): Promise<boolean> => {
      const desk = await DeskPage.signIn(browser, county, county.account({ role }));
      await desk.page.goto(`${county.url}${path}`);
      await expect(desk.page.getByRole('heading', { level: 1 })).toBeVisible();
      const says = await desk.page.getByText(/^平板还上不了锁/).isVisible();
      await desk.close();
      return says;
    };
    for (const path of ['/desk/supervision', '/desk/devices', '/desk/devices/locks'])
      expect(await told('director', path)).toBe(true);
    expect(await told('admin', '/desk/devices/locks')).toBe(true);
    expect(await told('registrar', '/desk/devices')).toBe(false);
  });
});
