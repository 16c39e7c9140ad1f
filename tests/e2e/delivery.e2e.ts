import { expect, test, type County } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { DESK_SIZES, ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { TabletPage } from './tablet-page.ts';

/** Signs in and opens the first case of the list. */
async function begin(page: TabletPage['page'], county: County) {
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  const href = (await page.locator('ul.list a.row').first().getAttribute('href')) ?? '';
  return { tablet, caseId: href.split('/').at(-1) ?? '' };
}

/** Adds her words to a case. */
async function supplement(tablet: TabletPage, caseId: string, words: string): Promise<void> {
  await tablet.act(caseId, '补充');
  await tablet.page.getByLabel(/^补啥，照[她他]说的写$/).fill(words);
  await tablet.button('存好补充').click();
  await expect(tablet.page.getByText(words.slice(0, 7)).first()).toBeVisible();
}

test.describe('送达情况', () => {
  test('[EE20] [UI21] names what waits, why, what to do and how long; then the proof, with its time', async ({
    page,
    county,
  }) => {
    const { tablet, caseId } = await begin(page, county);
    await tablet.sendEverything();
    await tablet.goOffline();
    const words = '黄汤子淌到井沿了。'.repeat(120);
    await supplement(tablet, caseId, words);
    await tablet.open('/unsent');
    const card = page.locator('article.card').first();
    await expect(card).toContainText('文字 1 条');
    await tablet.button('现在试着送').click();
    await expect(card).toContainText('连不上县里，在等');
    await expect(
      page.getByText(
        /没信号的话，到村部门口、高处或大路边站一会儿。信号好好的还连不上，多半是县里那头的事/,
      ),
    ).toBeVisible();
    await expect(card.getByRole('listitem').filter({ hasText: '回执' })).toHaveCount(1);
    const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
    await checks.look('unsent-offline');
    await tablet.goOnline();
    await tablet.sendEverything();
    const proof = page.getByRole('heading', { name: /^\d+ 件都已送达县里 · \d\d:\d\d$/ });
    await expect(proof).toBeVisible();
    await expect(page.getByText('县里的回执一条条对过，号和内容都对得上。')).toBeVisible();
    await checks.look('unsent-proved');
    expect(checks.problems).toEqual([]);
  });

  test('[EE21] a county that answers with its disk full or asks to wait turns nothing green', async ({
    page,
    county,
  }) => {
    const { tablet, caseId } = await begin(page, county);
    await tablet.sendEverything();
    await page.route('**/api/sync/exchange', (route) =>
      route.fulfill({
        ...{ status: 503, headers: { 'retry-after': '60' }, contentType: 'text/html' },
        body: '<h1>busy</h1>',
      }),
    );
    await supplement(tablet, caseId, '昨儿个又下雨了。');
    await tablet.open('/unsent');
    await tablet.button('现在试着送').click();
    await expect(page.getByText('县里这会儿忙。隔一会儿自己再送').first()).toBeVisible();
    await expect(page.getByText(/^\d\d:\d\d 以后自己再送$/)).toBeVisible();
    await expect(page.getByText(/件都已送达县里/)).toHaveCount(0);
    await page.unroute('**/api/sync/exchange');
    await tablet.sendEverything();
  });
});

test.describe('a tablet that loses its storage', () => {
  test('[EE22] [AU59] says what cannot come back, takes a new number, and the county sees it', async ({
    page,
    county,
    browser,
  }) => {
    const { tablet, caseId } = await begin(page, county);
    await tablet.sendEverything();
    await page.route('**/api/sync/exchange', (route) => route.abort());
    await supplement(tablet, caseId, '没送出去的话。');
    await expect
      .poll(() => page.evaluate(() => document.cookie))
      .toMatch(/daiban_tablet=v1\.[\w-]{22}\.[1-9]/);

    // What a browser under disk pressure does: everything of the origin goes, cookies stay.
    await page.goto('about:blank');
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Storage.clearDataForOrigin', {
      origin: county.url,
      storageTypes: 'indexeddb,cache_storage,service_workers',
    });
    await page.unroute('**/api/sync/exchange');
    await tablet.open();
    const alarm = page.getByRole('alert');
    await expect(alarm).toContainText('机器的存储被清掉过。县里收到过的都还在县里。');
    await expect(alarm).toContainText('有 1 条没送的拿不回来了');

    await tablet.signIn(county.agent('A01'));
    await expect(page.getByRole('alert')).toContainText('照纸条补记');
    // Today something was lost: whatever arrives, nothing is green.
    await expect(page.locator('ul.list a.row').first()).toBeVisible();
    await expect(tablet.strip).not.toHaveAttribute('data-tone', 'quiet');
    const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
    await checks.look('home-lost');
    await tablet.button('知道了').click();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await page.reload();
    await expect(page.locator('ul.list a.row').first()).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);

    const desk = await DeskPage.signIn(browser, county, county.account({ role: 'reviewer' }));
    await desk.page.goto(`${county.url}/desk/devices`);
    const first = desk.page.locator('table tbody tr').first();
    await expect(first).toContainText('可能丢了东西');
    await expect(first).toContainText('有 1 条没到过县里');
    const seen = new ScreenChecks(desk.page, 'desk', DESK_SIZES);
    await seen.look('devices-lost');
    await first.getByLabel('查清了啥、咋补的，写在这儿').fill('照纸条补了，人没事');
    await first.getByRole('button', { name: '记下，看过了' }).click();
    await expect(desk.page.getByText('记下了。')).toBeVisible();
    const marked = desk.page.locator('.alarm').filter({ hasText: '看过了：' });
    await expect(marked).toContainText('照纸条补了，人没事');
    await desk.close();
    expect([...checks.problems, ...seen.problems]).toEqual([]);
  });
});
