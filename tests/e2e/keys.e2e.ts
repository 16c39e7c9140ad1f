import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';

test.describe.configure({ timeout: 600_000 });
test.use({ hasKey: false });

const PASSPHRASE = '十二棒苞米掰在秋分那天早上';
const ROOT = path.resolve(import.meta.dirname, '../..');

/** A command of the county's console; answers its last line. */
function command(name: string, args: readonly string[], of: { dataDir: string; input: string }) {
  const env = { ...process.env, DATA_DIR: of.dataDir, NODE_ENV: 'demo', BACKUP_PLAIN: '0' };
  const out = execFileSync(process.execPath, [`scripts/${name}.ts`, ...args], {
    ...{ cwd: ROOT, env, input: of.input, stdio: ['pipe', 'pipe', 'pipe'] },
  });
  return JSON.parse(out.toString().trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

test('[AU179] the director makes the key, another person puts it in force, and it opens the backup', async ({
  browser,
  county,
}) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'daiban-keys-'));
  const director = await DeskPage.signIn(browser, county, county.account({ role: 'director' }));
  const { page } = director;
  const sent: string[] = [];
  const wrong: string[] = [];
  page.on('request', (request) => sent.push(request.url() + (request.postData() ?? '')));
  page.on('console', (line) => line.type() === 'error' && wrong.push(line.text()));
  await page.goto(`${county.url}/desk/settings`);
  await page.getByRole('link', { name: /^钥匙/ }).click();
  await expect(page.getByText('还没有钥匙')).toBeVisible();
  await page.getByLabel(/^钥匙的口令/).fill(PASSPHRASE);
  await page.getByLabel('再输一遍').fill(`${PASSPHRASE}。`);
  await page.getByRole('button', { name: '造钥匙' }).click();
  await expect(page.getByText('两遍不一样')).toBeVisible();
  await page.getByLabel('再输一遍').fill(PASSPHRASE);
  await page.getByRole('button', { name: '造钥匙' }).click();
  const sheets = page.getByRole('article');
  await expect(sheets).toHaveCount(3, { timeout: 60_000 });
  const texts = await page.locator('.letters code').allTextContents();
  const give = page.getByRole('button', { name: '交给县里' });
  await expect(give).toBeDisabled();
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: '存钥匙文件' }).click();
  const keyFile = path.join(folder, 'key.json');
  await (await coming).saveAs(keyFile);
  await page.getByLabel(/^三张纸都印清楚了/).check();
  await give.click();
  await expect(page.getByText('交上去了，还没生效')).toBeVisible();
  await expect(sheets).toHaveCount(0);
  const row = page.getByRole('row', { name: /recovery-/ });
  await expect(row).toContainText('等人点头');
  await expect(row.getByRole('button', { name: '指纹对上了，点头' })).toHaveCount(0);
  const fingerprint = (await row.locator('td').nth(1).innerText()).trim();

  const admin = await DeskPage.signIn(browser, county, county.account({ role: 'admin' }));
  await admin.page.goto(`${county.url}/desk/settings/keys`);
  await expect(admin.page.getByText(fingerprint)).toBeVisible();
  expect(await admin.page.content()).not.toContain('argon2id');
  await admin.page.getByRole('button', { name: '指纹对上了，点头' }).click();
  await expect(admin.page.getByText('点头了。从现在起')).toBeVisible();
  await admin.close();

  // What the county holds and what crossed the line opens nothing.
  const said = sent.join('\n');
  for (const text of [PASSPHRASE, encodeURIComponent(PASSPHRASE), ...texts])
    expect(said).not.toContain(text);
  expect(JSON.parse(readFileSync(keyFile, 'utf8'))).toMatchObject({ kdf: { kind: 'argon2id' } });

  await page.reload();
  await page.getByText('试试还开得了不').click();
  const tried = page.locator('details [role=status]');
  await page.getByLabel('钥匙的口令', { exact: true }).fill('不是这个口令，真不是');
  await page.getByRole('button', { name: '试口令' }).click();
  await expect(tried).toContainText('开不了', { timeout: 30_000 });
  await page.getByLabel('钥匙的口令', { exact: true }).fill(PASSPHRASE);
  await page.getByRole('button', { name: '试口令' }).click();
  await expect(tried).toContainText('能开', { timeout: 30_000 });
  await page.getByLabel('一张纸上的字', { exact: true }).fill(texts[2] ?? '');
  await page.getByLabel('另一张纸上的字').fill((texts[0] ?? '').toLowerCase());
  await page.getByRole('button', { name: '试两张纸' }).click();
  await expect(tried).toContainText('能开');
  expect(wrong).toEqual([]);
  await director.close();

  const { dataDir } = county;
  expect(command('backup', [], { dataDir, input: '' })).toMatchObject({ counts: true });
  const backups = path.join(dataDir, 'backups');
  const [a, b] = [path.join(folder, 'by-file'), path.join(folder, 'by-sheets')];
  const byFile = { dataDir: a, input: `${PASSPHRASE}\n` };
  expect(command('restore', [backups, `--key=${keyFile}`], byFile)).toMatchObject({
    restored: true,
  });
  const bySheets = { dataDir: b, input: `${texts[1]}\n${texts[2]}\n` };
  expect(command('restore', [backups, '--shares'], bySheets)).toMatchObject({ restored: true });
  rmSync(folder, { recursive: true, force: true });
});
