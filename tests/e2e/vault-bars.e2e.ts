import { readFileSync } from 'node:fs';
import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const WORDS = '井水还是浑的，烧开了也有味儿，几家都去村部拉水吃。';

test('[UI44] [AU141] what is unsent leaves as a file that shows nothing; a tablet reported lost says so and opens when it is freed', async ({
  page,
  browser,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  await vault.signIn(county.agent('A01'), { sign: 3 });
  await tablet.link('设置').click();
  const me = await page.getByText(/这台机器是 [A-Z]+/).innerText();
  const letter = /这台机器是 ([A-Z]+)/.exec(me)?.[1] ?? '';
  await tablet.link('我的单子').click();

  await tablet.goOffline();
  await vault.row.click();
  await tablet.supplement(WORDS);
  await tablet.link('我的单子').click();
  await tablet.strip.click();
  await tablet.button('导出应急包').click();
  await expect(page.getByText(/^打好了，1 条/)).toBeVisible();
  await checks.look('unsent-hand-in');
  // The picker of files is the system's; without it the browser saves the file itself.
  await page.evaluate(() => {
    Object.defineProperty(globalThis, 'showSaveFilePicker', { value: undefined });
    Object.defineProperty(navigator, 'canShare', { value: undefined });
  });
  const saving = page.waitForEvent('download');
  await tablet.button('存到卡上，或者发给捎的人').click();
  const file = await saving;
  expect(file.suggestedFilename()).toMatch(/^\d{8}-[0-9a-f]{8}\.psb$/);
  const bytes = readFileSync(await file.path());
  expect(bytes.length).toBeGreaterThan(500);
  for (const encoding of ['utf8', 'utf16le'] as const)
    for (const marker of [WORDS, WORDS.slice(0, 6), '230278'])
      expect(bytes.includes(Buffer.from(marker, encoding)), marker).toBe(false);
  await expect(page.getByText(/^存出去了，名叫 /)).toBeVisible();

  // 报丢 at the desk: the next contact takes what is unsent and locks.
  await tablet.goOnline();
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'director' }));
  await desk.page.goto(`${county.url}/desk/devices/locks`);
  const named = desk.page.getByRole('row').filter({ hasText: '王春生' });
  const line = named.filter({ hasText: `${letter} 机` });
  await line.getByLabel('为啥').first().fill('丢在集上了');
  await line.getByRole('button', { name: '报丢' }).click();
  await expect(line).toContainText('丢在集上了');
  const lost = page.getByRole('heading', { name: '这台机器报了丢', level: 1 });
  await expect(async () => {
    const now = tablet.button('现在试着送');
    if (await now.isVisible()) await now.click({ timeout: 500 }).catch(() => undefined);
    await expect(lost).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  expect(await page.locator('body').innerText()).not.toContain(WORDS.slice(0, 6));
  await checks.look('barred-lost');
  await page.reload();
  await expect(lost).toBeVisible();

  // 解开: the tablet hears it and asks for the secret again.
  await line.getByLabel('为啥').fill('找着了');
  await line.getByRole('button', { name: '解开' }).click();
  await expect(line).toContainText('能开');
  await expect(async () => {
    const now = tablet.button('看县里解开没有');
    if (await now.isVisible()) await now.click({ timeout: 500 }).catch(() => undefined);
    await expect(vault.locked).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  await vault.bySentence(SENTENCE);
  await expect(vault.list.or(page.getByRole('heading', { name: '送达情况' }))).toBeVisible();
  expect(checks.problems).toEqual([]);
  await desk.close();
});
