import type { Browser } from '@playwright/test';
import { expect, test, type County } from './county.ts';
import { codePoints, DeskPage } from './desk-page.ts';
import { IntakePage } from './intake-page.ts';
import { RatingPage } from './rating-page.ts';
import { S01 } from './s01-story.ts';
import { EXIF_MARKER, photoWithExif, TabletPage } from './tablet-page.ts';

test.describe.configure({ timeout: 600_000 });

interface Case {
  readonly caseId: string;
  readonly temporaryNumber: string;
  readonly queryCode: string;
}

/** In the yard: no signal, every question, two reloads, a microphone, a photo, a signature. */
async function takeInTheYard(tablet: TabletPage): Promise<Case> {
  const { page } = tablet;
  const intake = new IntakePage(tablet);
  await intake.begin();
  await intake.notice();
  await intake.who(S01);
  await intake.reach();
  await tablet.record(2);
  const saved = page.getByText(/^存好了 · /);
  const before = (await saved.textContent()) ?? '';
  await page.getByLabel(/照她说的打字，一字不改$/).fill(S01.verbatim.slice(0, 40));
  await expect(saved).not.toHaveText(before);

  await page.reload();
  await expect(intake.place).toHaveText('第 4 问，共 8 问');
  await expect(page.getByText(/^录音 /).first()).toBeVisible();
  await expect(page.getByLabel(/照她说的打字，一字不改$/)).toHaveValue(S01.verbatim.slice(0, 40));
  await intake.words(S01);
  await intake.where([await photoWithExif(page, 30)]);
  await intake.prior();

  await tablet.open();
  const draft = tablet.link(/没写完.*周桂芹/);
  await expect(draft).toContainText('停在第 7 问，说过的都在');
  await draft.click();
  await intake.at(7);
  await intake.urgent();
  await intake.wants(S01);

  const read = await intake.readBack();
  for (const sentence of S01.verbatim.split(/(?<=。)/)) expect(read).toContain(`「${sentence}」`);
  for (const claim of S01.claims) expect(read.some((line) => line.includes(claim))).toBe(true);
  await tablet.sign();
  const taken = await intake.take();
  await expect(page.getByRole('img', { name: '查询用的二维码' })).toBeVisible();
  expect(intake.seen.size, [...intake.seen].join(' ')).toBeLessThanOrEqual(37);
  return taken;
}

/** What the county holds of the case, as its own export tells it: exactly one row, her words. */
async function provenAtCounty(desk: DeskPage, of: Case): Promise<void> {
  const rows = (await desk.exportCsv()).filter((row) => row['临时编号'] === of.temporaryNumber);
  expect(rows).toHaveLength(1);
  const [row] = rows;
  expect(row?.['查询码']?.replace(/\D/g, '')).toBe(of.queryCode);
  expect(codePoints(row?.['原话'] ?? '')).toEqual(codePoints(S01.verbatim));
}

/** Sound and both photos are there, small, and nobody can read off them where they were taken. */
async function mediaAtCounty(desk: DeskPage): Promise<void> {
  await expect(desk.page.getByLabel('录音')).toHaveCount(1);
  const links = await desk.page.locator('.photos a').all();
  expect(links.length).toBeGreaterThanOrEqual(2);
  for (const link of links) {
    const href = (await link.getAttribute('href')) ?? '';
    const file = await (await desk.page.request.get(`${desk.county.url}${href}`)).body();
    expect(file.length).toBeGreaterThan(500);
    expect(file.length).toBeLessThanOrEqual(300 * 1024);
    expect(file.includes(EXIF_MARKER)).toBe(false);
  }
}

/** 登记 转送 受理 进展 意见: the county and the unit, each at a desk of its own. */
async function handleAtCounty(browser: Browser, county: County, of: Case): Promise<void> {
  const registrar = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  await provenAtCounty(registrar, of);
  await registrar.openCase(of.caseId);
  await expect(registrar.page.locator('main blockquote').first()).toHaveText(`「${S01.verbatim}」`);
  await mediaAtCounty(registrar);
  await registrar.act('登记', {
    内容分类: '农村人居环境（垃圾、厕所、粪堆）',
    事项类别: '申诉求决',
    '是不是说我们的人、我们的单位': '都不是',
  });
  await registrar.act('转送', { 主办单位: '县农业农村局', 理由: '农村人居环境归农业农村局管' });
  await registrar.close();

  const unit = await DeskPage.signIn(
    browser,
    county,
    county.account({ role: 'unit-clerk', unit: 'NYJ' }),
  );
  await unit.openCase(of.caseId);
  await unit.act('受理', {});
  await unit.act('记进展', { '白话，念给她听': '明天来车拉粪堆' });
  await unit.choose('出意见');
  await unit.dock.getByLabel('文号').fill('北农信〔2026〕12号');
  for (const [i] of S01.claims.entries()) {
    await unit.dock.getByLabel('核实的情况').nth(i).fill('现场看过，属实');
    await unit.dock.getByLabel('依据').nth(i).fill('《黑龙江省农村人居环境整治条例》');
  }
  await unit.dock.getByLabel('白话，念给她听').fill('粪堆拉走了，往后堆到村东头。');
  await unit.dock.getByRole('button', { name: '出处理意见书' }).click();
  await expect(unit.dock.getByText('出意见：记上了')).toBeVisible();
  await unit.close();
}

