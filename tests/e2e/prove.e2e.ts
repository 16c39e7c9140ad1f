import { createHmac } from 'node:crypto';
import { expect, test, type County } from './county.ts';
import { DeskPage } from './desk-page.ts';

test.describe.configure({ timeout: 600_000 });

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

/** Six digits as a phone shows them (RFC 6238), so many steps from now. */
function phoneCode(secret: string, steps = 0): string {
  const bits = [...secret.replaceAll(' ', '')]
    .map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + steps));
  const mac = createHmac('sha1', key).update(counter).digest();
  const word = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(word % 1_000_000).padStart(6, '0');
}

/** Starts the county again with other settings; what the browser knows stays. */
async function startedWith(county: County, settings: Record<string, string>): Promise<void> {
  await county.kill();
  Object.assign(process.env, settings);
  await county.start();
  for (const name of Object.keys(settings)) delete process.env[name];
}

test('[EE27] an export asks again who one is, and the file comes after the right passphrase', async ({
  browser,
  county,
}) => {
  await startedWith(county, { PROVE_MINUTES: '0.1' });
  const director = county.account({ role: 'director' });
  const desk = await DeskPage.signIn(browser, county, director);
  const { page } = desk;
  const before = await page.context().cookies();
  await page.goto(`${county.url}/desk/ledger`);
  await page.waitForTimeout(6_500);
  const address = `/desk/ledger/export?format=csv&purpose=${encodeURIComponent('核对')}`;
  await page.goto(county.url + address);
  const proof = page.getByLabel('自己的口令');
  await proof.fill('beihe-wrong!');
  await page.getByRole('button', { name: '是我' }).click();
  await expect(page.getByRole('alert')).toContainText('不对，没办');
  await proof.fill(director.passphrase);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: '是我' }).click();
  expect((await download).suggestedFilename()).toMatch(/^daiban-.*\.csv$/);
  const session = (all: typeof before) => all.find(({ name }) => name.includes('session'))?.value;
  expect(session(await page.context().cookies())).not.toBe(session(before));
  await desk.close();
});

test('[EE27] a change of accounts asks too, and what was typed stays', async ({
  browser,
  county,
}) => {
  await startedWith(county, { PROVE_MINUTES: '0.1' });
  const admin = county.account({ role: 'admin' });
  const desk = await DeskPage.signIn(browser, county, admin);
  const { page } = desk;
  await page.goto(`${county.url}/desk/settings`);
  const form = page.locator('form.add');
  await form.getByLabel('账号').fill('xinren');
  await form.getByLabel('姓名').fill('新来的');
  await form.getByLabel('岗位').selectOption('O1');
  await form.getByLabel('范围').selectOption({ index: 1 });
  await form.getByLabel(/第一个口令/).fill('ten-letters-and-more');
  await page.waitForTimeout(6_500);
  await form.getByRole('button', { name: '开账号' }).click();
  await page.locator('#proof').fill(admin.passphrase);
  await expect(page.getByRole('cell', { name: 'xinren' })).toHaveCount(0);
  await page.getByRole('button', { name: '是我' }).click();
  await expect(page.getByText('对上了。刚才的事再按一回就办。')).toBeVisible();
  await expect(form.getByLabel('账号')).toHaveValue('xinren');
  await form.getByRole('button', { name: '开账号' }).click();
  await expect(page.getByRole('cell', { name: 'xinren' })).toBeVisible();
  // Closing asks why, in words (AU490).
  const row = page.getByRole('row').filter({ hasText: 'xinren' });
  await row.getByText('停用', { exact: true }).click();
  for (const [why, answer] of [
    ['走', '没停用，什么都没动。'],
    ['不干了', '停用了，为啥记下了。'],
  ] as const) {
    await page.waitForTimeout(6_500);
    await row.getByLabel('为啥停用').fill(why);
    await row.getByRole('button', { name: '停用这个账号' }).click();
    await page.locator('#proof').fill(admin.passphrase);
    await page.getByRole('button', { name: '是我' }).click();
    await expect(page.getByText('对上了。刚才的事再按一回就办。')).toBeVisible();
    await expect(row.getByLabel('为啥停用')).toHaveValue(why);
    await row.getByRole('button', { name: '停用这个账号' }).click();
    await expect(page.getByRole('status').filter({ hasText: answer })).toBeVisible();
  }
  await expect(row.getByRole('button', { name: '恢复' })).toBeVisible();
  await desk.close();
});

test('[EE27] where the county demands it, the second factor comes first and is asked from then on', async ({
  browser,
  county,
}) => {
  await startedWith(county, { REQUIRE_SECOND_FACTOR: '1' });
  const who = county.account({ role: 'registrar' });
  const page = await (await browser.newContext({ serviceWorkers: 'block' })).newPage();
  const signIn = async () => {
    await page.goto(`${county.url}/desk/sign-in`);
    await page.getByLabel('账号').fill(who.user);
    await page.getByLabel('口令').fill(who.passphrase);
    await page.getByRole('button', { name: '登录', exact: true }).click();
  };
  await signIn();
  await expect(page.getByText('县里要求先设好第二道，才能办别的事。')).toBeVisible();
  await page.goto(`${county.url}/desk/ledger`);
  await expect(page).toHaveURL(/\/desk\/settings$/);
  await page.locator('#second-own').fill(who.passphrase);
  await page.getByRole('button', { name: '开始设' }).click();
  const secret = (await page.locator('section code').first().textContent()) ?? '';
  await page.getByLabel('手机上现在的六位数').fill(phoneCode(secret));
  await page.getByRole('button', { name: '对上就生效' }).click();
  await expect(page.getByText(/^设好了。下回登录要口令/)).toBeVisible();
  await page.goto(`${county.url}/desk/ledger`);
  await expect(page).toHaveURL(/\/desk\/ledger$/);

  await page.context().clearCookies();
  await signIn();
  // The next one: what put it in force opens nothing more.
  await page.getByLabel(/六位数/).fill(phoneCode(secret, 1));
  await page.getByRole('button', { name: '对一下' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '收件箱' })).toBeVisible();
  await page.context().close();
});
