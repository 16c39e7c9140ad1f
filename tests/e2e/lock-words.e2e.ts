import { createHash } from 'node:crypto';
import type { Digest } from '../../src/lib/protocol/hash.ts';
import { newCard } from '../../src/lib/tablet/vault/enrolment.ts';
import { expect, test } from './county.ts';
import { ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const digest: Digest = async (bytes) => createHash('sha256').update(bytes).digest();
const OTHER_PIN = '648293';

test('[UI124] a new card where the county wants to know who it is: one sign-in, and the lock is back at the card', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  const wang = county.agent('A01');
  await vault.signIn(wang);
  const vaultId = (await vault.databases())
    .map((name) => /^daiban-([\w-]{22})$/.exec(name)?.[1] ?? '')
    .join('');
  const card = await newCard(digest, { vaultId, pin: OTHER_PIN, known: [] });
  if (!card.ok) throw new Error(card.error);
  const show = async (): Promise<void> => {
    await tablet.button('照着牌子打字').click();
    await page.getByLabel('牌子上的字').fill(card.value.printed.qr);
    await tablet.button('就是这张').click();
  };
  await page.context().clearCookies();
  await vault.lock();
  await tablet.button('忘了怎么开').click();
  await tablet.button('县里给了新卡').click();
  await show();
  await expect(page.getByRole('alert')).toContainText('县里要先认准是您本人');
  await tablet.button('登录一次，跟县里通上话').click();
  await vault.account(wang);
  await expect(page.getByRole('heading', { name: '用县里的新卡开', level: 1 })).toBeVisible();
  await show();
  await expect(page.getByRole('alert')).toContainText('县里还没给这台机器开');
});

test('[UI125] five wrong digits are told in their own words; their owner hears after the unlock how often and when, once', async ({
  page,
  county,
}) => {
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  const { vault } = await VaultPage.on(page, county);
  await vault.signIn(county.agent('A01'));
  await vault.lock();
  for (let n = 0; n < 4; n += 1) {
    await vault.pad(OTHER_PIN);
    await expect(page.getByRole('alert')).toContainText('不对');
  }
  await vault.pad(OTHER_PIN);
  await expect(page.getByRole('alert')).toContainText('按错五回，开锁数作废了');
  await expect(page.getByText('锁得久了')).toHaveCount(0);
  await checks.look('digits-used-up');
  // Whoever tried puts the machine off; its owner hears it all the same.
  await page.reload();
  await vault.bySentence(SENTENCE);
  const told = page.getByRole('alert').filter({ hasText: '有人试过开您的锁' });
  await expect(told).toContainText('开锁数按错 5 回');
  await expect(told).toContainText(/最近一回：\d+月\d+日 \d\d:\d\d/);
  await checks.look('tried');
  await told.getByRole('button', { name: '知道了' }).click();
  await expect(told).toHaveCount(0);
  await page.reload();
  await vault.bySentence(SENTENCE);
  await expect(vault.list).toBeVisible();
  await expect(told).toHaveCount(0);
  expect(checks.problems).toEqual([]);
});
