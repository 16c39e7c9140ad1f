import type { Page } from '@playwright/test';
import { expect, test } from './county.ts';
import { IntakePage } from './intake-page.ts';
import { TabletPage } from './tablet-page.ts';

/** Every file that the worker keeps, with the hash of its bytes: the shell as it lies on disk. */
const shellOf = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => {
    // The page of last resort has a worker of its own, which comes a moment later.
    while (!(await caches.match('/rescue.js'))) await new Promise((go) => setTimeout(go, 50));
    const found: string[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const body = await (await cache.match(request))?.arrayBuffer();
        const hash = await crypto.subtle.digest('SHA-256', body ?? new ArrayBuffer(0));
        const hex = [...new Uint8Array(hash)].map((b) => b.toString(16).padStart(2, '0'));
        found.push(`${name} ${new URL(request.url).pathname} ${hex.join('')}`);
      }
    }
    return found.sort();
  });

/** Looks for a new build and waits for what becomes of its worker. */
const installed = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    const next = registration.installing ?? registration.waiting;
    if (!next) return 'nothing new';
    while (next.state === 'installing')
      await new Promise((resolve) => next.addEventListener('statechange', resolve, { once: true }));
    return next.state;
  });

const seconds = (clock: string): number => {
  const [minutes = 0, rest = 0] = clock.split(':').map(Number);
  return minutes * 60 + rest;
};

test.describe('airplane mode', () => {
  test('[EE3] after one visit the tablet opens, reloads and deep-links without a network', async ({
    page,
    county,
  }) => {
    const tablet = new TabletPage(page, county);
    await tablet.signIn(county.agent('A01'));
    const first = page.locator('ul.list a.row').first();
    await expect(first).toBeVisible();
    const href = (await first.getAttribute('href')) ?? '';
    await tablet.goOffline();

    await page.reload();
    await expect(page.getByRole('heading', { name: '我的单子', level: 1 })).toBeVisible();
    const places = ['/settings', '/unsent', '/tasks', '/hazard', '/life', href.slice(7)];
    for (const place of places) {
      await tablet.open(place);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await page.reload();
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    }
    const again = await page.context().newPage();
    await again.goto(`${county.url}${href}`);
    await expect(again.getByRole('heading', { name: '案件', level: 1 })).toBeVisible();
  });

  test('[EE15] only the tablet has a worker: others never fetch its files', async ({
    page,
    county,
  }) => {
    const workers = () =>
      page.evaluate(async () =>
        (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
      );
    for (const place of ['/track', '/desk/sign-in', '/']) {
      await page.goto(`${county.url}${place}`, { waitUntil: 'networkidle' });
      expect(await workers()).toEqual([]);
    }
    await page.goto(`${county.url}/tablet`);
    await page.evaluate(() => navigator.serviceWorker.ready);
    const scopes = [`${county.url}/rescue`, `${county.url}/tablet`];
    await expect.poll(async () => (await workers()).toSorted()).toEqual(scopes);
  });

  test('[EE4] the answer about lasting storage stands in 设置', async ({ page, county }) => {
    const tablet = new TabletPage(page, county);
    await tablet.signIn(county.agent('A01'));
    await tablet.open('/settings');
    const persisted = await page.evaluate(() => navigator.storage.persisted());
    await expect(page.getByText(persisted ? '机器答应了不自己清掉' : /^机器没答应/)).toBeVisible();
    await expect(page.getByText(/^用了 .+，一共能用 /)).toBeVisible();
  });

  test('[EE5] a portal that says 200 to everything turns nothing green and replaces nothing', async ({
    page,
    county,
  }) => {
    const tablet = new TabletPage(page, county);
    await tablet.signIn(county.agent('A01'));
    const href = (await page.locator('ul.list a.row').first().getAttribute('href')) ?? '';
    const before = await shellOf(page);
    expect(before.length).toBeGreaterThan(10);

    county.gate.mode = 'portal';
    await tablet.act(href.split('/').at(-1) ?? '', '补充');
    await page.getByLabel(/^补啥，照[她他]说的写$/).fill('昨儿个又下雨了，黄汤子淌到井沿了。');
    await tablet.button('存好补充').click();
    await expect(page.getByText('昨儿个又下雨了').first()).toBeVisible();
    await tablet.open('/unsent');
    const asked = county.gate.portalAnswers;
    await tablet.button('现在试着送').click();
    await expect(page.getByText(/^连上的不是县里/).first()).toBeVisible();
    await expect.poll(() => county.gate.portalAnswers).toBeGreaterThan(asked);

    const update = await page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const outcome = await registration.update().then(
        () => 'updated',
        () => 'refused',
      );
      return { outcome, waiting: registration.waiting !== null };
    });
    expect(update).toEqual({ outcome: 'refused', waiting: false });
    for (let n = 0; n < 3; n += 1) await page.reload();
    await tablet.open();
    await expect(tablet.strip).toContainText('1 件还在机器里');
    await expect(tablet.strip).not.toHaveAttribute('data-tone', 'quiet');
    expect(await shellOf(page)).toEqual(before);

    county.gate.mode = 'open';
    await tablet.sendEverything();
  });

  test('[EE6] a new build waits while a form is open, and a broken one never comes in', async ({
    page,
    county,
  }) => {
    const tablet = new TabletPage(page, county);
    await tablet.signIn(county.agent('A01'));
    const before = await shellOf(page);
    const intake = new IntakePage(tablet);
    await intake.begin();

    // A build one of whose files is not what its list says: nothing of it may come in.
    county.gate.rewrites.set('/service-worker.js', (body) => {
      const text = body.toString('utf8');
      const version = /"version":"([^"]+)"/.exec(text)?.[1] ?? '';
      expect(version).not.toBe('');
      return Buffer.from(
        text
          .replace(`"version":"${version}"`, `"version":"${version}-broken"`)
          .replace(/"sha256":"[0-9a-f]{64}"/, `"sha256":"${'0'.repeat(64)}"`),
      );
    });
    expect(await installed(page)).toBe('redundant');
    expect(await shellOf(page)).toEqual(before);

    county.gate.rewrites.set('/service-worker.js', (body) =>
      Buffer.concat([body, Buffer.from('\n// a later build\n')]),
    );
    // The page may still be shown the worker that was refused when it asks for the next one.
    await expect(async () => expect(await installed(page)).toBe('installed')).toPass();
    await page.reload();
    await intake.at(1);
    const state = () =>
      page.evaluate(async () => (await navigator.serviceWorker.ready).waiting?.state ?? 'none');
    expect(await state()).toBe('installed');
    const form = await page.context().newPage();
    await form.goto(`${county.url}/tablet/settings`);
    await form.getByRole('button', { name: '换上新版本' }).click();
    await expect(form.getByText(/写完再换/).first()).toBeVisible();
    expect(await state()).toBe('installed');

    await tablet.button('先放着').click();
    await expect(tablet.link('接单')).toBeVisible();
    // The form is let go of a moment after its page has gone: asked before, it still waits.
    await expect(async () => {
      const now = form.getByRole('button', { name: '换上新版本' });
      if (await now.isVisible()) await now.click({ timeout: 1_000 });
      expect(await state()).toBe('none');
    }).toPass();
    expect((await shellOf(page)).length).toBeGreaterThanOrEqual(before.length);
  });
});

