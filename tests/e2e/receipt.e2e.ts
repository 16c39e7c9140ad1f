import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { sampleQueryCode } from '../../src/lib/domain/samples/sample-numbers.ts';
import { expect, test } from './county.ts';
import { TabletPage } from './tablet-page.ts';

test('[AU167] a villager gets a receipt, checks it offline and against the file, and is told of one altered word', async ({
  browser,
  county,
}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
  const violations: string[] = [];
  page.on('console', (line) => {
    if (line.text().includes('Content Security Policy')) violations.push(line.text());
  });
  await page.goto(`${county.url}/track`);
  await page.getByLabel('查询码，12 个数').fill(sampleQueryCode('S01'));
  await page.getByLabel('姓名').fill('周桂芹');
  const answer = page.waitForResponse((one) => one.request().method() === 'POST');
  await page.getByRole('button', { name: '查一查' }).click();
  const said = await (await answer).text();
  await expect(page.getByRole('heading', { name: '县里给您开的凭据' })).toBeVisible();
  await expect(page.getByRole('img', { name: '回执方块' })).toBeVisible();
  const number = await page.locator('figcaption b').innerText();
  expect(number).toMatch(/^\d{4} · \S{2} \S{2} \S{2} \S{2}$/);
  const [, text = ''] = /track\/receipt#([\w-]{170})/.exec(said) ?? [];

  const phone = await context.newPage();
  phone.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
  await phone.goto(`${county.url}/track/receipt#${text}`);
  await expect(phone.getByText('回执是真的：是县里开的')).toBeVisible();
  await expect(phone.locator('dd b')).toHaveText(number);
  await expect(phone.locator('[data-today=contained]')).toContainText('一笔不少、一字没动');
  expect(phone.url()).toBe(`${county.url}/track/receipt`);

  // What is true of the paper itself needs no county.
  await context.setOffline(true);
  const field = phone.getByLabel('把回执方块里的网址贴在这儿');
  await field.fill(`${county.url}/track/receipt#${text}`);
  await phone.getByRole('button', { name: '验一验' }).first().click();
  await expect(phone.getByText('回执是真的：是县里开的')).toBeVisible();
  await expect(phone.locator('[data-today=offline]')).toContainText('照样算数');
  const bent = `${text.slice(0, 40)}${text[40] === 'A' ? 'B' : 'A'}${text.slice(41)}`;
  await field.fill(bent);
  await phone.getByRole('button', { name: '验一验' }).first().click();
  await expect(phone.getByText('这张回执让人改过，不算数')).toBeVisible();
  await context.setOffline(false);

  const db = new DatabaseSync(path.join(county.dataDir, 'daiban.sqlite'), { timeout: 5_000 });
  const words = `UPDATE log SET body = replace(body, '粪', '土') WHERE case_id IN
    (SELECT case_id FROM cases WHERE query_code = ?) AND body LIKE '%粪%'`;
  expect(Number(db.prepare(words).run(sampleQueryCode('S01')).changes)).toBeGreaterThan(0);
  db.close();
  await phone.goto(`${county.url}/track/receipt#${text}`);
  await expect(phone.getByText('回执是真的：是县里开的')).toBeVisible();
  await expect(phone.locator('[data-today=missing]')).toContainText('对不上');

  await phone.goto(`${county.url}/track/notice`);
  await expect(phone.getByRole('heading', { level: 1 })).toContainText('案卷总数公示');
  await expect(phone.locator('li dd b').first()).toHaveText(/^\d{4} · /);
  expect(asked.filter((one) => one.includes(text.slice(0, 20)))).toEqual([]);
  expect(county.words).not.toContain(text.slice(0, 20));
  expect(violations).toEqual([]);
  await context.close();
});

test('[UI123] how the receipt was given is asked once: then only the way home is left, and a way back from a wrong press', async ({
  page,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  await page.locator('ul.list a.row').first().click();
  await page.waitForURL(/\/tablet\/case\/[\w-]+$/);
  await tablet.open(`${new URL(page.url()).pathname.replace('/tablet', '')}/receipt`);
  const ways = [/^条子交到.手里了$/, /^照着抄好了$/, /^只记了号，没留纸$/];
  const shown = (): Promise<number[]> =>
    Promise.all(ways.map((way) => page.getByRole('button', { name: way }).count()));
  await tablet.button('照着抄好了').waitFor();
  expect(await shown()).toEqual([1, 1, 1]);
  await tablet.button('照着抄好了').click();
  await expect(page.getByRole('status').filter({ hasText: '记下了' })).toContainText('照着抄好了');
  expect(await shown()).toEqual([0, 0, 0]);
  await expect(tablet.button('打回执')).toHaveCount(0);
  await expect(tablet.link('回我的单子')).toHaveClass(/main/);
  await tablet.button('按错了，改一下').click();
  expect(await shown()).toEqual([1, 1, 1]);
});
