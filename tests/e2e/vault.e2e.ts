import { expect, test } from './county.ts';
import { TabletPage } from './tablet-page.ts';
import { noVaults, PIN, SENTENCE, VaultPage, wantVaults } from './vault-page.ts';

const OTHER = '井台上的辘轳响了一整夜';
const WORDS = '井水还是浑的，烧开了也有味儿，几家都去村部拉水吃。';

test.afterEach(noVaults);

test('[AU135] two agents share a tablet: each sees his own, what one left unsent still goes and stays his', async ({
  page,
  county,
}) => {
  await wantVaults(county);
  const tablet = new TabletPage(page, county);
  const vault = new VaultPage(tablet);
  const [wang, yu] = [county.agent('A01'), county.agent('A14')];

  // The first one gets his lock at the sign-in, before anything of anybody is here.
  await tablet.open();
  await vault.account(wang);
  await expect(page.getByRole('heading', { name: '给这台机器上把锁' })).toBeVisible();
  const card = await vault.enrol(SENTENCE, 1);
  await expect(vault.list).toBeVisible();
  const row = page.locator('ul.list a.row').first();
  await row.waitFor({ timeout: 30_000 });
  const cases = await page.locator('ul.list a.row').count();
  const caseId = ((await row.getAttribute('href')) ?? '').split('/').at(-1) ?? '';
  const name = (await row.locator('b, strong, .who').first().innerText()).trim();
  await tablet.shellInstalled();

  // Without a network: a saved act, and a lock in the middle of the case.
  await tablet.goOffline();
  await row.click();
  await tablet.link('补充').click();
  await page.getByLabel(/^补啥，照[她他]说的写$/).fill(WORDS);
  await tablet.button('存好补充').click();
  await expect(page.getByRole('heading', { name: '案件', level: 1 })).toBeVisible();
  const here = page.url();
  await vault.lock();
  await expect(page.getByText('1 条还没送的都在机器里')).toBeVisible();
  expect(await page.locator('body').innerText()).not.toContain(name);
  expect(page.url()).toBe(here);
  await vault.pad(PIN);
  await expect(page.getByRole('heading', { name: '案件', level: 1 })).toBeVisible();

  // A reload forgets the quick digits: the sentence opens, wrong ones are counted.
  await page.reload();
  await expect(vault.locked).toBeVisible();
  await vault.bySentence('这一句不是他的开锁话吧');
  await expect(page.getByRole('alert')).toContainText('不对');
  await page.getByLabel('开锁话', { exact: true }).fill(SENTENCE);
  await tablet.button('开锁').click();
  await expect(page.getByRole('heading', { name: '案件', level: 1 })).toBeVisible();

  // Log-out says what stays; the next agent signs in beside the lock and gets his own.
  await tablet.open('/settings');
  await vault.bySentence(SENTENCE);
  await tablet.button(/退出/).first().click();
  await expect(page.getByRole('dialog')).toContainText('文字 1 条');
  await page.getByRole('dialog').getByRole('button', { name: /退出/ }).click();
  await tablet.goOnline();
  await tablet.open();
  await tablet.button('换个人用').click();
  await tablet.button('都不是我，我来登录').click();
  await vault.account(yu);
  await vault.enrol(OTHER, 2);
  await expect(vault.list).toBeVisible();
  const text = await page.locator('body').innerText();
  expect(text).not.toContain(WORDS);
  await expect(page.locator(`a[href$="/${caseId}"]`)).toHaveCount(0);
  expect((await vault.databases()).filter((db) => /^daiban-[\w-]{22}$/.test(db))).toHaveLength(2);

  // The first one opens with his card: his work is his and goes under his name.
  await vault.lock();
  await tablet.button('换个人用').click();
  await tablet.button('直接照胸牌').click();
  await vault.byCard(card, PIN);
  await expect(vault.list).toBeVisible({ timeout: 30_000 });
  await expect(page.locator('ul.list a.row')).toHaveCount(cases);
});
