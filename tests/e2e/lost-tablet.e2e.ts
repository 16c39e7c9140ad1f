import type { Browser, Locator, Page } from '@playwright/test';
import { expect, test, type County } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const WORDS = '井水还是浑的，烧开了也有味儿，几家都去村部拉水吃。';
const HERE = '没送的都在机器里，没丢；登录一次，才往县里送';

/** Says one word about a tablet at the desk, with its reason. */
async function say(line: Locator, word: '报丢' | '解开', why: string): Promise<void> {
  await line.getByLabel('为啥').first().fill(why);
  await line.getByRole('button', { name: word }).click();
  await expect(line).toContainText(word === '报丢' ? why : '能开');
}

/** An agent whose tablet is locked with a supplement that is unsent, and its line at the desk. */
async function lockedWithWork(page: Page, browser: Browser, county: County) {
  const { tablet, vault } = await VaultPage.on(page, county);
  const wang = county.agent('A01');
  await vault.signIn(wang, { sign: 3 });
  await tablet.link('设置').click();
  const me = await page.getByText(/这台机器是 [A-Z]+/).innerText();
  const letter = /这台机器是 ([A-Z]+)/.exec(me)?.[1] ?? '';
  await tablet.link('我的单子').click();
  await page.context().setOffline(true);
  await vault.row.click();
  await tablet.supplement(WORDS);
  const caseId = page.url().split('/').at(-1) ?? '';
  await vault.lock();
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'director' }));
  await desk.page.goto(`${county.url}/desk/devices/locks`);
  const named = desk.page.getByRole('row').filter({ hasText: '王春生' });
  return { tablet, vault, wang, caseId, desk, line: named.filter({ hasText: `${letter} 机` }) };
}

test('[UI121] reported lost: true words, a look, a sign-in that reads nothing; freed it leads to the lock and her words arrive', async ({
  page,
  browser,
  county,
}) => {
  const { tablet, vault, wang, caseId, desk, line } = await lockedWithWork(page, browser, county);
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  const main = page.getByRole('main');
  const lost = page.getByRole('heading', { name: '这台机器报了丢', level: 1 });
  const noWords = async (): Promise<void> =>
    expect(await page.locator('body').innerText()).not.toContain(WORDS.slice(0, 6));

  await say(line, '报丢', '丢在集上了');
  await page.context().setOffline(false);
  await expect(lost).toBeVisible();
  await expect(main).toContainText(HERE);
  await expect(main).not.toContainText(/自己往县里送|照样往县里送/);
  await expect(main).toContainText('登录也叫县里停了');
  await expect(tablet.button('导出应急包')).toBeVisible();
  await checks.look('lost');

  // A look: the county still says so, and says it in words; without a line that is said, too.
  await tablet.button('看县里解开没有').click();
  await expect(main).toContainText('问过县里了，还没解开。打县局电话。');
  await page.context().setOffline(true);
  await tablet.button('看县里解开没有').click();
  await expect(main).toContainText('没连上县里。到有信号的地方再按。');
  await page.context().setOffline(false);
  expect(await vault.unsent()).toBe(1);

  // Who signs in while it is lost reads nothing; what waited goes, and the screen says both.
  await tablet.button('登录一次，跟县里通上话').click();
  await vault.account(wang);
  await expect(lost).toBeVisible();
  await expect(main).toContainText('登上了。县里还没解开，里头的先看不了。打县局电话。');
  await expect(page.getByRole('heading', { name: '登录', level: 1 })).toHaveCount(0);
  await expect.poll(() => vault.unsent(), { timeout: 60_000 }).toBe(0);
  await expect(main).toContainText('没有等着送的');
  await expect(main).not.toContainText('登录也叫县里停了');
  await noWords();
  await checks.look('lost-signed-in');
  await desk.openCase(caseId);
  await expect(desk.page.locator('main')).toContainText(WORDS);

  // Freed: the next look leads to the lock, with no refusal on the way.
  await desk.page.goto(`${county.url}/desk/devices/locks`);
  await say(line, '解开', '找着了');
  await tablet.button('看县里解开没有').click();
  await expect(vault.locked).toBeVisible();
  await expect(main).toContainText('县里解开了，开锁吧。');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await noWords();
  await checks.look('lost-freed');
  await vault.bySentence(SENTENCE);
  await expect(page.getByText(WORDS).first()).toBeVisible({ timeout: 30_000 });
  expect(checks.problems).toEqual([]);
  await desk.close();
});

test('[UI122] freed before anybody signed in: one sign-in from the lost screen opens the lock, and what was unsent arrives', async ({
  page,
  browser,
  county,
}) => {
  const { tablet, vault, wang, desk, line } = await lockedWithWork(page, browser, county);
  const main = page.getByRole('main');
  await say(line, '报丢', '丢在集上了');
  await page.context().setOffline(false);
  await expect(page.getByRole('heading', { name: '这台机器报了丢', level: 1 })).toBeVisible();
  await page.reload();
  await expect(main).toContainText(HERE);
  await say(line, '解开', '找着了');
  await tablet.button('登录一次，跟县里通上话').click();
  await vault.account(wang);
  await expect(vault.locked).toBeVisible();
  await expect(main).toContainText('县里解开了，开锁吧。');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await vault.bySentence(SENTENCE);
  await expect(vault.locked).toBeHidden();
  await expect.poll(() => vault.unsent(), { timeout: 60_000 }).toBe(0);
  await desk.close();
});

test('[UI126] a lock whose session the county ended says that it waits for a sign-in, and one sign-in sends what waited', async ({
  page,
  browser,
  county,
}) => {
  const { tablet, vault, wang, desk } = await lockedWithWork(page, browser, county);
  const main = page.getByRole('main');
  await page.context().clearCookies();
  await page.context().setOffline(false);
  await expect(main).toContainText(HERE);
  await expect(main).not.toContainText('照样往县里送');
  expect(await vault.unsent()).toBe(1);
  await tablet.button('登录一次，跟县里通上话').click();
  await vault.account(wang);
  await expect(vault.locked).toBeVisible();
  await expect(main).toContainText('登上了，跟县里通上话了。开锁吧。');
  await expect.poll(() => vault.unsent(), { timeout: 60_000 }).toBe(0);
  await expect(main).toContainText('没有等着送的');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await desk.close();
});
