import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test, type County } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { IntakePage } from './intake-page.ts';
import { S01 } from './s01-story.ts';
import { ScreenChecks, DESK_SIZES } from './screen-checks.ts';
import { TabletPage } from './tablet-page.ts';
import { VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const LATE = '老于家又拉来一车，还堆原地方，换村以前没听说的时候记下的。';
const HALF = '写了一半，还没存的走访';

/** Rows of every store of this origin that name the case: ids stand in clear, words do not. */
const rowsNaming = (page: Page, caseId: string): Promise<string[]> =>
  page.evaluate(async (id) => {
    const found: string[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(name));
      });
      for (const store of db.objectStoreNames) {
        const rows = await new Promise<unknown[]>((resolve) => {
          const all = db.transaction(store).objectStore(store).getAll();
          all.onsuccess = () => resolve(all.result as unknown[]);
        });
        const hits = rows.filter((row) => JSON.stringify(row).includes(id)).length;
        if (hits > 0) found.push(`${store} ${hits}`);
      }
      db.close();
    }
    return found;
  }, caseId);

/** A backup that the county checks: from then on tablets need not keep what they sent. */
function backup(county: County): void {
  const env = { ...process.env, DATA_DIR: county.dataDir, ORIGIN: county.url };
  const done = spawnSync(process.execPath, ['scripts/backup.ts', '--plain'], {
    ...{ cwd: path.resolve(import.meta.dirname, '../..'), encoding: 'utf8' },
    env: { ...env, PORT: String(county.port), BACKUP_PLAIN: '1' },
  });
  expect(done.status, done.stderr).toBe(0);
}

/** 设置, 换个地方干: as the administrator does it. */
async function move(admin: DeskPage, who: string, place: string): Promise<void> {
  await admin.page.goto(`${admin.county.url}/desk/settings`);
  const row = admin.page.getByRole('row').filter({ hasText: who });
  await row.getByText('换个地方干').click();
  await row.getByLabel('换到').selectOption({ label: place });
  await row.getByRole('button', { name: '换过去' }).click();
  await expect(admin.page.getByRole('status').getByText(/^换好了。/)).toBeVisible();
}

test('[AU302] an agent who is moved to another village: his case waits for a new hand, what he had not sent is taken, nothing of it stays with him', async ({
  page,
  browser,
  county,
}) => {
  const [wang, yu] = [county.agent('A01'), county.agent('A14')];
  const tablet = new TabletPage(page, county);
  await tablet.signIn(wang);
  await tablet.sendEverything();
  await tablet.link('我的单子').click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('新河村');
  await page.context().setOffline(true);

  // The county moves him while he has no signal.
  const admin = await DeskPage.signIn(browser, county, county.account({ role: 'admin' }));
  const registrar = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
  const waiting = async (): Promise<string[]> => {
    await registrar.page.goto(`${county.url}/desk?s=handover`);
    await expect(registrar.page.getByRole('heading', { level: 1 })).toBeVisible();
    // Where nothing waits for it there is no such tab, and the page shows everything.
    const tab = registrar.page.getByRole('navigation').getByText(/待移交/);
    if ((await tab.count()) === 0) return [];
    const links = registrar.page.locator('a[href*="/desk/case/"]');
    const all = await links.evaluateAll((found) => found.map((a) => a.getAttribute('href') ?? ''));
    return [...new Set(all.flatMap((href) => /case\/([\w-]{22})/.exec(href)?.[1] ?? []))];
  };
  const checks = new ScreenChecks(admin.page, 'desk', DESK_SIZES);
  expect(await waiting()).toEqual([]);
  await move(admin, wang.name, '河沿乡南岗村');
  await checks.look('settings-moved');
  // The desk looks at grants anew every few seconds.
  await expect.poll(async () => (await waiting()).length).toBeGreaterThan(0);
  const open = await waiting();
  const caseId = open[0] ?? '';

  // He does not know: late words on the case, a visit half written, and a villager's request.
  await tablet.openCase(caseId);
  await tablet.supplement(LATE);
  await tablet.link('走访').click();
  await page.locator('main textarea').first().fill(HALF);
  await expect.poll(() => rowsNaming(page, caseId)).toContain('drafts 1');
  const intake = new IntakePage(tablet);
  await intake.begin();
  await intake.notice();
  await intake.who(S01);
  await intake.reach();
  await intake.words(S01);
  await intake.where([]);
  await intake.prior();
  await intake.urgent();
  await intake.wants(S01);
  await intake.readBack();
  await tablet.sign();
  const taken = await intake.take();

  // The registrar gives his case to the village's other agent, whose tablet hears of it.
  await registrar.openCase(caseId);
  await registrar.act('换代理员', { 交给哪位代理员: yu.name, 理由: '王春生换村了' });
  await expect.poll(waiting).toEqual(open.filter((id) => id !== caseId));
  const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  const hers = new TabletPage(await context.newPage(), county);
  await hers.signIn(yu);
  await hers.sendEverything();
  await hers.openCase(caseId);
  await expect(hers.page.getByText(LATE)).toHaveCount(0);

  // Signal again: all that he wrote goes, the case goes, and he stands in his new village.
  await page.context().setOffline(false);
  await tablet.sendEverything();
  await tablet.link('我的单子').click();
  await expect(page.locator(`a[href="/tablet/case/${caseId}"]`)).toHaveCount(0);
  await expect(page.locator(`a[href^="/tablet/case/${taken.caseId}"]`).first()).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('南岗村');
  expect(await new VaultPage(tablet).unsent()).toBe(0);

  // His late words, of before the hand-over, are in the file once; his request waits for a new hand, too.
  await registrar.openCase(caseId);
  await expect(registrar.page.locator('main').getByText(LATE)).toHaveCount(1);
  await expect.poll(waiting).toContain(taken.caseId);
  await hers.sendEverything();
  await hers.openCase(caseId);
  await expect(hers.page.getByText(LATE).first()).toBeVisible();

  // After a checked backup no row on his tablet names the case: no copy, no file, no half visit.
  backup(county);
  await expect(async () => {
    await tablet.sendEverything();
    expect(await rowsNaming(page, caseId)).toEqual([]);
  }).toPass({ timeout: 120_000 });
  await page.goto(`${county.url}/tablet/case/${caseId}`);
  await expect(page.getByText(LATE)).toHaveCount(0);
  expect(checks.problems).toEqual([]);
  await context.close();
});
