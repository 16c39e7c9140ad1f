import type { Page } from '@playwright/test';
import { expect, test } from './county.ts';
import { withoutOpening } from './tablet-lock.ts';
import { TabletPage } from './tablet-page.ts';

/** Runs in the page before anything of it: writes down each lock asked for until its first screen. */
function count(): void {
  const asked: string[] = [];
  const { locks } = navigator;
  const request = locks.request.bind(locks) as (...all: unknown[]) => Promise<unknown>;
  Object.assign(locks, {
    request: (...all: unknown[]) => {
      asked.push(String(all[0]));
      return request(...all);
    },
  });
  const done = new MutationObserver(() => {
    if (!document.querySelector('h1')) return;
    done.disconnect();
    Object.assign(globalThis, { beforeFirstScreen: [...asked] });
  });
  done.observe(document, { childList: true, subtree: true });
}

const told = (page: Page): Promise<readonly string[]> =>
  page.evaluate(
    () => (globalThis as unknown as { beforeFirstScreen: readonly string[] }).beforeFirstScreen,
  );

/** Runs in the page: takes every lock that anybody of the app holds or could hold, and keeps it. */
async function keepAllLocks(): Promise<number> {
  const { held = [] } = await navigator.locks.query();
  const names = new Set(['sync', ...held.map(({ name = '' }) => name)]);
  for (const name of names)
    await new Promise<void>((has) => {
      const forever = (): Promise<void> => (has(), new Promise<void>(() => undefined));
      void navigator.locks.request(name, { steal: true }, forever).catch(() => undefined);
    });
  return names.size;
}

test('[TB130] a second window of the same tablet shows its first screen without waiting for the first one', async ({
  page,
  context,
  county,
}) => {
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  // The first window holds everything it can hold, and answers nobody.
  expect(await page.evaluate(keepAllLocks)).toBeGreaterThan(0);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Debugger.enable');
  const stopped = new Promise((resolve) => cdp.once('Debugger.paused', resolve));
  await cdp.send('Debugger.pause');
  void page.evaluate(() => 0).catch(() => undefined);
  await stopped;

  const second = await context.newPage();
  await second.addInitScript(count);
  await withoutOpening(second, async () => {
    await second.goto(`${county.url}/tablet`);
    await expect(second.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await told(second)).toEqual([]);
  });
  await cdp.send('Debugger.resume');
  await second.close();
});
