import { expect, test } from './county.ts';
import { IntakePage } from './intake-page.ts';
import { S01 } from './s01-story.ts';
import { ScreenChecks, TABLET_SIZES } from './screen-checks.ts';
import { TabletPage } from './tablet-page.ts';

test.describe.configure({ timeout: 600_000 });

test('[UI10] [EE9] what the checks found stands beside the read-back, leads there, and stops nothing', async ({
  page,
  county,
}) => {
  const checks = new ScreenChecks(page, 'tablet', TABLET_SIZES);
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  const intake = new IntakePage(tablet);
  await intake.begin();
  await intake.notice();
  await intake.who(S01);
  await tablet.chip('电话', '自己的').click();
  await tablet.chip('认字不', '不认字').click();
  await intake.next();
  await intake.at(4);
  await intake.words(S01);
  await intake.where([]);
  await intake.prior();
  await intake.urgent();
  await intake.wants(S01);
  const hint = page.getByText('说是有电话，号没记上');
  await expect(hint).toBeVisible();
  await checks.look('readback-hints');
  await tablet.button('回去看看').first().click();
  await intake.at(2);
  for (const n of [3, 4, 5, 6, 7, 8]) {
    await intake.next();
    await intake.at(n);
  }
  await tablet.button('去读回').click();
  await expect(hint).toBeVisible();
  await intake.readBack();
  await tablet.sign();
  await intake.take();
  expect(checks.problems).toEqual([]);
});
