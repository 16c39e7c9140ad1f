import type { Page } from '@playwright/test';
import { expect, test } from './county.ts';
import { VaultPage } from './vault-page.ts';

test.describe.configure({ timeout: 600_000 });

const WORDS = '井水还是浑的，烧开了也有味儿。';

/** How often this window asked the browser to wake the worker. */
const asks = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { asks: number }).asks);

/** Counts what the window asks for; the browser hears it all the same. */
async function countAsks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    type Manager = { prototype: { register(tag: string): Promise<void> } };
    const { SyncManager } = globalThis as unknown as { SyncManager: Manager };
    const register = SyncManager.prototype.register;
    Object.assign(globalThis, { asks: 0 });
    SyncManager.prototype.register = function (tag) {
      (globalThis as unknown as { asks: number }).asks += tag === 'outbox' ? 1 : 0;
      return register.call(this, tag);
    };
  });
}

test('[TB141] [TB140] with the vault locked and no window of the app open the worker brings what is unsent', async ({
  page,
  county,
  context,
}) => {
  const { tablet, vault } = await VaultPage.on(page, county);
  await countAsks(page);
  await vault.signIn(county.agent('A01'), { sign: 1 });
  expect(await asks(page)).toBe(0);
  // A page beside the app, for the look at the disk: the worker does not serve it.
  const away = await context.newPage();
  await away.goto(`${county.url}/healthz`);
  await page.bringToFront();
  await context.setOffline(true);
  await vault.row.click();
  await tablet.supplement(WORDS);
  await expect.poll(() => asks(page)).toBe(1);

  // The lock and the next start ask once more each: the browser may have given the first one up.
  await vault.lock();
  await expect.poll(() => asks(page)).toBe(2);
  await page.reload();
  await expect(vault.locked).toBeVisible();
  await expect.poll(() => asks(page)).toBe(1);
  expect(await vault.unsent()).toBe(1);

  // No window of the app is left, and the browser says that there is a network.
  await page.close();
  const outside = new VaultPage(Object.assign(Object.create(tablet), { page: away }));
  expect(await outside.unsent()).toBe(1);
  const devtools = await context.newCDPSession(away);
  let registrationId = '';
  devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    const own = registrations.find(({ scopeURL }) => scopeURL.endsWith('/tablet'));
    registrationId = own?.registrationId ?? registrationId;
  });
  await devtools.send('ServiceWorker.enable');
  await expect.poll(() => registrationId).not.toBe('');
  const brought: boolean[] = [];
  context.on('request', (request) => {
    if (request.url().endsWith('/api/sync/handin')) brought.push(request.serviceWorker() !== null);
  });
  await context.setOffline(false);
  await devtools.send('ServiceWorker.dispatchSyncEvent', {
    ...{ origin: county.url, registrationId, tag: 'outbox', lastChance: false },
  });
  await expect.poll(() => outside.unsent(), { timeout: 60_000 }).toBe(0);
  expect(brought).toContain(true);
  expect(brought).not.toContain(false);
});
