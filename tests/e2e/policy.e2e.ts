import type { Page } from '@playwright/test';
import { sampleCaseId } from '../../src/lib/domain/samples/sample-ids.ts';
import { expect, test, type County } from './county.ts';
import { DeskPage } from './desk-page.ts';
import { IntakePage } from './intake-page.ts';
import { S01 } from './s01-story.ts';
import { photoWithExif, TabletPage } from './tablet-page.ts';

test.describe.configure({ timeout: 600_000 });

/** Every violation on the page, also before its own scripts run. */
async function watched(page: Page): Promise<string[]> {
  const seen: string[] = [];
  await page.exposeFunction('sawViolation', (line: string) => void seen.push(line));
  await page.addInitScript(() => {
    const { sawViolation } = globalThis as unknown as { sawViolation(line: string): void };
    document.addEventListener('securitypolicyviolation', (event) =>
      sawViolation(`${event.effectiveDirective} ${event.blockedURI} ${location.pathname}`),
    );
  });
  return seen;
}

/** What the administrator reads of it: the counts of the county. */
async function countedAtCounty(admin: DeskPage, county: County): Promise<string[]> {
  await admin.page.goto(`${county.url}/desk/settings`);
  const card = admin.page.getByRole('region', { name: '浏览器挡下的东西' });
  await expect(card).toBeVisible();
  return card.locator('tbody tr').allTextContents();
}

test('[EE25] a day of work breaks the policy nowhere: sign in, sound, photo, sending, print', async ({
  browser,
  page,
  county,
}) => {
  const seen = await watched(page);
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  const intake = new IntakePage(tablet);
  await intake.begin();
  await intake.notice();
  await intake.who(S01);
  await intake.reach();
  await tablet.record(2);
  await intake.words(S01);
  await intake.where([await photoWithExif(page, 30)]);
  await intake.prior();
  await intake.urgent();
  await intake.wants(S01);
  await intake.readBack();
  await tablet.sign();
  const { caseId } = await intake.take();
  expect((await page.pdf()).length).toBeGreaterThan(5_000);
  await tablet.sendEverything();
  // From the kept shell, too: its policy stands in the page.
  await page.reload();
  await expect(page.getByText(/件都已送达县里/).first()).toBeVisible();

  const reviewer = await DeskPage.signIn(browser, county, county.account({ role: 'reviewer' }));
  seen.push(...(await pagesOf(reviewer, county, caseId)));
  await reviewer.close();
  const leader = await DeskPage.signIn(browser, county, county.account({ role: 'leader' }));
  seen.push(...(await pagesOf(leader, county, null)));
  await leader.close();
  const admin = await DeskPage.signIn(browser, county, county.account({ role: 'admin' }));
  expect(seen).toEqual([]);
  expect(await countedAtCounty(admin, county)).toEqual([]);
  await admin.close();
});

/** Opens pages of the desk, the paper of a case among them, and prints it. */
async function pagesOf(desk: DeskPage, county: County, caseId: string | null): Promise<string[]> {
  const seen = await watched(desk.page);
  for (const path of ['', '/ledger', '/insight', '/supervision', '/settings'])
    await desk.page.goto(`${county.url}/desk${path}`);
  if (caseId !== null) {
    await desk.openCase(caseId);
    await expect(desk.page.getByLabel('录音')).toHaveCount(1);
    await desk.openCase(sampleCaseId('S03'));
    const paper = desk.page.locator('ul.papers a').first();
    await paper.click();
    await expect(desk.page.getByRole('button', { name: /打印/ })).toBeVisible();
    expect((await desk.page.pdf()).length).toBeGreaterThan(5_000);
  }
  return seen;
}

test('[EE26] a planted script does not run, on the desk or on the tablet, and the county counts it', async ({
  browser,
  page,
  county,
}) => {
  const plant =
    '<script>window.planted = 1</script><img src="x" onerror="window.planted = 2"></body>';
  county.gate.rewrites.set('/track', (body) =>
    Buffer.from(body.toString('utf8').replace('</body>', plant)),
  );
  const code = '?code=480000000001';
  county.gate.rewrites.set(`/track${code}`, (body) =>
    Buffer.from(body.toString('utf8').replace('</body>', plant)),
  );
  const seen = await watched(page);
  const reported = page.waitForRequest((asked) => asked.url().endsWith('/api/csp-report'));
  await page.goto(`${county.url}/track${code}`);
  await reported;
  const tablet = new TabletPage(page, county);
  await tablet.signIn(county.agent('A01'));
  await page.evaluate(() => {
    const script = document.createElement('script');
    try {
      script.textContent = 'window.planted = 3';
      document.body.append(script);
    } catch {
      // Trusted types already refused the text.
    }
    try {
      document.body.innerHTML += '<img src="x" onerror="window.planted = 4">';
    } catch {
      // As above.
    }
    try {
      new Worker('/media/planted');
    } catch {
      // Not a script of the build.
    }
  });
  expect(await page.evaluate(() => 'planted' in globalThis)).toBe(false);
  expect(seen.some((line) => line.startsWith('script-src-elem inline /track'))).toBe(true);
  expect(seen.some((line) => line.startsWith('require-trusted-types-for'))).toBe(true);

  const admin = await DeskPage.signIn(browser, county, county.account({ role: 'admin' }));
  await expect(async () => {
    const counted = (await countedAtCounty(admin, county)).join('\n');
    expect(counted).toMatch(/\/track\s*script-src-elem inline/);
    expect(counted).toMatch(/\/tablet\s*require-trusted-types-for trusted-types-sink/);
    expect(counted).not.toContain('480000000001');
  }).toPass({ timeout: 60_000 });
  expect(county.words).toMatch(/blocked by policy: script-src-elem inline on \/track /);
  expect(county.words).not.toContain('480000000001');
  await admin.close();
});

test('[EE26] the tablet stands in no frame, and the county takes so many reports of an address', async ({
  county,
}) => {
  const { headers } = await fetch(`${county.url}/tablet`);
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('content-security-policy')).toBe("frame-ancestors 'none'");
  const report = (body: string, type = 'application/csp-report') =>
    fetch(`${county.url}/api/csp-report`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
  expect((await report('{}')).status).toBe(400);
  expect((await report('x'.repeat(20_000))).status).toBe(413);
  expect((await report('{}', 'text/plain')).status).toBe(403);
  const one = JSON.stringify({
    'csp-report': {
      ...{ 'document-uri': `${county.url}/track`, 'effective-directive': 'img-src' },
      'blocked-uri': 'https://evil.example/',
    },
  });
  const answers: number[] = [];
  for (let n = 0; n < 25; n += 1) answers.push((await report(one)).status);
  expect(answers[0]).toBe(204);
  expect(answers.at(-1)).toBe(429);
  expect(answers.filter((status) => status === 204).length).toBeLessThanOrEqual(20);
});

test('[AU192] a page that breaks is replaced by the page of last resort, with its style, and nothing is refused', async ({
  page,
  county,
}) => {
  const seen = await watched(page);
  // Neither the page nor the frame that would say so can be had.
  await page.route('**/_app/immutable/nodes/*.js', (route) => route.abort());
  await page.goto(`${county.url}/desk/sign-in`);
  await expect(page.getByRole('heading', { name: '刚才那一下没办成' })).toBeVisible();
  await expect(page.getByText('前面存好的都在，没丢')).toBeVisible();
  expect(await page.locator('body').evaluate((body) => getComputedStyle(body).maxWidth)).not.toBe(
    'none',
  );
  expect(seen).toEqual([]);
});
