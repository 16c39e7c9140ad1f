import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { IntakePage, type Told } from './intake-page.ts';
import { photoWithExif, TabletPage } from './tablet-page.ts';

const told: Told = {
  name: '姜玉兰',
  group: '新河村一屯',
  title: '柴火垛占了道，车过不去',
  verbatim: '前院把柴火垛码到道上来了，我家四轮子都拐不过去，说他两回了，他说等等再挪。',
  claims: ['把柴火垛挪走', '道留出来'],
};

test('[EE2] 就地化解: before and after, a promise with its day, approved with a number in one step', async ({
  browser,
  page,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  await tablet.goOffline();
  const intake = new IntakePage(tablet);
  await intake.begin();
  await intake.notice();
  await intake.who(told);
  await intake.reach();
  await intake.words(told);
  await intake.where([await photoWithExif(page, 10)]);
  await intake.prior();
  await intake.urgent();
  await intake.wants(told);
  await intake.readBack();
  await tablet.sign();
  const { caseId, queryCode } = await intake.take();

  await tablet.act(caseId, '就地化解');
  await tablet.addPhoto('拍办之前', await photoWithExif(page, 60));
  await tablet.addPhoto('拍办之后', await photoWithExif(page, 120));
  await page.getByLabel('做了啥').fill('两家人一块把柴火垛挪到东墙根');
  const done = page.getByRole('group', { name: '把柴火垛挪走，结果' });
  await done.getByRole('radio', { name: '办成了' }).check({ force: true });
  const promised = page.getByRole('group', { name: '道留出来，结果' });
  await promised.getByRole('radio', { name: '答应了' }).check({ force: true });
  await page.getByLabel('谁答应的').fill('前院老李');
  await page.getByLabel('到哪天回头看').selectOption({ index: 0 });
  await page
    .getByRole('group', { name: '念给她听，她咋说' })
    .getByRole('radio', { name: '认', exact: true })
    .check({ force: true });
  await tablet.button('存好，等县里核').click();
  await expect(page.getByText(/现场处理完了，等县里核/).first()).toBeVisible();

  await tablet.goOnline();
  await tablet.sendEverything();

  const reviewer = await DeskPage.signIn(browser, county, county.account({ role: 'reviewer' }));
  await reviewer.openCase(caseId);
  await reviewer.act('就地化解通过', { 核到了什么: '打邻居电话转接本人，她说柴火垛挪走了' });
  await expect(reviewer.status).toContainText('办结');
  const row = (await reviewer.exportCsv()).find(
    (one) => one['查询码']?.replace(/\D/g, '') === queryCode,
  );
  expect(row?.['信访件编号']).toMatch(/^DL230278\d{9}$/);
  await reviewer.close();

  await expect(async () => {
    await tablet.sendEverything();
    await tablet.openCase(caseId);
    await expect(page.getByText(row?.['信访件编号'] ?? '—')).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 60_000 });
  await tablet.open('/tasks');
  await expect(page.getByText(/道留出来/).first()).toBeVisible();
  await expect(page.getByText(/^去告诉她 姜玉兰/)).toBeVisible();
  await tablet.act(caseId, '告知');
  await expect(page.getByLabel('告诉她啥')).toHaveValue('县里核过了，认这个结果');
  await page.getByLabel('她听明白了').check();
  await tablet.button('存好告知').click();
  await expect(page.getByText(/^跟她讲过了/).first()).toBeVisible();
  await tablet.open('/tasks');
  await expect(page.getByText(/道留出来/).first()).toBeVisible();
  await expect(page.getByText(/^去告诉她 姜玉兰/)).toHaveCount(0);
});
