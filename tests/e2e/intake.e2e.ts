import { expect, test } from './county.ts';
import { IntakePage } from './intake-page.ts';
import { S01 } from './s01-story.ts';
import { TabletPage } from './tablet-page.ts';

test('[EE12] eight answers are enough, and what is missing is named before', async ({
  page,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  await tablet.goOffline();
  const intake = new IntakePage(tablet);
  await intake.begin();
  for (let n = 2; n <= 8; n += 1) {
    await tablet.button('下一问').click();
    await intake.at(n);
  }
  await tablet.button('去读回').click();
  await expect(page.getByRole('alert')).toContainText(
    '还差：告知、是谁、咋送信、咋送信、说事、找过谁、急不急',
  );

  let answers = 0;
  const give = async (act: Promise<unknown>): Promise<void> => {
    await act;
    answers += 1;
  };
  const next = () => tablet.button('下一问').click();
  await tablet.button('去补上').click();
  await intake.at(1);
  await give(tablet.chip('念完了，您看行不？', '行，记吧').click());
  await next();
  await give(page.getByLabel('名字', { exact: true }).fill(S01.name));
  await next();
  await give(tablet.chip('电话', '没电话').click());
  await give(tablet.chip('认字不', '不认字').click());
  await next();
  await give(page.getByLabel(/照她说的打字，一字不改$/).fill(S01.verbatim));
  await next();
  await intake.at(5);
  await next();
  await give(tablet.chip('也可以直接点，点几个都行', '都没找过').click());
  await next();
  await give(tablet.chip('急不急', '不急').click());
  await next();
  await tablet.button('去读回').click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await intake.readBack();
  await expect(tablet.button('存好，接单')).toBeDisabled();
  await give(tablet.button(/^哪样都不留，见证人说对/).click());
  expect(answers).toBe(8);
  await intake.take();
});
