import { expect, test } from './county.ts';
import { openLock, lockedHeading } from './tablet-lock.ts';
import { TabletPage } from './tablet-page.ts';
import { VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });
test.use({ vaults: true });

const WORDS = '井水还是浑的，烧开了也有味儿，几家都去村部拉水吃。';

test('[AU210] [UI50] a county that switches the locks off takes none away: the tablet opens, sends, and gives the next agent one, too', async ({
  page,
  browser,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  const vault = new VaultPage(tablet);
  await vault.signIn(county.agent('A01'), { sign: 1 });
  await tablet.button('大字').click();
  await tablet.button('夜间').click();
  await tablet.goOffline();
  await vault.row.click();
  await tablet.supplement(WORDS);

  county.vaults = false;
  await tablet.goOnline();
  await page.reload();
  await expect(lockedHeading(page)).toBeVisible();
  // Nothing sealed is read yet, and the screen stands as it was set.
  await expect(page.locator('html')).toHaveAttribute('data-text', '22');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await openLock(page);
  await expect(page.getByText(WORDS).first()).toBeVisible();
  await expect.poll(() => vault.unsent(), { timeout: 60_000 }).toBe(0);

  // Beside a lock nobody works in clear: the next agent gets his own.
  await vault.lock();
  await tablet.button('换个人用').click();
  await tablet.button('都不是我，我来登录').click();
  await vault.account(county.agent('A14'));
  await vault.enrol('井台上的辘轳响了一整夜', 2);
  await expect(tablet.button('上锁')).toBeVisible();
  const locks = (await vault.databases()).filter((db) => /^daiban-[\w-]{22}$/.test(db));
  expect(locks).toHaveLength(2);

  // A tablet that had none signs in as before there were locks.
  const other = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  const plain = new TabletPage(await other.newPage(), county);
  await plain.signIn(county.agent('A02'));
  await expect(plain.button('上锁')).toHaveCount(0);
  await other.close();
});
