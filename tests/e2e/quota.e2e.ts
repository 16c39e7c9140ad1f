import type { Page } from '@playwright/test';
import { expect, test } from './county.ts';
import { photoWithExif, TabletPage } from './tablet-page.ts';

const WORDS = '井水还是浑的，烧开了也有味儿，几家都去村部拉水吃。';

/**
 * Takes away the room for what is written, and gives it back: Chromium's own quota lets some
 * megabytes pass, so the browser's refusal is thrown where it would throw it itself.
 */
async function room(page: Page, is: boolean): Promise<void> {
  await page.evaluate((left) => {
    const store = IDBObjectStore.prototype as IDBObjectStore & { refused?: number };
    const kept = globalThis as unknown as { kept?: Pick<IDBObjectStore, 'put' | 'add'> };
    kept.kept ??= { put: store.put, add: store.add };
    store.refused ??= 0;
    const refuse = (): never => {
      store.refused = (store.refused ?? 0) + 1;
      throw new DOMException('no room', 'QuotaExceededError');
    };
    Object.assign(store, left ? kept.kept : { put: refuse, add: refuse });
  }, is);
}
const refusals = (page: Page): Promise<number> =>
  page.evaluate(() => (IDBObjectStore.prototype as { refused?: number }).refused ?? 0);

test('[EE23] a full tablet says so for a photo and a text, keeps the words, and saves both when there is room', async ({
  page,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  const row = page.locator('ul.list a.row').first();
  await row.waitFor();
  const caseId = ((await row.getAttribute('href')) ?? '').split('/').at(-1) ?? '';
  await tablet.goOffline();
  await tablet.act(caseId, '补充');
  const field = page.getByLabel(/^补啥，照[她他]说的写$/);
  await field.fill(WORDS);
  const file = { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: await photoWithExif(page, 30) };
  const choose = page.locator('.shelf input[type=file]');

  await room(page, false);
  await choose.setInputFiles(file);
  const full = page.getByRole('alert').filter({ hasText: '机器满了' });
  await expect(full).toHaveCount(1);
  await expect(page.locator('.shelf img')).toHaveCount(0);
  const before = await refusals(page);
  expect(before).toBeGreaterThan(0);
  await tablet.button('存好补充').click();
  await expect(full).toHaveCount(2);
  expect(await refusals(page)).toBeGreaterThan(before);
  await expect(page).toHaveURL(/supplement/);
  await expect(field).toHaveValue(WORDS);

  await room(page, true);
  await choose.setInputFiles([]);
  await choose.setInputFiles(file);
  await expect(page.locator('.shelf img')).toHaveCount(1);
  await tablet.button('存好补充').click();
  await expect(page).toHaveURL(new RegExp(`/tablet/case/${caseId}$`));
  await page.reload();
  await expect(page.getByText(WORDS.slice(0, 12)).first()).toBeVisible();
  await tablet.goOnline();
  await tablet.sendEverything();
});