test.describe('a tab that dies, a tab too many', () => {
  test('[EE7] a killed tab loses at most two seconds of a recording', async ({ page, county }) => {
    const tablet = new TabletPage(page, county);
    await tablet.signIn(county.agent('A01'));
    await tablet.goOffline();
    const intake = new IntakePage(tablet);
    await intake.begin();
    await intake.notice();
    await tablet.button('下一问').click();
    await tablet.button('下一问').click();
    await intake.at(4);
    await tablet.button('点一下说').click();
    await expect(page.getByRole('timer')).toHaveText(/0:0[5-9]/, { timeout: 60_000 });
    const shown = seconds((await page.getByRole('timer').textContent()) ?? '');
    const address = page.url();
    const cdp = await page.context().newCDPSession(page);
    const crashed = page.waitForEvent('crash');
    void cdp.send('Page.crash').catch(() => undefined);
    await crashed;

    const next = await page.context().newPage();
    await next.goto(address);
    const told = next.getByText(/^上回没关好的录音找回来了：/);
    await expect(told).toBeVisible();
    const kept = seconds(/[\d:]+$/.exec((await told.textContent()) ?? '')?.[0] ?? '');
    expect(shown).toBeGreaterThanOrEqual(5);
    expect(kept).toBeGreaterThanOrEqual(shown - 2);
  });

  test('[EE8] a draft that is open in one tab is read-only in the next', async ({
    page,
    county,
  }) => {
    const tablet = new TabletPage(page, county);
    await tablet.signIn(county.agent('A01'));
    const intake = new IntakePage(tablet);
    await intake.begin();
    await intake.notice();
    const second = await page.context().newPage();
    await second.goto(page.url());
    await expect(second.getByText('这张草稿正在另一个窗口里写着')).toBeVisible();
    await second.getByLabel('名字', { exact: true }).fill('写不进去的名字');
    await second.getByRole('button', { name: '下一问' }).click();
    await page.getByLabel('名字', { exact: true }).fill('周桂芹');
    await intake.next();
    await intake.at(3);
    await page.reload();
    await tablet.button('返回').click();
    await expect(page.getByLabel('名字', { exact: true })).toHaveValue('周桂芹');

    await page.close();
    await second.reload();
    await expect(second.getByText('这张草稿正在另一个窗口里写着')).toHaveCount(0);
  });
});
