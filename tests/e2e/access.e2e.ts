import samples from '../../src/lib/domain/data/sample-cases.json' with { type: 'json' };
import { sampleCaseId, sampleSalt } from '../../src/lib/domain/samples/sample-ids.ts';
import { sampleQueryCode } from '../../src/lib/domain/samples/sample-numbers.ts';
import { expect, test } from './county.ts';
import { DeskPage, parseCsv } from './desk-page.ts';
import { Session } from './session.ts';
import { photoWithExif, TabletPage } from './tablet-page.ts';

const GUESS = 'AAAAAAAAAAAAAAAAAAAAAA';
const NO_FILE = 'f'.repeat(64);
const verbatimOf = (id: string): string =>
  samples.cases.find((one) => one.id === id)?.dictation.verbatim ?? id;

/** Cases that a page of the desk leads to. */
const listed = (html: string): readonly string[] =>
  [...new Set([...html.matchAll(/\/desk\/case\/([\w-]{22})/g)].map(([, id]) => id ?? ''))].sort();

test('[AU41] an agent of another village finds nothing of a case, by no way', async ({
  page,
  browser,
  county,
}) => {
  const mine = sampleCaseId('S01');
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  await tablet.act(mine, '补充');
  await page.getByLabel(/^补啥，照[她他]说的写$/).fill('老于家又拉来一车，还堆原地方。');
  await tablet.addPhoto('拍照', await photoWithExif(page, 90));
  await tablet.button('存好补充').click();
  await expect(page.getByText(/^补了材料/).first()).toBeVisible();
  await tablet.sendEverything();

  const registrar = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  await registrar.openCase(mine);
  const media = registrar.page.locator('.photos a').last();
  // It is closed and waits for nobody: first the reason, then the photos.
  await expect(media).toHaveCount(0);
  await registrar.sayWhy('村民来问');
  await expect(media).toBeVisible();
  const href = (await media.getAttribute('href')) ?? '';
  const sha = /[0-9a-f]{64}/.exec(href)?.[0] ?? '';
  expect((await registrar.page.request.get(`${county.url}${href}`)).status()).toBe(200);

  const other = await Session.signIn(county, county.agent('A02'));
  await other.enrol();
  const reply = await other.exchange();
  if (reply.kind !== 'exchange') throw new Error(reply.kind);
  expect(reply.feed.rows.length).toBeGreaterThan(0);
  const feed = JSON.stringify(reply);
  expect(feed).toContain(sampleCaseId('S02'));
  for (const secret of [mine, sha, sampleSalt('S01'), verbatimOf('S01'), '周桂芹'])
    expect(feed).not.toContain(secret);

  for (const path of ['/desk/case/', '/desk/peek/']) {
    const theirs = await other.look(`${path}${mine}`);
    const guessed = await other.look(`${path}${GUESS}`);
    expect(theirs.status).not.toBe(200);
    expect(theirs.status).toBe(guessed.status);
    expect(theirs.text.replaceAll(mine, GUESS)).toBe(guessed.text);
  }
  for (const file of [`${href}`, `/media/${sha}`, `/media/${sha}/original?case=${GUESS}`]) {
    const theirs = await other.look(file);
    const guessed = await other.look(file.replace(sha, NO_FILE));
    expect(theirs.status).toBe(404);
    expect(theirs).toEqual(guessed);
  }
  expect((await other.csv()).status).not.toBe(200);
  expect((await other.look('/desk/ledger')).status).not.toBe(200);

  const written = await other.exchange({
    ...{ dsHi: 1, cases: [{ id: mine, salt: sampleSalt('S01') }] },
    events: [
      {
        ...{ c: 0, ds: 1, id: 'B'.repeat(21) + 'A', t: 'case.supplemented', v: 1 },
        at: new Date().toISOString(),
        p: { text: '别人村的代理员写进来的' },
      },
    ],
  });
  if (written.kind !== 'exchange') throw new Error(written.kind);
  expect(written.results[0]?.s).toBe('rejected');
  expect(JSON.stringify(written)).not.toContain(verbatimOf('S01'));
  await registrar.openCase(mine);
  await expect(registrar.page.locator('main')).not.toContainText('别人村的代理员写进来的');
  await registrar.close();
});

