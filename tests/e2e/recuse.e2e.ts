import { lookAtDatabases } from '../vault/clear-look.ts';
import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { IntakePage } from './intake-page.ts';
import { S01 } from './s01-story.ts';
import { ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { Session } from './session.ts';
import { TabletPage } from './tablet-page.ts';

const CASES = 'a[href^="/tablet/case/"]';

test('[UI160] 换个人记: the tablet keeps nothing of her words, a request alone reaches the county, and the desk acts on it', async ({
  page,
  browser,
  county,
}) => {
  const [meant, next] = [county.agent('A01'), county.agent('A14')];
  const tablet = new TabletPage(page, county);
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  const links = page.locator(CASES);
  const listed = () =>
    links.evaluateAll((all) => all.map((one) => one.getAttribute('href')?.split('/')[3] ?? ''));
  await tablet.signIn(meant);
  await tablet.sendEverything();
  await tablet.open();
  await expect(links.first()).toBeVisible();
  const before = await listed();
  await tablet.goOffline();
  const intake = new IntakePage(tablet);
  await intake.begin();
  await intake.notice();
  await intake.who(S01);
  await intake.reach();
  await intake.words(S01);
  // She has told it all before she says whom it is about.
  for (const step of [4, 3, 2, 1]) {
    await tablet.button('返回').click();
    await intake.at(step);
  }
  await tablet.chip('这事牵扯谁不？', '牵扯我').click();
  await tablet.button('下一问').click();
  await tablet.chip('这单换个人记', '县里打电话来').click();
  await checks.look('recuse-ask');
  await tablet.button('就这么办').click();
  await expect(page.getByText(/县里只知道这个村有人要换个人，不知道是谁/)).toBeVisible();
  await expect(page.locator('body')).not.toContainText(S01.name);
  await checks.look('recuse-done');
  await tablet.link('我的单子').click();
  const line = page.locator('ul.list').getByText('先报上去一句，事还没写');
  await expect(line).toBeVisible();
  await expect(page.locator('ul.list')).not.toContainText('封上的单子');
  const caseId = (await listed()).find((one) => !before.includes(one)) ?? '';
  expect(caseId).not.toBe('');
  const kept = (await page.evaluate(lookAtDatabases)).map(({ at }) => at);
  expect(kept.filter((at) => /\/(drafts|media|chunks)[./]/.test(at))).toEqual([]);

  await tablet.goOnline();
  await tablet.sendEverything();
  await tablet.open();
  await expect(links.first()).toBeVisible();
  await expect(page.locator(`a[href="/tablet/case/${caseId}"]`)).toHaveCount(0);

  const registrar = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  const waits = registrar.page.locator(`a[href*="${caseId}"]`).first();
  await expect(waits).toContainText('没人代着');
  await registrar.openCase(caseId);
  const desk = registrar.page.locator('body');
  await expect(desk).toContainText('村民要换个人记：想让县里打电话来，没留名字和号码');
  for (const hers of [S01.name, S01.verbatim, S01.title, '说的就是他'])
    await expect(desk).not.toContainText(hers);
  await registrar.act('换代理员', { 交给哪位代理员: next.name, 理由: '村民要换个人记' });
  await registrar.close();

  // What lies in the county's log is what the next agent's tablet is given of it.
  const other = await Session.signIn(county, next);
  await other.enrol();
  const events = JSON.stringify(await other.exchange());
  expect(events).toContain(caseId);
  const from = events.indexOf('agent.recused');
  expect(from).toBeGreaterThan(0);
  for (const hers of [S01.name, S01.verbatim, S01.title, 'INVOLVED', 'RELATED'])
    expect(events).not.toContain(hers);
  const gone = await Session.signIn(county, meant);
  await gone.enrol();
  expect(JSON.stringify(await gone.exchange())).not.toContain('agent.recused');
  expect(checks.problems).toEqual([]);
});
