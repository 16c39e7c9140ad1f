import { readFile } from 'node:fs/promises';
import { EXCHANGE_PATH } from '../../src/lib/protocol/version.ts';
import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { TabletPage } from './tablet-page.ts';
import { VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const WORDS = '南头那眼井又浑了，烧开了也有味儿，几家都去村部拉水吃。';

test('[AU523] another agent brings the file of a tablet without signal and reads nothing of it; the answer of the county goes home in a file', async ({
  page,
  browser,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  await vault.signIn(county.agent('A01'));
  await page.context().setOffline(true);
  await vault.row.click();
  await page.waitForURL(/\/case\/[\w-]{22}$/);
  const caseId = page.url().split('/').at(-1) ?? '';
  await tablet.supplement(WORDS);
  await tablet.link('我的单子').click();
  await tablet.strip.click();
  await tablet.button('导出应急包').click();
  await expect(page.getByText(/^打好了，1 条/)).toBeVisible();
  await page.evaluate(() => {
    Object.defineProperty(globalThis, 'showSaveFilePicker', { value: undefined });
    Object.defineProperty(navigator, 'canShare', { value: undefined });
  });
  const saving = page.waitForEvent('download');
  await tablet.button('存到卡上，或者发给捎的人').click();
  const file = await saving;
  const carried = {
    ...{ name: file.suggestedFilename(), mimeType: 'application/octet-stream' },
    buffer: await readFile(await file.path()),
  };
  expect(await vault.unsent()).toBe(1);

  // Her own tablet, her own session, her own vault: she brings it and sees that one entry arrived.
  const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  const hers = new TabletPage(await context.newPage(), county);
  await hers.signIn(county.agent('A14'));
  await hers.open('/unsent');
  const take = hers.page.getByLabel('捎来的包，在这儿收');
  await take.setInputFiles(carried);
  await expect(hers.page.getByText('1 条送到县里了')).toBeVisible();
  await take.setInputFiles({ ...carried, buffer: Buffer.from('这不是应急包') });
  await expect(hers.page.getByText(/^这不是应急包，也不是县里的回执包/)).toBeVisible();
  await hers.link('我的单子').click();
  await expect(hers.page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(hers.page.locator(`a[href*="${caseId}"]`)).toHaveCount(0);
  expect(await hers.page.locator('body').innerText()).not.toContain(WORDS.slice(0, 6));

  // The county has it, under his name and not hers; the same file again at the desk gives the answer.
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  await desk.page.goto(`${county.url}/desk/handin`);
  await desk.page.getByLabel(/^选文件/).setInputFiles(carried);
  await expect(desk.page.getByText(/1 条早就到了，没重收/)).toBeVisible();
  const answering = desk.page.waitForEvent('download');
  await desk.page.getByRole('button', { name: '存回执（1 条）' }).click();
  const answer = await answering;
  expect(answer.suggestedFilename()).toMatch(/\.psa$/);
  const ack = {
    ...{ name: answer.suggestedFilename(), mimeType: 'application/octet-stream' },
    buffer: await readFile(await answer.path()),
  };

  // Home, still without signal. An answer that the county did not sign settles nothing.
  const home = page.getByLabel('捎来的包，在这儿收');
  const forged = Buffer.from(ack.buffer);
  forged[forged.length - 3] = (forged[forged.length - 3] ?? 0) ^ 1;
  await home.setInputFiles({ ...ack, buffer: forged });
  await expect(page.getByText(/^这不是应急包，也不是县里的回执包/)).toBeVisible();
  expect(await vault.unsent()).toBe(1);
  await home.setInputFiles(ack);
  await expect(page.getByText('县里的回执对上了，1 条算送到了')).toBeVisible();
  expect(await vault.unsent()).toBe(0);

  // The line comes back: nothing is doubled.
  const answered = page.waitForResponse(
    (one) => one.url().endsWith(EXCHANGE_PATH) && one.status() === 200,
  );
  await page.context().setOffline(false);
  await answered;
  expect(await vault.unsent()).toBe(0);
  await desk.openCase(caseId);
  await expect(desk.page.locator('main').getByText(WORDS)).toHaveCount(1);
  await desk.close();
  await context.close();
});