test('[AU42] a unit sees its own cases and no others', async ({ county }) => {
  const unit = await Session.signIn(county, county.account({ role: 'unit-clerk', unit: 'NYJ' }));
  const page = await unit.look('/desk/ledger');
  const shown = listed(page.text);
  const owned = samples.cases.filter((one) => shown.includes(sampleCaseId(one.id)));
  expect(owned.length).toBeGreaterThan(0);
  const office = await Session.signIn(county, county.account({ role: 'auditor' }));
  const rows = parseCsv((await office.csv()).text.replace(/^\uFEFF/, ''));
  const unitAt = rows[0]?.indexOf('去向单位') ?? -1;
  const idAt = rows[0]?.indexOf('案件标识') ?? -1;
  expect(rows.length).toBeGreaterThan(15);
  for (const row of rows.slice(1)) {
    const id = row[idAt] ?? '';
    const own = (row[unitAt] ?? '').includes('农业农村局');
    const seen = await unit.look(`/desk/case/${id}`);
    expect([row[unitAt], seen.status]).toEqual([row[unitAt], own ? 200 : 404]);
    expect(shown.includes(id), `${row[unitAt]} ${id} in the list`).toBe(own);
  }
  expect((await unit.csv()).status).toBe(404);
});

test('[AU43] a sealed case is nowhere for a registrar: list, count, search, export', async ({
  county,
}) => {
  const sealed = sampleCaseId('S09');
  const registrar = await Session.signIn(county, county.account({ role: 'registrar' }));
  const keeper = await Session.signIn(county, county.account({ role: 'sealed' }));
  expect((await keeper.look(`/desk/case/${sealed}`)).status).toBe(200);

  const code = sampleQueryCode('S09');
  for (const place of ['/desk', '/desk/ledger', '/desk?s=sealed', '/desk/ledger?n=5000']) {
    const { status, text } = await registrar.look(place);
    expect(status).toBe(200);
    for (const secret of [sealed, code]) expect(text.includes(secret), place).toBe(false);
  }
  const nonsense = '世上没有的字';
  for (const words of ['密封', '检举', '何淑云', '湾沟村', code])
    for (const place of ['/desk/ledger', '/desk']) {
      const { text } = await registrar.find(place, words);
      const none = (await registrar.find(place, nonsense)).text;
      expect(text.includes(sealed), words).toBe(false);
      expect(listed(text), `${place} ${words}`).toEqual(listed(none));
    }
  for (const path of ['/desk/case/', '/desk/peek/']) {
    const theirs = await registrar.look(`${path}${sealed}`);
    const guessed = await registrar.look(`${path}${GUESS}`);
    expect(theirs.status).toBe(404);
    expect(theirs.text.replaceAll(sealed, GUESS)).toBe(guessed.text);
  }
  const { status, text } = await registrar.csv();
  expect(status).toBe(200);
  for (const secret of [sealed, code, '密封']) expect(text.includes(secret)).toBe(false);
  const rows = parseCsv(text.replace(/^\uFEFF/, ''));
  const ledger = await registrar.look('/desk/ledger?n=5000');
  expect(ledger.text).toContain(`${rows.length - 1} 件`);
});

test('[AU31] a wrong code, a wrong name, a sealed case and another one look alike', async ({
  county,
}) => {
  const anybody = await Session.stranger(county);
  const right = await anybody.track(sampleQueryCode('S01'), '周桂芹');
  expect(right.status).toBe(200);
  expect(right.said).toContain('办完了');
  expect(right.said).not.toContain('周桂芹');

  const wrongName = await anybody.track(sampleQueryCode('S01'), '周桂花');
  const wrongCode = await anybody.track('000000000000', '周桂芹');
  const foreign = await anybody.track(sampleQueryCode('S02'), '周桂芹');
  const sealed = await anybody.track(sampleQueryCode('S09'), '周桂芹');
  expect(wrongName.said).toContain('没查着');
  for (const one of [wrongCode, foreign, sealed]) expect(one).toEqual(wrongName);
});

