import { sampleCaseId } from '../../src/lib/domain/samples/sample-ids.ts';
import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { Session } from './session.ts';
import { TabletPage } from './tablet-page.ts';

const LATE = '老于家又拉来一车，还堆原地方，交出去以前就看见了。';

test('[AU196] a case that is handed over goes to the other tablet, with the work of the one before that was not sent yet', async ({
  page,
  browser,
  county,
}) => {
  const caseId = sampleCaseId('S01');
  const [before, after] = [county.agent('A01'), county.agent('A14')];
  const tablet = new TabletPage(page, county);
  await tablet.signIn(before);
  await tablet.sendEverything();
  await tablet.open();
  const rows = page.locator(`a[href^="/tablet/case/"]`);
  await expect(page.locator(`a[href="/tablet/case/${caseId}"]`).first()).toBeVisible();
  const others = (await rows.evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? '')))
    .filter((href) => !href.includes(caseId))
    .toSorted();
  await page.context().setOffline(true);
  await tablet.act(caseId, '补充');
  await page.getByLabel(/^补啥，照[她他]说的写$/).fill(LATE);
  await tablet.button('存好补充').click();
  await expect(page.getByText(/^补了材料/).first()).toBeVisible();

  const registrar = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  await registrar.openCase(caseId);
  await registrar.act('换代理员', { 交给哪位代理员: after.name, 理由: '王春生调走了' });

  const other = await Session.signIn(county, after);
  await other.enrol();
  const seen = async () => JSON.stringify(await other.exchange());
  expect(await seen()).toContain(caseId);

  await page.context().setOffline(false);
  await tablet.sendEverything();
  // His own case is no longer his; the others stay.
  await tablet.open();
  await expect(page.locator(`a[href="/tablet/case/${caseId}"]`)).toHaveCount(0);
  const left = await rows.evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''));
  expect(left.toSorted()).toEqual(others);
  // What he had written before he knew is at the county, and with who has the case now.
  expect(await seen()).toContain(LATE);
  await registrar.openCase(caseId);
  await expect(registrar.page.locator('main')).toContainText(LATE);
  await registrar.close();
});
