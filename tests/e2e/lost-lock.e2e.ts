import type { Browser } from '@playwright/test';
import { expect, test, type County } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { DESK_SIZES, ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const WORDS = '井水还是浑的，烧开了也有味儿，几家都去村部拉水吃。';
const NEW_PIN = '648293';
const NEW_SENTENCE = '村口的石碾子压过三代人';

/** At the desk: begun by the director, two holders with their own accounts; gives card and slip. */
async function reopenAtDesk(browser: Browser, county: County, sheets: readonly string[]) {
  const director = await DeskPage.signIn(browser, county, county.account({ role: 'director' }));
  const { page } = director;
  const sent: string[] = [];
  const wrong: string[] = [];
  const checks = new ScreenChecks(page, 'desk', DESK_SIZES);
  const watch = (desk: DeskPage): void => {
    desk.page.on('request', (r) => sent.push(`${r.url()} ${r.postData() ?? ''}`));
    desk.page.on('console', (line) => line.type() === 'error' && wrong.push(line.text()));
  };
  watch(director);
  await page.goto(`${county.url}/desk/devices/locks`);
  await page.getByRole('link', { name: /^重新开锁/ }).click();
  await page.getByLabel('谁的平板').selectOption({ index: 1 });
  await page.getByLabel('怎么认准的人，为啥开').fill('当面来的，卡丢了，话也忘了');
  await page.getByRole('button', { name: '开始' }).click();
  const running = page.getByRole('article', { name: /要给王春生/ });
  const code = await running.locator('code').innerText();
  for (const [role, sheet] of [
    ['registrar', sheets[2] ?? ''],
    ['admin', sheets[0] ?? ''],
  ] as const) {
    const holder = await DeskPage.signIn(browser, county, county.account({ role }));
    watch(holder);
    await holder.page.goto(`${county.url}/desk/devices/locks/reopen`);
    const line = holder.page.getByRole('article', { name: /要给王春生/ });
    await expect(line.locator('code')).toHaveText(code);
    await expect(line.getByRole('button', { name: '拼起来，打新卡' })).toHaveCount(0);
    await line.getByLabel('我收的那张纸上的字').fill(`${sheet.slice(0, -1)}!`);
    await line.getByRole('button', { name: '交给那一页' }).click();
    await expect(line.getByRole('alert')).toContainText('有个字不对');
    await line.getByLabel('我收的那张纸上的字').fill(sheet.toLowerCase());
    await line.getByRole('button', { name: '交给那一页' }).click();
    await expect(holder.page.getByText('交过去了。')).toBeVisible();
    await holder.close();
  }
  const go = running.getByRole('button', { name: '拼起来，打新卡' });
  await expect(go).toBeEnabled({ timeout: 60_000 });
  await checks.look('reopen-sheets');
  await go.click();
  const face = page.locator('figure.face');
  await expect(face).toBeVisible({ timeout: 30_000 });
  await checks.look('reopen-made');
  const card = (await face.locator('.groups code').allTextContents()).join(' ');
  const slip = (
    await page.getByRole('figure', { name: '开锁条' }).locator('.groups code').allTextContents()
  ).join(' ');
  // Neither sheets nor the card ever crossed the line.
  const said = sent.join('\n');
  for (const text of [
    ...sheets,
    ...sheets.map((s) => s.toLowerCase()),
    ...card.split(' ').slice(0, 9),
  ])
    expect(said.includes(text), text).toBe(false);
  expect(wrong).toEqual([]);
  expect(checks.problems).toEqual([]);
  return { director, card, slip };
}

test('[AU252] lost passphrase and card: without a line the new card and its slip open everything; the old card is void', async ({
  page,
  browser,
  county,
}) => {
  const { tablet, vault, sheets } = await VaultPage.on(page, county);
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  const oldCard = await vault.signIn(county.agent('A01'), { sign: 3 });
  // The desk works meanwhile: only the tablet is without a line.
  await page.context().setOffline(true);
  await vault.row.click();
  await tablet.supplement(WORDS);
  const here = page.url();
  await page.reload();
  await expect(vault.locked).toBeVisible();

  const { director, card, slip } = await reopenAtDesk(browser, county, sheets);

  await tablet.button('忘了怎么开').click();
  await tablet.button('县里给了新卡').click();
  await tablet.button('照着牌子打字').click();
  await page.getByLabel('牌子上的字').fill(card);
  await tablet.button('就是这张').click();
  await expect(page.getByRole('alert')).toContainText('连不上县里');
  await checks.look('reopen-slip');
  await tablet.button('照着牌子打字').click();
  await page.getByLabel('开锁条上的字').fill(slip);
  await tablet.button('就是这张').click();
  await expect(page.getByRole('heading', { name: '定六个新数' })).toBeVisible();
  await checks.look('reopen-pin');
  await vault.pad(NEW_PIN);
  await vault.pad(NEW_PIN);
  await tablet.button('下一问').click();
  await page.getByLabel('开锁话', { exact: true }).fill(NEW_SENTENCE);
  await page.getByLabel('开锁话，再写一遍').fill(NEW_SENTENCE);
  await checks.look('reopen-sentence');
  await tablet.button('好了').click();
  await expect(page.getByRole('heading', { name: '案件', level: 1 })).toBeVisible({
    timeout: 60_000,
  });
  expect(page.url()).toBe(here);
  await expect(page.getByText(WORDS).first()).toBeVisible();

  // What opened before opens nothing; the new card and sentence do.
  await page.reload();
  await tablet.button('照胸牌').click();
  await vault.byCard(oldCard, NEW_PIN);
  await expect(page.getByRole('alert')).toContainText('别的机器、别人的牌');
  await vault.bySentence(SENTENCE);
  await expect(page.getByRole('alert')).toContainText('不对');
  await page.getByLabel('开锁话', { exact: true }).fill(NEW_SENTENCE);
  await tablet.button('开锁').click();
  await expect(page.getByText(WORDS).first()).toBeVisible({ timeout: 30_000 });
  await page.reload();
  await tablet.button('照胸牌').click();
  await vault.byCard(card, NEW_PIN);
  await expect(page.getByText(WORDS).first()).toBeVisible({ timeout: 30_000 });
  // With a line what was unsent goes, and the county hears that the card is in use.
  await page.context().setOffline(false);
  await expect.poll(() => vault.unsent(), { timeout: 60_000 }).toBe(0);
  // Told by the open vault itself: its read secret goes with it (AU333).
  const told: string[] = [];
  page.on('response', (r) => {
    if (r.url().includes('/api/vault/wraps'))
      told.push(`${r.status()} ${(r.request().headers()['x-daiban-read'] ?? '').length}`);
  });
  await page.reload();
  await tablet.button('用开锁话').click();
  await page.getByLabel('开锁话', { exact: true }).fill(NEW_SENTENCE);
  await tablet.button('开锁').click();
  await expect.poll(() => told, { timeout: 30_000 }).toEqual(['200 43']);
  expect(checks.problems).toEqual([]);
  await director.close();
});