test('[AU32] guessing at 查信儿 is slowed down', async ({ county }) => {
  const anybody = await Session.stranger(county);
  const statuses: number[] = [];
  for (let n = 0; n < 12; n += 1)
    statuses.push((await anybody.track(sampleQueryCode('S01'), `周桂${n}`)).status);
  expect(statuses[0]).toBe(404);
  expect(statuses.at(-1)).toBe(429);
  const waiting = await anybody.track(sampleQueryCode('S01'), '周桂芹');
  expect(waiting.said).toContain('查得太勤了');
  expect(waiting.said).not.toContain('办完了');
});

test('[AU44] guessing a passphrase is slowed down, and only for that account', async ({
  county,
}) => {
  const anybody = await Session.stranger(county);
  const { user, passphrase } = county.agent('A01');
  const knock = async (password: string): Promise<number> =>
    (
      await anybody.http.post('/api/auth/sign-in/username', {
        data: { username: user, password },
      })
    ).status();
  const statuses: number[] = [];
  for (let n = 0; n < 7; n += 1) statuses.push(await knock(`guess-${n}`));
  expect(statuses[0]).toBe(401);
  expect(statuses.at(-1)).toBe(429);
  expect(await knock(passphrase)).toBe(429);
  await Session.signIn(county, county.agent('A02'));
});

test('[AU45] the forms of desk and 查信儿 work before, or without, any script', async ({
  browser,
  county,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const registrar = county.account({ role: 'registrar' });
  await page.goto(`${county.url}/desk/sign-in`);
  await page.getByLabel('账号').fill(registrar.user);
  await page.getByLabel('口令').fill(registrar.passphrase);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: '收件箱' })).toBeVisible();
  await page.goto(`${county.url}/track`);
  await page.getByLabel('查询码，12 个数').fill(sampleQueryCode('S01'));
  await page.getByLabel('姓名').fill('周桂芹');
  await page.getByRole('button', { name: '查一查' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('办完了');
  await context.close();
});

test('[AU45] the act that was pressed is the act that is sent, however late the script comes', async ({
  browser,
  county,
}) => {
  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  const { page } = desk;
  await page.goto(`${county.url}/desk/ledger`);
  await page.getByRole('search').getByRole('searchbox').fill('小桥栏杆');
  await page.keyboard.press('Enter');
  await page.waitForURL(/[?&]f=/);
  const [caseId = ''] = listed(await page.content());
  let wake: () => void = () => undefined;
  const awake = new Promise<void>((resolve) => (wake = resolve));
  await page.route('**/_app/immutable/**/*.js', async (route) => {
    await awake;
    await route.continue();
  });
  await page.goto(`${county.url}/desk/case/${caseId}`, { waitUntil: 'commit' });
  const chosen = desk.dock.locator('form.panel input[name=act]');
  await expect(chosen).toHaveValue('register');
  await desk.dock.getByRole('button', { name: /^退回补正/ }).click({ noWaitAfter: true });
  await expect(chosen).toHaveValue('return');
  const missing = desk.dock.locator('form.panel [name=missing]');
  await missing.fill('桥栏杆的照片');
  await page.getByLabel('白话，念给她听').fill('再照一张栏杆的相');
  wake();
  await page.waitForLoadState('networkidle');
  await expect(chosen).toHaveValue('return');
  await expect(missing).toHaveValue('桥栏杆的照片');
  await expect(page.getByLabel('白话，念给她听')).toHaveValue('再照一张栏杆的相');
  await desk.dock.locator('form.panel button[type=submit]').click();
  await expect(desk.dock.getByText('退回补正：记上了')).toBeVisible();
  await desk.close();
});

test('[AU21] nothing is exported before somebody says what for', async ({ county }) => {
  const office = await Session.signIn(county, county.account({ role: 'auditor' }));
  for (const purpose of ['', '&purpose=', '&purpose=%20%20']) {
    const refused = await office.look(`/desk/ledger/export?format=csv${purpose}`);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('先写上干什么用');
    expect(refused.text).not.toContain('信访件编号');
  }
  expect((await office.csv()).status).toBe(200);
});
