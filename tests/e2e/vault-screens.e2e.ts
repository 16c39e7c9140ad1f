import { rmSync } from 'node:fs';
import { expect, test } from './county.ts';
import { CAMERA_FILM, holdBeforeCamera, newPrintedCard } from './fake-camera.ts';
import { ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { PIN, SENTENCE, VaultPage } from './vault-page.ts';
import config from '../../playwright.config.ts';

test.describe.configure({ timeout: 600_000 });
const { launchOptions } = config.use ?? {};
test.use({
  permissions: ['microphone', 'camera'],
  launchOptions: {
    ...launchOptions,
    args: [...(launchOptions?.args ?? []), `--use-file-for-fake-video-capture=${CAMERA_FILM}`],
  },
});
test.beforeEach(() => holdBeforeCamera(null));
test.afterAll(() => rmSync(CAMERA_FILM, { force: true }));

const WORDS = '孙子叫拖拉机碰了，人在卫生所。';

test('[UI43] 上锁 and 开锁 with a card of the county before the camera, screen by screen', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  const card = await newPrintedCard();
  await tablet.open();
  await vault.account(county.agent('A01'));
  await expect(page.getByRole('heading', { name: '给这台机器上把锁' })).toBeVisible();
  await checks.look('lock-why');
  await tablet.button('开始').click();
  await checks.look('lock-sign');
  await tablet.button('绿叶子').click();
  await tablet.button('下一问').click();
  await expect(page.getByText('照着呢，没看见牌')).toBeVisible();
  await checks.look('lock-card');
  holdBeforeCamera('https://example.org/no-card');
  await tablet.button('照着牌子打字').click();
  await tablet.button('用镜头照').click();
  await expect(page.getByText('这不是胸牌上的码')).toBeVisible();
  // The camera is put away first: it would read the card before anybody presses.
  await tablet.button('照着牌子打字').click();
  holdBeforeCamera(card.qr);
  await checks.look('lock-card-typed');
  await tablet.button('用镜头照').click();
  await expect(page.getByText('胸牌认得了')).toBeVisible();
  await tablet.button('下一问').click();
  await vault.pad('123456');
  await expect(page.getByText('顺着数的，一猜就着。换一个')).toBeVisible();
  await checks.look('lock-pin');
  await vault.pad(PIN);
  await vault.pad(PIN);
  await tablet.button('下一问').click();
  await page.getByLabel('开锁话', { exact: true }).fill('短');
  await checks.look('lock-sentence');
  await page.getByLabel('开锁话', { exact: true }).fill(SENTENCE);
  await page.getByLabel('开锁话，再写一遍').fill(SENTENCE);
  await tablet.button('好了').click();
  await expect(page.getByRole('heading', { name: '锁好了' })).toBeVisible({ timeout: 60_000 });
  await checks.look('lock-done');
  await tablet.button('进去').click();
  await expect(vault.list).toBeVisible();
  await tablet.shellInstalled();
  await checks.look('home-with-lock');
  await tablet.goOffline();
  await tablet.link('设置').click();
  await tablet.button('换张胸牌').click();
  await checks.look('settings-lock');

  await vault.lock();
  await checks.look('unlock-digits');
  await tablet.button('忘了怎么开').click();
  await checks.look('unlock-forgot');
  await tablet.button('知道了').click();
  await tablet.button('急用，先记下来').click();
  await page.getByLabel('她说的，照原话写').fill(WORDS);
  await checks.look('unlock-jot');
  // 返回 throws nothing away: what was typed is locked in, and the page says so first.
  await tablet.button('返回').click();
  await expect(page.getByText('锁进去了。开了锁，在草稿里接着办')).toBeVisible();
  await tablet.button('返回').click();

  // After a reload nothing of it is in memory: card and digits, without a network.
  await page.reload();
  await expect(vault.locked).toBeVisible();
  await expect(page.getByText(WORDS)).toHaveCount(0);
  await checks.look('unlock-ways');
  await tablet.button('照胸牌').click();
  await expect(page.getByRole('heading', { name: '按开锁数' })).toBeVisible();
  for (let wrong = 0; wrong < 5; wrong += 1) {
    await vault.pad('918273');
    await expect(page.getByRole('alert')).toContainText('不对');
  }
  await expect(page.getByText(/再等 \d+ 秒/)).toBeVisible();
  await checks.look('unlock-wait');
  await expect(page.getByText(/再等 \d+ 秒/)).toHaveCount(0, { timeout: 40_000 });
  await vault.pad(PIN);
  await expect(page.getByRole('heading', { name: '设置', level: 1 })).toBeVisible();
  // What was noted while it was locked is a draft now.
  await tablet.link('我的单子').click();
  await expect(vault.list).toBeVisible();
  await expect(page.locator('ul.list')).toContainText(WORDS.slice(0, 6));
  expect(checks.problems).toEqual([]);
  expect(checks.screens).toBe(14);
});
