import { sampleCaseId } from '../../src/lib/domain/samples/sample-ids.ts';
import { sampleQueryCode } from '../../src/lib/domain/samples/sample-numbers.ts';
import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { IntakePage } from './intake-page.ts';
import { RatingPage } from './rating-page.ts';
import { S01 } from './s01-story.ts';
import { DESK_SIZES, PUBLIC_SIZES, ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { photoWithExif, TabletPage } from './tablet-page.ts';

test.describe.configure({ timeout: 600_000 });

const closed = sampleCaseId('S01');

test('[EE9] [EE10] the tablet: 我的单子, the acts on a case and what stands beside them', async ({
  page,
  county,
}) => {
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  const tablet = new TabletPage(page, county);
  await tablet.open();
  await expect(tablet.button('登录')).toBeVisible();
  await checks.look('sign-in');
  await tablet.signIn(county.agent('A01'));
  await tablet.sendEverything();
  await tablet.open();
  await expect(page.locator('ul.list a.row').first()).toBeVisible();
  await checks.look('home');
  await tablet.openCase(closed);
  await expect(page.getByText('走到哪了')).toBeVisible();
  await checks.look('case');
  // Each act where the life cycle allows it: a closed case offers fewer than one on its way.
  const acts = [
    ...(['走访', '补充', '告知', '回执'] as const).map((word) => [closed, word] as const),
    [sampleCaseId('D46'), '撤回'] as const,
    [sampleCaseId('D46'), '就地化解'] as const,
    [sampleCaseId('D42'), '送达'] as const,
  ];
  for (const [i, [caseId, word]] of acts.entries()) {
    await tablet.act(caseId, word);
    await checks.look(`act-${i + 1}-${word}`);
  }
  await tablet.open(`/case/${closed}/promise`);
  await expect(page.getByRole('heading', { name: '答应的事', level: 1 })).toBeVisible();
  await checks.look('promise');
  for (const [place, heading] of [
    ['unsent', '送达情况'],
    ['tasks', '该办的事'],
    ['hazard', '隐患排查'],
    ['life', '人命关天'],
    ['settings', '设置'],
  ] as const) {
    await tablet.open(`/${place}`);
    await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
    await checks.look(place);
  }
  await tablet.button('退出登录').click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await checks.look('sign-out-question');
  await tablet.open('/case/AAAAAAAAAAAAAAAAAAAAAA');
  await expect(page.getByText(/^这台机器里没有这一单/)).toBeVisible();
  await checks.look('no-such-case');
  expect(checks.problems).toEqual([]);
  expect(checks.screens).toBeGreaterThanOrEqual(16);
});

test('[EE9] [EE10] the tablet: 接单 question by question, 读回, 回执 and 请您评一评', async ({
  page,
  county,
}) => {
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  await tablet.setPasscode();
  const rating = new RatingPage(tablet);
  await rating.handOver(closed, () => checks.look('rating-hand-over'));
  await checks.look('rating-question');
  await page.getByText('不满意', { exact: true }).click();
  await checks.look('rating-chosen');
  await tablet.button('改一下').click();
  await rating.answer('满意');
  await rating.answer('满意');
  await rating.sealed();
  await checks.look('rating-thanks');
  await rating.giveBack();

  await tablet.goOffline();
  const intake = new IntakePage(tablet);
  await intake.begin();
  await checks.look('intake-1-notice');
  await tablet.chip('念完了，您看行不？', '不行，别记').click();
  await tablet.button('下一问').click();
  await expect(page.getByRole('heading', { name: '她不让记' })).toBeVisible();
  await checks.look('intake-refused');
  await tablet.button('她又愿意了，接着记').click();
  await tablet.chip('这事牵扯谁不？', '牵扯我').click();
  await tablet.chip('念完了，您看行不？', '行，记吧').click();
  await tablet.button('下一问').click();
  await expect(page.getByRole('heading', { name: '这单换个人记' })).toBeVisible();
  await checks.look('intake-recused');
  await tablet.button('返回').click();
  await tablet.chip('这事牵扯谁不？', '没牵扯').click();
  await tablet.button('下一问').click();
  await intake.at(2);
  await checks.look('intake-2-who');
  await intake.who(S01);
  await checks.look('intake-3-reach');
  await intake.reach();
  await checks.look('intake-4-words');
  await tablet.button('点一下说').click();
  await expect(page.getByRole('timer')).toBeVisible();
  await checks.look('intake-4-recording');
  await tablet.button('说完了').click();
  await expect(page.getByText(/^录音 /).first()).toBeVisible();
  await intake.words(S01);
  await checks.look('intake-5-where');
  await intake.where([await photoWithExif(page, 30)]);
  await checks.look('intake-6-prior');
  await intake.prior();
  await checks.look('intake-7-urgent');
  await intake.urgent();
  await checks.look('intake-8-wants');
  await intake.wants(S01);
  await checks.look('readback');
  await intake.readBack();
  await tablet.sign();
  await checks.look('readback-signed');
  const { caseId } = await intake.take();
  await checks.look('receipt');
  await tablet.openCase(caseId);
  await expect(page.getByText('走到哪了')).toBeVisible();
  await checks.look('case-unsent');
  await tablet.open('/unsent');
  await expect(page.getByText('1 件还在机器里')).toBeVisible();
  await checks.look('unsent-waiting');
  await tablet.open();
  await expect(tablet.strip).toContainText('1 件还在机器里');
  await checks.look('home-unsent');
  expect(checks.problems).toEqual([]);
  expect(checks.screens).toBeGreaterThanOrEqual(18);
});

test('[EE9] the desk: every place, the review of a case, and the papers', async ({
  browser,
  county,
}) => {
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'reviewer' }));
  const { page } = desk;
  const checks = new ScreenChecks(page, 'desk', DESK_SIZES);
  await checks.look('inbox');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await checks.look('keys');
  await page.keyboard.press('Escape');
  await desk.openCase(sampleCaseId('S03'));
  await checks.look('case-closed');
  const papers = await page.locator('ul.papers a').all();
  const hrefs = await Promise.all(papers.map((one) => one.getAttribute('href')));
  for (const href of hrefs) {
    await page.goto(`${county.url}${href ?? ''}`);
    await checks.look(`paper-${(href ?? '').split('/').at(-1)}`);
  }
  expect(hrefs.length).toBeGreaterThan(0);
  for (const place of [
    ...['ledger', 'supervision', 'insight', 'hazards', 'devices', 'settings'],
    ...['kept', 'new', 'setup'],
  ]) {
    await page.goto(`${county.url}/desk/${place}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.waitForLoadState('networkidle');
    await checks.look(place);
  }
  await page.goto(`${county.url}/desk/case/AAAAAAAAAAAAAAAAAAAAAA`);
  await checks.look('not-found');
  await desk.close();

  const registrar = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  const first = new ScreenChecks(registrar.page, 'desk', DESK_SIZES);
  await first.look('inbox-registrar');
  await registrar.page.getByRole('link', { name: /^打开审核/ }).click();
  await expect(registrar.dock).toBeVisible();
  await first.look('review-waiting');
  await registrar.close();
  const context = await browser.newContext();
  const out = new ScreenChecks(await context.newPage(), 'desk', DESK_SIZES);
  await out.page.goto(`${county.url}/desk/sign-in`);
  await out.look('sign-in');
  await context.close();
  expect([...checks.problems, ...first.problems, ...out.problems]).toEqual([]);
  expect(checks.screens + first.screens + out.screens).toBeGreaterThanOrEqual(13);
});

test('[EE9] [EE10] 查信儿 and the front door', async ({ browser, county }) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const checks = new ScreenChecks(page, 'public', PUBLIC_SIZES);
  await page.goto(county.url);
  await checks.look('door');
  await page.goto(`${county.url}/track`);
  await checks.look('track');
  const ask = async (name: string): Promise<void> => {
    await page.getByLabel('查询码，12 个数').fill(sampleQueryCode('S01'));
    await page.getByLabel('姓名').fill(name);
    await page.getByRole('button', { name: '查一查' }).click();
  };
  await ask('周桂花');
  await expect(page.getByText(/^没查着/)).toBeVisible();
  await checks.look('track-unknown');
  await ask('周桂芹');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('办完了');
  await checks.look('track-answer');
  await context.close();
  expect(checks.problems).toEqual([]);
  expect(checks.axeRuns).toBe(8);
});
