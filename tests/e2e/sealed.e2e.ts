import { expect, LOCKED_TABLETS, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { IntakePage } from './intake-page.ts';
import { S01 } from './s01-story.ts';
import { TabletPage } from './tablet-page.ts';
import { VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const ACCUSED = {
  ...S01,
  name: '阚玉楼',
  title: '低保名额给了谁家',
  verbatim: '支书把低保给了他小舅子，俺家没轮上。',
  claims: ['查查低保名额'],
};

test('[AU183] [UI114] [UI117] [UI181] S09: an accusation: locked in the yard, gone from the tablet, read by the list, out of the house by two', async ({
  page,
  browser,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  await tablet.goOffline();
  const intake = new IntakePage(tablet);
  await intake.begin();
  await tablet.chip('这事牵扯谁不？', '牵扯村乡干部').click();
  await tablet.button('封上').click();
  await intake.notice();
  await intake.who(ACCUSED);
  await intake.reach();
  await intake.words(ACCUSED);
  await tablet.button('下一问').click();
  await intake.at(6);
  await intake.prior();
  await intake.urgent();
  await intake.wants(ACCUSED);
  await intake.readBack();
  await tablet.button(/^哪样都不留，见证人说对/).click();
  // Nobody wrote who the witness is: it says so, and keeps nobody from going on.
  await expect(page.getByText('见证人是谁还没写')).toBeVisible();
  await expect(page.getByText('留好了', { exact: true })).toHaveCount(0);
  await page.getByLabel('见证人的名字').fill('于春梅');
  await expect(page.getByText('见证人是谁还没写')).toHaveCount(0);
  await tablet.button('存好，接单').click();
  await expect(page.getByText('已存本机').first()).toBeVisible();
  const caseId = /\/tablet\/case\/([^/]+)\/receipt/.exec(page.url())?.[1] ?? '';
  // Her slip has the code and nothing else that could give her away.
  const slip = await page.getByRole('article').innerText();
  const queryCode = (/\d{4}\s\d{4}\s\d{4}/.exec(slip)?.[0] ?? '').replace(/\s/g, '');
  expect([caseId.length, queryCode.length]).toEqual([22, 12]);
  for (const secret of [ACCUSED.name, ACCUSED.title]) expect(slip).not.toContain(secret);
  // Nothing there asks for paper; the number is said, and noted as said.
  await expect(page.getByText(/打回执|条子交到|再抄日期|打出来/)).toHaveCount(0);
  await expect(tablet.link('回我的单子')).toBeVisible();
  await tablet.button('只记了号，没留纸').click();
  await expect(page.getByText('记下了', { exact: true })).toBeVisible();
  const secrets = [ACCUSED.name, ACCUSED.verbatim, ACCUSED.title, ...ACCUSED.claims];
  for (const path of [`/case/${caseId}`, '']) {
    await tablet.open(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(
      page.getByText(/封上了|封好了，还没送到县里|已收到，按规定办理/).first(),
    ).toBeVisible();
    const shown = await page.locator('main').first().innerText();
    for (const secret of secrets) expect(shown, path).not.toContain(secret);
    expect(shown, path).not.toMatch(/上送|已收到/);
  }
  if (LOCKED_TABLETS) {
    const rows = await new VaultPage(tablet).rowsOf(county, caseId);
    expect(rows.events).toBeGreaterThan(4);
    expect(rows.opensHere, 'of these the vault opens').toBe(0);
    expect(rows.sealed, 'of these the sealing key opens').toBe(rows.events);
  }
  await tablet.goOnline();
  await tablet.sendEverything();

  const address = `/desk/case/${caseId}`;
  const registrar = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  expect((await registrar.page.goto(county.url + address))?.status()).toBe(404);
  await registrar.close();
  const keepers = ['xfj-sealed-1', 'xfj-sealed-2'].map((personId) =>
    county.account({ role: 'sealed', personId }),
  );
  const [first, second] = await Promise.all(
    keepers.map((keeper) => DeskPage.signIn(browser, county, keeper)),
  );
  if (!first || !second) throw new Error('two people are on the list');
  for (const desk of [first, second]) {
    await desk.page.goto(county.url + address);
    if ((await desk.page.getByLabel('为啥看').count()) > 0) await desk.sayWhy('接着办下一步');
    await expect(desk.page.getByText(ACCUSED.verbatim).first()).toBeVisible();
  }
  await first.page.getByLabel('干什么用').fill('移送纪委监委机关');
  await first.page.getByRole('button', { name: '提请导出' }).click();
  await expect(first.page.getByText('提上去了，还没导出')).toBeVisible();
  await expect(first.page.getByRole('button', { name: '点头' })).toHaveCount(0);
  await second.page.reload();
  await second.page.getByLabel('您为啥同意').fill('核过，接收单位对');
  await second.page.getByRole('button', { name: '点头' }).click();
  await expect(second.page.getByText('点头了。')).toBeVisible();
  await expect(second.page.getByRole('button', { name: /^取文件/ })).toHaveCount(0);
  await first.page.reload();
  const coming = first.page.waitForEvent('download');
  await first.page.getByRole('button', { name: /^取文件/ }).click();
  expect((await coming).suggestedFilename()).toMatch(/^sealed-.*\.xlsx$/);
  // It is not offered twice, and the page says so by itself.
  await expect(first.page.getByText(/文件取走了.*点的头/)).toBeVisible({ timeout: 15_000 });
  await expect(first.page.getByRole('button', { name: /^取文件/ })).toHaveCount(0);
  await expect(first.page.getByRole('button', { name: '提请导出' })).toBeVisible();
  await first.close();
  await second.close();

  // On the tablet it is a line without words after the county's answer, too.
  await tablet.sendEverything();
  await tablet.open();
  if (LOCKED_TABLETS) await expect(page.getByText(/^已封存上送 · 线索 \d{4}/)).toBeVisible();
  await expect(page.getByText('已收到，按规定办理').first()).toBeVisible();
  for (const secret of secrets) await expect(page.getByText(secret)).toHaveCount(0);

  await page.goto(`${county.url}/track`);
  await page.locator('input[name=code]').fill(queryCode);
  await page.locator('input[name=name]').fill(ACCUSED.name);
  await page.locator('main form button[type=submit]').click();
  await expect(page.getByText('已收到，按规定办理')).toBeVisible();
  await expect(page.getByText(ACCUSED.title)).toHaveCount(0);
});
