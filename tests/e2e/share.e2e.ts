import type { Page } from '@playwright/test';
import { expect, test } from './county.ts';
import { VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const WORDS = '东沟的桥板又掉了一块，夜里看不见，昨儿个有人崴了脚。';

type Sheet = 'takes' | 'closed' | 'broken' | 'refuses';
interface Given {
  readonly name: string;
  readonly bytes: number[];
}

/** The system's sheet as a page meets it: it takes the file, is closed, breaks, or wants no such file. */
const sheet = (page: Page, how: Sheet): Promise<void> =>
  page.evaluate((what) => {
    const world = globalThis as unknown as { given: Given[] };
    world.given = [];
    const set = (of: object, name: string, value: unknown) =>
      Object.defineProperty(of, name, { value, configurable: true });
    set(globalThis, 'showSaveFilePicker', undefined);
    set(navigator, 'canShare', () => what !== 'refuses');
    set(navigator, 'share', async ({ files = [] }: { files?: File[] }) => {
      if (what === 'closed') throw new DOMException('closed', 'AbortError');
      if (what === 'broken') throw new DOMException('no sheet', 'NotAllowedError');
      for (const file of files) {
        const bytes = [...new Uint8Array(await file.arrayBuffer())];
        world.given.push({ name: file.name, bytes });
      }
    });
  }, how);

test('[AU524] the share sheet gets the sealed file, whole and under its name; closed it claims nothing, broken the file is downloaded', async ({
  page,
  county,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  await vault.signIn(county.agent('A01'));
  await page.context().setOffline(true);
  await vault.row.click();
  await tablet.supplement(WORDS);
  await tablet.link('我的单子').click();
  await tablet.strip.click();
  await tablet.button('导出应急包').click();
  await expect(page.getByText(/^打好了，1 条/)).toBeVisible();
  const downloads: string[] = [];
  page.on('download', (one) => downloads.push(one.suggestedFilename()));
  const give = () => tablet.button('存到卡上，或者发给捎的人').click();
  const given = () => page.evaluate(() => (globalThis as unknown as { given: Given[] }).given);

  await sheet(page, 'closed');
  await give();
  await expect(page.getByText('没存出去，包还在这儿，再按一次')).toBeVisible();
  expect(downloads).toEqual([]);

  await sheet(page, 'takes');
  await give();
  await expect(page.getByText(/^存出去了，名叫 \d{8}-[0-9a-f]{8}\.psb/)).toBeVisible();
  const [shared, ...more] = await given();
  expect(more).toEqual([]);
  expect(shared?.name).toMatch(/^\d{8}-[0-9a-f]{8}\.psb$/);
  const bytes = Buffer.from(shared?.bytes ?? []);
  expect(bytes.length).toBeGreaterThan(500);
  for (const encoding of ['utf8', 'utf16le'] as const)
    expect(bytes.includes(Buffer.from(WORDS.slice(0, 6), encoding))).toBe(false);
  expect(downloads).toEqual([]);

  // The same file as a download, byte for byte, where the sheet breaks or wants no such file.
  for (const how of ['broken', 'refuses'] as const) {
    await sheet(page, how);
    const saving = page.waitForEvent('download');
    await give();
    const file = await saving;
    expect(file.suggestedFilename()).toBe(shared?.name);
    const { readFile } = await import('node:fs/promises');
    expect((await readFile(await file.path())).equals(bytes)).toBe(true);
    expect(await given()).toEqual([]);
  }
  // What was given away is still here, and counts as unsent until the county says it has it.
  expect(await vault.unsent()).toBe(1);
});
