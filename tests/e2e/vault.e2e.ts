import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test, type County } from './county.ts';
import { IntakePage } from './intake-page.ts';
import { TabletPage } from './tablet-page.ts';
import { PIN, SENTENCE, setting, VaultPage, wantVaults } from './vault-page.ts';

const OTHER = '井台上的辘轳响了一整夜';
const WORDS = '井水还是浑的，烧开了也有味儿，几家都去村部拉水吃。';

// A county that wants no locks yet: one test moves into its lock when it does.
test.use({ vaults: false });

/** Whom the county has as the author of the entry of these words, and from which tablet it came. */
function author(
  county: County,
  caseId: string,
): { readonly personId: string; readonly dv: string } {
  const db = new DatabaseSync(path.join(county.dataDir, 'daiban.sqlite'), { timeout: 5_000 });
  const last = db
    .prepare(
      `select dv, json_extract(actor, '$.personId') as personId from log
       where kind = 'event' and case_id = ? order by seq desc limit 1`,
    )
    .get(caseId);
  db.close();
  return { personId: String(last?.['personId']), dv: String(last?.['dv']) };
}

test('[AU135] [AU344] [AU552] two agents share a tablet: each sees his own, what one left unsent still goes and stays his', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  const [wang, yu] = [county.agent('A01'), county.agent('A14')];

  // The first one gets his lock at the sign-in, before anything of anybody is here.
  const card = await vault.signIn(wang, { sign: 1 });
  const { row, rows } = vault;
  const cases = await rows.count();
  const caseId = ((await row.getAttribute('href')) ?? '').split('/').at(-1) ?? '';
  const name = (await row.locator('b, strong, .who').first().innerText()).trim();

  // Without a network: a saved act, and a lock in the middle of the case.
  await tablet.goOffline();
  await row.click();
  await tablet.supplement(WORDS);
  const here = page.url();
  await vault.lock();
  // [AU344] That something waits, and how it goes on; how much is nobody's business here.
  await expect(page.getByText('没送的都在机器里，锁着也照样往县里送')).toBeVisible();
  const shut = await page.locator('body').innerText();
  expect(shut).not.toContain(name);
  expect(shut).not.toMatch(/\d ?[条件]/);
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
  await tablet.open(`/case/${caseId}`);
  const dv = await vault.dv();
  await expect(tablet.button('换个人用')).toBeVisible();
  expect(await page.locator('body').innerText()).not.toMatch(/\d ?[条件]/);
  await tablet.button('换个人用').click();
  await tablet.button('都不是我，我来登录').click();
  await vault.account(yu);
  await vault.enrol(OTHER, 2);
  // [AU552] He begins at his own list, not at the address of the other one's case.
  await expect(vault.list).toBeVisible();
  expect(new URL(page.url()).pathname).toBe('/tablet');
  const text = await page.locator('body').innerText();
  expect(text).not.toContain(WORDS);
  await expect(page.locator(`a[href$="/${caseId}"]`)).toHaveCount(0);
  expect((await vault.databases()).filter((db) => /^daiban-[\w-]{22}$/.test(db))).toHaveLength(2);

  // What the first one left goes sealed, while the second one works.
  await expect.poll(() => vault.unsent(), { timeout: 30_000 }).toBe(0);
  expect(author(county, caseId)).toEqual({ personId: wang.personId, dv });

  // The first one opens with his card: his work is his and goes under his name.
  await vault.lock();
  await tablet.button('换个人用').click();
  await tablet.button('直接照胸牌').click();
  await vault.byCard(card, PIN);
  await expect(vault.list).toBeVisible({ timeout: 30_000 });
  await expect(rows).toHaveCount(cases);
});

test('[AU553] what is unsent goes from a shut lock that was opened without a network, though nothing says that there is one again', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  await vault.signIn(county.agent('A01'), { sign: 1 });
  await tablet.goOffline();
  await vault.row.click();
  await tablet.supplement(WORDS);
  await vault.lock();
  // After a reload the browser of a test holds the line for good, and so says nothing when it comes.
  await page.reload();
  await expect(vault.locked).toBeVisible();
  expect(await vault.unsent()).toBe(1);
  await tablet.goOnline();
  await expect.poll(() => vault.unsent(), { timeout: 60_000 }).toBe(0);
});

