import { expect, test } from './county.ts';
import { ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { PIN, SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const OTHER_PIN = '648293';

test('[AU502] a card that was shown and not called copied before a reload is asked for until it is answered; a new one takes its place', async ({
  page,
  county,
}) => {
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  const { tablet, vault } = await VaultPage.on(page, county);
  await tablet.open();
  await vault.account(county.agent('A01'));
  await tablet.button('开始').click();
  await page.getByRole('group', { name: '挑个记号' }).getByRole('button').first().click();
  await tablet.button('下一问').click();
  await tablet.button('没拿到胸牌，在这儿现做一张').click();
  await tablet.button('下一问').click();
  await vault.pad(PIN);
  await vault.pad(PIN);
  await tablet.button('下一问').click();
  await page.getByLabel('开锁话', { exact: true }).fill(SENTENCE);
  await page.getByLabel('开锁话，再写一遍').fill(SENTENCE);
  await tablet.button('好了').click();
  await expect(page.getByRole('heading', { name: '锁好了' })).toBeVisible();
  await tablet.shellInstalled();
  await page.reload();

  const asked = page.getByRole('heading', { name: '胸牌上的字抄下来没有？' });
  await expect(vault.locked).toBeVisible();
  await expect(asked).toHaveCount(0);
  await vault.bySentence(SENTENCE);
  await expect(asked).toBeVisible();
  await expect(page.locator('figure.face')).toHaveCount(0);
  await checks.look('card-waits');
  await page.reload();
  await vault.bySentence(SENTENCE);
  await tablet.button('抄好了，牌在我手里').click();
  await expect(asked).toHaveCount(0);
  await page.reload();
  await vault.bySentence(SENTENCE);
  await expect(vault.list).toBeVisible();
  await expect(asked).toHaveCount(0);

  // A new card; its page went too before the press, and it is asked again.
  const another = async (way: string): Promise<void> => {
    await tablet.link(way).click();
    await expect(asked).toHaveCount(0);
    await tablet.button('换张胸牌').click();
    await tablet.button('在这儿现做一张').click();
    await vault.pad(OTHER_PIN);
    await vault.pad(OTHER_PIN);
    await tablet.button('好了').click();
    await expect(page.locator('figure.face')).toBeVisible();
  };
  await another('设置');
  await page.goto(`${county.url}/tablet`);
  await vault.bySentence(SENTENCE);
  await expect(asked).toBeVisible();
  await another('没抄，去设置换张新牌');
  const letters = await page.locator('figure.face .groups').innerText();
  await tablet.button('抄好了，对过了').click();
  await page.goto(`${county.url}/tablet`);
  await tablet.button('照胸牌').click();
  await vault.byCard(letters.replaceAll(/\s+/g, ' '), OTHER_PIN);
  await expect(vault.list).toBeVisible();
  await expect(asked).toHaveCount(0);
  expect(checks.problems).toEqual([]);
});
