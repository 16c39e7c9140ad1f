import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { DESK_SIZES, ScreenChecks } from './screen-checks.ts';

test('[AU29] [EE9] a letter is typed in, taken once, and stands with its findings to be registered', async ({
  browser,
  county,
}) => {
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  const { page } = desk;
  const checks = new ScreenChecks(page, 'desk', DESK_SIZES);
  await page.getByRole('link', { name: '录入来信来电来访' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('录入');
  await checks.look('new');
  await page.getByLabel('怎么来的').selectOption({ label: '来信' });
  await page.getByLabel('问题属地').selectOption({ index: 1 });
  await page.getByLabel(/^原话/).fill('门口那根电线杆歪了，\n一刮风就晃。');
  await page.getByLabel('题目').fill('门口电线杆歪了');
  await page.getByRole('button', { name: '收下' }).click();
  await expect(page.getByRole('alert')).toContainText('还没填：姓名');
  await checks.look('new-missing');
  await expect(page.getByLabel(/^原话/)).toHaveValue('门口那根电线杆歪了，\n一刮风就晃。');
  await page.getByLabel('姓名').fill('马福来');
  await page.getByRole('button', { name: '收下' }).click();
  await expect(page.getByRole('status').filter({ hasText: '查询码' })).toContainText(
    /查询码 \d{4} \d{4} \d{4}/,
  );
  await checks.look('new-taken');
  await page.getByRole('link', { name: '去登记' }).click();
  await expect(desk.dock).toBeVisible();
  await expect(page.getByText('没记他要啥')).toBeVisible();
  await checks.look('review-findings');
  expect(checks.problems).toEqual([]);
  await desk.close();
});
