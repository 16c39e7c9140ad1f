import { expect, test } from './county.ts';
import { ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { photoWithExif } from './tablet-page.ts';
import { PIN, SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

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

test('[UI87] what is kept of an act can be thrown away once it said what goes; 人命关天 keeps its words as the acts do', async ({
  page,
  county,
}) => {
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES.slice(1, 2));
  const { tablet, vault } = await VaultPage.on(page, county);
  await vault.signIn(county.agent('A01'));
  await tablet.goOffline();
  await vault.row.click();
  await tablet.link('补充').click();
  const field = page.getByLabel(/^补啥，照[她他]说的写$/);
  const discard = tablet.button('不写了，扔掉');
  await expect(discard).toHaveCount(0);
  await field.fill(SEEN);
  await tablet.addPhoto('拍照', await photoWithExif(page, 40));
  await vault.lock();
  await page.reload();
  await vault.bySentence(SENTENCE);
  await expect(field).toHaveValue(SEEN);
  await discard.click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(`写的 ${[...SEEN].length} 个字（「井水还是浑的`);
  await expect(dialog).toContainText('拍的 1 张');
  await checks.look('act-discard');
  await dialog.getByRole('button', { name: '接着写' }).click();
  await expect(field).toHaveValue(SEEN);
  await discard.click();
  await dialog.getByRole('button', { name: '扔掉', exact: true }).click();
  await expect(page.getByRole('heading', { name: '案件', level: 1 })).toBeVisible();
  await tablet.link('补充').click();
  await expect(field).toHaveValue('');
  await expect(page.locator('.shelf img')).toHaveCount(0);
  await expect(discard).toHaveCount(0);

  await tablet.link('人命关天').click();
  const said = page.getByLabel('说的吓人的话，原样写');
  await said.fill(SAID);
  await vault.lock();
  await page.reload();
  await vault.bySentence(SENTENCE);
  await expect(said).toHaveValue(SAID);
  await checks.look('life-kept');
  await page.getByLabel('人现在咋样，做了啥').fill('人稳住了，他闺女陪着');
  await tablet.button('存好，马上报县里').click();
  await expect(page.getByText('存好了。有信号立刻报上去')).toBeVisible();
  await tablet.link('返回').click();
  await tablet.link('补充').click();
  await tablet.link('人命关天').click();
  await expect(said).toHaveValue('');
  expect(checks.problems).toEqual([]);
});
