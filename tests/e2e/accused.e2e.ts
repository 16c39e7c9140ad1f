import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { IntakePage } from './intake-page.ts';
import { S01 } from './s01-story.ts';
import { TabletPage } from './tablet-page.ts';

test.describe.configure({ timeout: 600_000 });

const TOLD = {
  ...S01,
  name: '阚玉楼',
  title: '机井修了三回不出水',
  verbatim: '水利局来修了三回机井，钱花了，水没有，找他们也不搭理。',
  claims: ['把机井修好'],
};

const MATTER = '机井三次维修后仍不出水，请核查并答复。';

test('[UI96] a complaint about 水务局 goes to 水务局: it reads the office’s matter, none of her words, never who asks', async ({
  page,
  browser,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  await tablet.goOffline();
  const intake = new IntakePage(tablet);
  await intake.begin();
  await intake.notice();
  await intake.who(TOLD);
  await intake.reach();
  await intake.words(TOLD);
  // Asked aloud where she says whom it is about; she does not agree, so nobody is told.
  await expect(page.getByText(/能不能告诉他们是您说的/)).toBeVisible();
  await expect(page.getByText(/没点头，就不告诉/)).toHaveCount(0);
  await tablet.chip('说的是谁', '单位').click();
  await page.getByLabel('叫啥，照她说的写').fill('县水 利局');
  await expect(page.getByText(/没点头，就不告诉/)).toBeVisible();
  for (const pressed of ['true', 'false']) {
    await tablet.button('能告诉').click();
    await expect(tablet.button('能告诉')).toHaveAttribute('aria-pressed', pressed);
  }
  await intake.where([]);
  await intake.prior();
  await intake.urgent();
  await intake.wants(TOLD);
  await intake.readBack();
  await tablet.sign();
  const { caseId } = await intake.take();
  expect(intake.seen.size, [...intake.seen].join(' ')).toBeLessThanOrEqual(37);
  await tablet.goOnline();
  await tablet.sendEverything();

  const registrar = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  await registrar.openCase(caseId);
  await expect(registrar.page.locator('body')).toContainText(TOLD.name);
  await expect(registrar.page.locator('body')).toContainText('县水 利局');
  // The words say which unit; the registrar answers it with her own hand.
  const meant = registrar.dock.getByLabel('说的是哪个单位');
  await expect(meant).toHaveValue('SWJ');
  await registrar.act('登记', {
    ...{ 内容分类: '水利（灌排、内涝、河道）', 事项类别: '申诉求决' },
    '是不是说我们的人、我们的单位': '说的是单位',
  });
  const sent = { 主办单位: '县水务局（说的就是它）', 理由: '机井归水务局管' };
  await registrar.choose('转送');
  await expect(registrar.dock.getByText('别带出是谁说的')).toBeVisible();
  await registrar.page.screenshot({
    fullPage: true,
  });
  await registrar.page.keyboard.press('Escape');
  await registrar.act('转送', { ...sent, 给它看的事由: MATTER });
  await registrar.close();

  const clerk = county.account({ role: 'unit-clerk', unit: 'SWJ' });
  const unit = await DeskPage.signIn(browser, county, clerk);
  await unit.openCase(caseId);
  await expect(unit.page.locator('body')).toContainText(MATTER);
  await expect(unit.page.locator('body')).toContainText('原话、住处、代办员的名字都不给看');
  await expect(unit.page.locator('body')).toContainText('身份保密');
  const address = `/desk/case/${caseId}`;
  for (const where of [
    ...[address, `${address}/__data.json`, `/desk/peek/${caseId}`, '/desk', '/desk/ledger'],
    ...[`${address}/paper/transferred`, `/desk/ledger?q=${encodeURIComponent('机井')}`],
  ]) {
    const answer = await unit.page.request.get(county.url + where);
    expect(answer.status(), where).toBe(200);
    const said = await answer.text();
    for (const mark of [
      TOLD.name,
      TOLD.title,
      TOLD.verbatim,
      TOLD.claims[0] ?? '',
      county.agent('A01').name,
    ]) {
      expect(said.includes(mark), `${mark} at ${where}`).toBe(false);
    }
  }
  await unit.close();
});