test('[AU136] a tablet that worked in clear moves into its vault at the next sign-in, with its list and unsent work', async ({
  page,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  const vault = new VaultPage(tablet);
  const wang = county.agent('A01');
  await tablet.signIn(wang);
  const { row, rows } = vault;
  await row.waitFor({ timeout: 30_000 });
  const cases = await rows.count();
  await tablet.goOffline();
  await row.click();
  await tablet.supplement(WORDS);
  await tablet.open('/settings');
  await tablet.button(/退出/).first().click();
  await page.getByRole('dialog').getByRole('button', { name: /退出/ }).click();
  await wantVaults(county);
  await page.context().setOffline(false);

  await vault.account(wang);
  await vault.enrol(SENTENCE);
  await tablet.open();
  await vault.bySentence(SENTENCE);
  await expect(rows).toHaveCount(cases);
  await expect.poll(() => vault.unsent(), { timeout: 30_000 }).toBe(0);
  const names = await vault.databases();
  expect(names.filter((db) => /^daiban-[\w-]{22}$/.test(db))).toHaveLength(1);
  expect(names).not.toContain('daiban');
  await row.click();
  await expect(page.getByText(WORDS).first()).toBeVisible();
});

test('[AU137] a tablet that was reported lost locks at its next contact and opens again when it is found', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  await vault.signIn(county.agent('A01'));
  const dv = await vault.dv();
  setting(county, `vault_bar.${dv}`, { bar: 'lost', reason: '丢在集上' });
  await page.locator('a.truth').click();
  await tablet.button('现在试着送').click();
  const lost = page.getByRole('heading', { name: '这台机器报了丢' });
  await expect(lost).toBeVisible({ timeout: 30_000 });
  await page.reload();
  await expect(lost).toBeVisible();
  await expect(tablet.button('用开锁话')).toHaveCount(0);
  setting(county, `vault_bar.${dv}`, { bar: null, reason: '找着了' });
  // The start asks by itself, too: whichever is first.
  const ask = tablet.button('看县里解开没有');
  await expect(async () => {
    if (await ask.isVisible()) await ask.click({ timeout: 500 }).catch(() => undefined);
    await expect(vault.locked).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 60_000 });
  await vault.bySentence(SENTENCE);
  await expect(page.getByRole('heading', { name: '送达情况', level: 1 })).toBeVisible();
});

test('[TB92] a draft that was being typed and the list stand where they stood after lock and unlock', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  await vault.signIn(county.agent('A01'));
  await page.evaluate(() => scrollTo(0, 600));
  const at = await page.evaluate(() => scrollY);
  expect(at).toBeGreaterThan(0);
  await page.keyboard.press('Shift');
  await page
    .getByRole('button', { name: '上锁' })
    .first()
    .evaluate((b) => (b as HTMLElement).click());
  await expect(vault.locked).toBeVisible();
  await vault.pad(PIN);
  await expect(vault.list).toBeVisible();
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(at);

  await page.evaluate(() => scrollTo(0, 0));
  await tablet.link('接单').click();
  const intake = new IntakePage(tablet);
  await intake.at(1);
  await intake.notice();
  await page.getByLabel('名字', { exact: true }).fill('孙桂芝');
  const here = page.url();
  await page
    .getByRole('button', { name: '上锁' })
    .first()
    .evaluate((b) => (b as HTMLElement).click());
  await expect(vault.locked).toBeVisible();
  expect(await page.locator('body').innerText()).not.toContain('孙桂芝');
  await vault.pad(PIN);
  await intake.at(2);
  expect(page.url()).toBe(here);
  await expect(page.getByLabel('名字', { exact: true })).toHaveValue('孙桂芝');
});

test('[TB93] a lock in the middle of a recording locks the reading and never the recording', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  await vault.signIn(county.agent('A01'));
  await tablet.link('接单').click();
  const intake = new IntakePage(tablet);
  await intake.at(1);
  await intake.notice();
  await intake.who({ name: '孙桂芝', group: '东头', title: '', verbatim: '', claims: [] });
  await intake.reach();
  await tablet.button('点一下说').click();
  const facts = page.getByText(/每 2 秒存一段，存了 \d+ 段/);
  const slices = async (): Promise<number> =>
    Number(/存了 (\d+) 段/.exec((await facts.textContent()) ?? '')?.[1] ?? 0);
  await expect.poll(slices, { timeout: 20_000 }).toBeGreaterThan(0);
  await tablet.button('上锁').first().click();
  await expect(page.getByText('录音没断，还在录。开了锁接着看。')).toBeVisible();
  await expect(facts).toBeHidden();
  const before = await slices();
  await expect.poll(slices, { timeout: 20_000 }).toBeGreaterThan(before);
  await vault.pad(PIN);
  await expect(facts).toBeVisible();
  await tablet.button('说完了').click();
  await expect(page.getByText(/^录音 /).first()).toBeVisible();
});

test('[AU133] a tablet that nobody touches locks by itself after five minutes', async ({
  page,
  county,
}) => {
  const { vault } = await VaultPage.on(page, county);
  await page.clock.install();
  await vault.signIn(county.agent('A01'));
  await page.clock.fastForward('04:30');
  await expect(vault.list).toBeVisible();
  await page.clock.fastForward('00:45');
  await expect(vault.locked).toBeVisible();
});

test('[TB94] a vault whose store was thrown away is noticed when it is opened, told, and begins anew', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  const wang = county.agent('A01');
  await vault.signIn(wang);
  const before = await vault.dv();
  await page.goto(`${county.url}/healthz`);
  await page.evaluate(async () => {
    for (const { name = '' } of await indexedDB.databases())
      if (/^daiban-[\w-]{22}$/.test(name)) indexedDB.deleteDatabase(name);
  });
  await tablet.open();
  await vault.bySentence(SENTENCE);
  await expect(page.getByRole('alert').first()).toBeVisible();
  await vault.account(wang);
  await vault.row.waitFor({ timeout: 30_000 });
  expect(await vault.dv()).not.toBe(before);
});
