import { expect, test } from './county.ts';
import { PIN, SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 240_000 });

const SEEN = '井水还是浑的，烧开了也有味儿';
const SAID = '几家都去村部拉水吃';

test('[UI66] what is typed in 走访 stands there after a lock and after a reload, until it is saved', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  await vault.signIn(county.agent('A01'), { sign: 1 });
  await tablet.goOffline();
  await vault.row.click();
  await tablet.link('走访').click();
  const fields = page.locator('main textarea');
  await fields.nth(0).fill(SEEN);
  const form = page.url();
  await fields.nth(1).fill(SAID);
  // At once: the last second is written by the lock.
  await page.evaluate(() => {
    const lock = [...document.querySelectorAll('button')].find((b) => b.innerText.includes('上锁'));
    lock?.click();
  });
  await expect(vault.locked).toBeVisible();
  expect(await page.locator('body').innerText()).not.toContain(SEEN);
  await vault.pad(PIN);
  await expect(fields.nth(0)).toHaveValue(SEEN);
  await expect(fields.nth(1)).toHaveValue(SAID);
  expect(page.url()).toBe(form);

  await page.reload();
  await expect(vault.locked).toBeVisible();
  await vault.bySentence(SENTENCE);
  await expect(fields.nth(0)).toHaveValue(SEEN);
  await expect(fields.nth(1)).toHaveValue(SAID);

  await tablet.button(/^存好/).click();
  await expect(page.getByRole('heading', { name: '案件', level: 1 })).toBeVisible();
  await expect(page.getByText(SEEN).first()).toBeVisible();
  await tablet.link('走访').click();
  await expect(page.locator('main textarea').first()).toHaveValue('');
});
