import { expect, test } from './county.ts';
import { PIN, SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

test('[AU500] the passphrase of the account is refused as the sentence of the lock, in words; another one is taken', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  const wang = county.agent('A01');
  await tablet.open();
  await vault.account(wang);
  await tablet.button('开始').click();
  await page.getByRole('group', { name: '挑个记号' }).getByRole('button').first().click();
  await tablet.button('下一问').click();
  await tablet.button('不用胸牌，只用开锁话').click();
  await tablet.button('下一问').click();
  await vault.pad(PIN);
  await vault.pad(PIN);
  await tablet.button('下一问').click();
  const sentence = async (words: string): Promise<void> => {
    await page.getByLabel('开锁话', { exact: true }).fill(words);
    await page.getByLabel('开锁话，再写一遍').fill(words);
    await tablet.button('好了').click();
  };
  await sentence(wang.passphrase);
  await expect(page.getByRole('alert')).toContainText('跟登录的口令一样');
  await expect(page.getByRole('heading', { name: '想一句开锁话' })).toBeVisible();
  expect(await vault.databases()).not.toContainEqual(expect.stringMatching(/^daiban-[\w-]{22}$/));
  await sentence(SENTENCE);
  await expect(page.getByRole('heading', { name: '锁好了' })).toBeVisible();
});