test('[EE1] S01: the heap by the well, from the yard without signal to her rating', async ({
  browser,
  page,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  const rating = new RatingPage(tablet);
  let of: Case = { caseId: '', temporaryNumber: '', queryCode: '' };

  await test.step('signs in once, goes where there is no signal', async () => {
    await tablet.signIn(county.agent('A01'));
    await tablet.setPasscode();
    await tablet.goOffline();
    await tablet.open();
    await page.reload();
    await expect(tablet.link('接单')).toBeVisible();
    await tablet.open('/settings');
    await expect(page.getByRole('heading', { name: '设置', level: 1 })).toBeVisible();
  });

  await test.step('takes the case', async () => {
    of = await takeInTheYard(tablet);
    await tablet.open();
    await expect(tablet.strip).toContainText('1 件还在机器里');
    await expect(tablet.strip).toHaveAttribute('data-tone', 'unsent');
  });

  await test.step('adds a visit', async () => {
    await tablet.act(of.caseId, '走访');
    await page.getByLabel('看见啥了').fill('粪堆高约1.6米、距井约6米，雨后有渗流痕迹');
    await tablet.addPhoto('拍照', await photoWithExif(page, 200));
    await tablet.button('存好走访').click();
    await expect(page.getByText('去看过：粪堆高约1.6米').first()).toBeVisible();
  });

  await test.step('the county loses power between commit and answer, then again amid the files', async () => {
    await county.start();
    const happened = county.gate.cut('/api/sync/exchange', () => county.kill());
    await page.context().setOffline(false);
    await tablet.open();
    await happened;
    await expect(tablet.strip).toHaveAttribute('data-tone', 'unsent');
    const inTheFiles = county.gate.cut('/api/media/', () => county.kill());
    await county.start();
    await tablet.open('/unsent');
    await tablet.button('现在试着送').click();
    await inTheFiles;
    await expect(page.getByText(/件都已送达县里/)).toHaveCount(0);
    await county.start();
    await tablet.sendEverything();
    await tablet.open();
    await expect(tablet.strip).toContainText(/件都已送达县里/);
  });

  await test.step('the county and the unit handle it', () => handleAtCounty(browser, county, of));

  await test.step('the agent hears of it, goes out again and delivers', async () => {
    await tablet.sendEverything();
    await tablet.open();
    await expect(page.getByRole('heading', { name: '该上门告诉的人' })).toBeVisible();
    await expect(page.locator('ul.tell')).toContainText('周桂芹');
    await tablet.goOffline();
    await tablet.act(of.caseId, '送达');
    await expect(page.getByText('粪堆拉走了，往后堆到村东头。')).toBeVisible();
    await page.getByLabel('本人签了字').check();
    await tablet.button('存好送达').click();
    await expect(page.getByText(/^文书交到她手里了/).first()).toBeVisible();
  });

  await test.step('she rates behind the curtain', async () => {
    await rating.handOver(of.caseId);
    await rating.answer('满意');
    await rating.answer('基本满意');
    await rating.sealed();
    await rating.curtainHolds();
    await rating.giveBack();
  });

  await test.step('the county sees that she rated and closes', async () => {
    await tablet.goOnline();
    await tablet.sendEverything();
    const reviewer = await DeskPage.signIn(browser, county, county.account({ role: 'reviewer' }));
    await reviewer.openCase(of.caseId);
    await expect(reviewer.page.locator('main')).toContainText('群众评价');
    await expect(reviewer.page.locator('main')).not.toContainText('基本满意');
    await reviewer.act('办结');
    await provenAtCounty(reviewer, of);
    await reviewer.close();
    await expect(async () => {
      await tablet.sendEverything();
      await tablet.openCase(of.caseId);
      await expect(page.getByText('办完了').first()).toBeVisible({ timeout: 1000 });
    }).toPass({ timeout: 60_000 });
    await expect(page.getByText('评过了', { exact: true })).toBeVisible();
  });

  await test.step('she asks with her code and name', async () => {
    await page.goto(`${county.url}/track#${of.queryCode}`);
    // The code of her slip is put in by the page's script, which a busy machine brings late.
    await expect(page.getByLabel(/^查询码/)).toHaveValue(/^[\d ]{14}$/);
    await page.getByLabel('姓名').fill(S01.name);
    await page.getByRole('button', { name: '查一查' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('办完了');
    await expect(page.locator('body')).not.toContainText('周桂芹');
    await expect(page.locator('body')).not.toContainText('粪堆');
  });
});
