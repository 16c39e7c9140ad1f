import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BrowserContext } from '@playwright/test';
import { expect, test } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { TabletPage } from './tablet-page.ts';
import { SENTENCE, VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const FIRST = '头一台写的：井台边上又塌了一块，拿木板先挡上了。';
const SECOND = '后一台写的：木板让风刮跑了，今儿又挡了一回。';

test('[AU522] a tablet whose profile was copied: the later one says so on its own screen, both keep their words, the county is told', async ({
  playwright,
  launchOptions,
  browser,
  county,
}) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'daiban-clone-'));
  const [mine, copy] = [path.join(dir, 'mine'), path.join(dir, 'copy')];
  const open: BrowserContext[] = [];
  const launch = async (profile: string): Promise<BrowserContext> => {
    const context = await playwright.chromium.launchPersistentContext(profile, {
      ...launchOptions,
      ...{ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 800, height: 1280 } },
    });
    open.push(context);
    return context;
  };
  const pageOf = async (context: BrowserContext) => context.pages()[0] ?? context.newPage();
  try {
    const before = await launch(mine);
    const { vault } = await VaultPage.on(await pageOf(before), county);
    await vault.signIn(county.agent('A01'));
    const dv = await vault.dv();
    await before.close();
    cpSync(mine, copy, { recursive: true });

    /** A profile's tablet, opened with his sentence, writes to the same case in the yard. */
    const writes = async (profile: string, words: string) => {
      const context = await launch(profile);
      await context.setOffline(true);
      const vaulted = new VaultPage(new TabletPage(await pageOf(context), county));
      await vaulted.tablet.open();
      await vaulted.bySentence(SENTENCE);
      await expect(vaulted.list).toBeVisible();
      await vaulted.row.click();
      await vaulted.tablet.page.waitForURL(/\/case\/[\w-]{22}$/);
      const caseId = vaulted.tablet.page.url().split('/').at(-1) ?? '';
      await vaulted.tablet.supplement(words);
      await vaulted.tablet.link('我的单子').click();
      await vaulted.tablet.strip.click();
      expect(await vaulted.unsent()).toBe(1);
      await context.setOffline(false);
      return { vaulted, caseId };
    };
    const told = (of: VaultPage) => of.tablet.page.getByRole('heading', { name: '这台机器出过事' });
    const own = await writes(mine, FIRST);
    await expect.poll(() => own.vaulted.unsent()).toBe(0);
    const cloned = await writes(copy, SECOND);
    expect(cloned.caseId).toBe(own.caseId);

    // On its own screen, in words: what happened, that nothing is lost, and a number of its own.
    const { page } = cloned.vaulted.tablet;
    await expect(told(cloned.vaulted)).toBeVisible();
    await expect(page.getByText('另一台机器用了跟这台一样的号。两边的单子都在')).toBeVisible();
    await expect(page.getByText('没丢东西，县里已经知道了')).toBeVisible();
    await expect.poll(() => cloned.vaulted.unsent()).toBe(0);
    // The list of locks takes the new number at the next opening.
    await page.reload();
    await cloned.vaulted.bySentence(SENTENCE);
    await expect.poll(() => cloned.vaulted.dv()).not.toBe(dv);
    // The first one goes on under the number that it had, and is told nothing.
    await expect(told(own.vaulted)).toHaveCount(0);
    expect(await own.vaulted.dv()).toBe(dv);

    const desk = await DeskPage.signIn(browser, county, county.account({ role: 'director' }));
    await desk.page.goto(`${county.url}/desk/devices`);
    await expect(desk.page.getByText(/两台平板用过同一个号/).first()).toBeVisible();
    await desk.close();
    const registrar = await DeskPage.signIn(browser, county, county.account({ role: 'registrar' }));
    await registrar.openCase(own.caseId);
    for (const words of [FIRST, SECOND])
      await expect(registrar.page.locator('main').getByText(words)).toHaveCount(1);
    await registrar.close();
  } finally {
    for (const context of open) await context.close();
    rmSync(dir, { recursive: true, force: true });
  }
});
