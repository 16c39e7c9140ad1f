import { sampleCaseId } from '../../src/lib/domain/samples/sample-ids.ts';
import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';

test.describe.configure({ timeout: 180_000 });

const TITLE = '新来的一件，没人重新载入';

/** Enters a case that came to the counter. */
async function enterCase({ page, county }: DeskPage, title: string): Promise<void> {
  await page.goto(`${county.url}/desk/new`);
  await page.getByLabel('怎么来的').selectOption({ label: '来信' });
  await page.getByLabel('问题属地').selectOption({ index: 1 });
  await page.getByLabel(/^原话/).fill('门口那根电线杆歪了，一刮风就晃。');
  await page.getByLabel('题目').fill(title);
  await page.getByLabel('姓名').fill('马福来');
  await page.getByRole('button', { name: '收下' }).click();
  await expect(page.getByRole('status').filter({ hasText: '查询码' })).toBeVisible();
}

test('[SY131][UI70] an open inbox shows what another person entered, without a reload', async ({
  browser,
  county,
}) => {
  const watching = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  const writing = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  await watching.page.evaluate(() => {
    document.documentElement.dataset['same'] = 'yes';
  });
  const count = () => watching.page.locator('.rail .n').first().innerText();
  const before = Number(await count());
  await enterCase(writing, TITLE);
  // The fallback looks once a minute: what is there in five seconds was told.
  await expect(watching.page.getByText(TITLE).first()).toBeVisible({ timeout: 5_000 });
  expect(Number(await count())).toBe(before + 1);
  expect(await watching.page.locator('html').getAttribute('data-same')).toBe('yes');
  await watching.close();
  await writing.close();
});

test('[UI71] the page of a case shows another’s act, but never under somebody’s hands', async ({
  browser,
  county,
}) => {
  const who = county.account({ role: 'registrar' });
  const reading = await DeskPage.signIn(browser, county, who);
  const acting = await DeskPage.signIn(browser, county, who);
  const caseId = sampleCaseId('S02');
  for (const desk of [reading, acting]) await desk.openCase(caseId);
  const after = county.agent('A14');
  const shown = reading.page.locator('main.words');
  await expect(shown).not.toContainText(after.name);
  await reading.choose('换代理员');
  const reason = reading.dock.getByLabel('理由', { exact: true }).first();
  await reason.fill('写了一半的理由');
  await acting.act('换代理员', { 交给哪位代理员: after.name, 理由: '王春生调走了' });
  await expect(reading.page.getByText(/^县里有新动静/)).toBeVisible({ timeout: 5_000 });
  await expect(reason).toHaveValue('写了一半的理由');
  await expect(shown).not.toContainText(after.name);
  await reason.fill('');
  await expect(shown).toContainText(after.name, { timeout: 5_000 });
  await expect(reading.page.getByText(/^县里有新动静/)).toHaveCount(0);
  await reading.close();
  await acting.close();
});
