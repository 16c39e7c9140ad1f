import { DatabaseSync } from 'node:sqlite';
import path from 'node:path';
import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { TabletPage } from './tablet-page.ts';

test.describe.configure({ timeout: 600_000 });

const WORDS = '井水还是浑的，烧开了也有味儿。';

interface Kept {
  readonly key_n: number;
  readonly key_id: string;
  readonly pushes: number;
  readonly stored: number;
}

test('[AU203] in a real browser a tablet tells its key and signs what it sends; 设备 says so', async ({
  page,
  browser,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  const row = page.locator('ul.list a.row').first();
  await row.waitFor({ timeout: 30_000 });
  await row.click();
  await tablet.supplement(WORDS);

  const db = new DatabaseSync(path.join(county.dataDir, 'daiban.sqlite'), {
    ...{ readOnly: true, timeout: 5_000 },
  });
  const kept = (): Kept | undefined =>
    db
      .prepare(
        `SELECT d.key_n, d.key_id, COUNT(p.from_seq) AS pushes, SUM(p.stored) AS stored
         FROM devices d JOIN device_push p ON p.dv = d.dv AND p.key_id = d.key_id
         GROUP BY d.dv`,
      )
      .get() as Kept | undefined;
  await expect(() => expect(kept()).toMatchObject({ key_n: 1, pushes: 1, stored: 1 })).toPass({
    timeout: 60_000,
  });
  const aside = db.prepare("SELECT COUNT(*) AS n FROM dead_letter WHERE code = 'SIGNATURE'").get();
  expect(aside).toEqual({ n: 0 });
  db.close();

  const desk = await DeskPage.signIn(browser, county, county.account({ role: 'director' }));
  await desk.page.goto(`${county.url}/desk/devices`);
  await expect(desk.page.getByText('送来的有签名')).toBeVisible();
});
