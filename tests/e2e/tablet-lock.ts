/**
 * The lock of a tablet, for everything that drives the real screens: makes it at the sign-in, opens
 * it whenever it stands in the way, and walks inside the app so that it need not.
 */
import { expect, type Locator, type Page } from '@playwright/test';

/** Six digits that open again what was locked a short time ago, and the villager's curtain. */
export const PIN = '739264';
/** The words that open without a card. */
export const SENTENCE = '河边的老榆树下有口井水甜';

/** Making a lock on a machine with much other work. */
const MAKE_MS_MAX = 60_000;
const OPEN_MS_MAX = 30_000;

const button = (page: Page, name: string): Locator =>
  page.getByRole('button', { name, exact: true });

/** The lock screen's heading. */
export const lockedHeading = (page: Page): Locator =>
  page.getByRole('heading', { name: '锁着呢', level: 1 });

/** Six digits on the pad. */
export async function typePin(page: Page, pin: string): Promise<void> {
  const pad = page.getByRole('group', { name: '数字键' });
  for (const digit of pin) await pad.getByRole('button', { name: digit, exact: true }).click();
}

/** 上锁 without a card, from its first question to the list. */
export async function makeLock(page: Page): Promise<void> {
  await button(page, '开始').click();
  await page.getByRole('group', { name: '挑个记号' }).getByRole('button').first().click();
  await button(page, '下一问').click();
  await button(page, '不用胸牌，只用开锁话').click();
  await button(page, '下一问').click();
  await typePin(page, PIN);
  await typePin(page, PIN);
  await button(page, '下一问').click();
  await page.getByLabel('开锁话', { exact: true }).fill(SENTENCE);
  await page.getByLabel('开锁话，再写一遍').fill(SENTENCE);
  await button(page, '好了').click();
  await expect(page.getByRole('heading', { name: '锁好了' })).toBeVisible({ timeout: MAKE_MS_MAX });
  await button(page, '进去').click();
}

/** Opens by the sentence; the quick digits are gone with every reload. */
export async function openLock(page: Page): Promise<void> {
  const field = page.getByLabel('开锁话', { exact: true });
  if (!(await field.isVisible())) await button(page, '用开锁话').click();
  await field.fill(SENTENCE);
  await button(page, '开锁').click();
  await expect(lockedHeading(page)).toBeHidden({ timeout: OPEN_MS_MAX });
}

const waiting = new WeakSet<Page>();

/** While this runs the lock stays where it is: for what looks at the lock itself. */
export async function withoutOpening<T>(page: Page, run: () => Promise<T>): Promise<T> {
  waiting.add(page);
  try {
    return await run();
  } finally {
    waiting.delete(page);
  }
}

const watched = new WeakSet<Page>();

/** After a load: until something else than the lock stands there; its screens all have a heading. */
async function pastLock(page: Page): Promise<void> {
  if (waiting.has(page) || !new URL(page.url()).pathname.startsWith('/tablet')) return;
  const other = page.locator('h1', { hasNotText: '锁着呢' }).first();
  await other.waitFor({ timeout: OPEN_MS_MAX }).catch(() => undefined);
}

/** From here on a lock that stands in the way of this page is opened, as the agent would. */
export async function openByItself(page: Page): Promise<void> {
  if (watched.has(page)) return;
  watched.add(page);
  const open = async (): Promise<void> => {
    if (!waiting.has(page)) await openLock(page);
  };
  await page.addLocatorHandler(lockedHeading(page), open, { noWaitAfter: true });
  // What does not wait for an element meets no handler: a load ends when the lock is open.
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  page.goto = async (...args) => {
    const answer = await goto(...args);
    await pastLock(page);
    return answer;
  };
  page.reload = async (...args) => {
    const answer = await reload(...args);
    await pastLock(page);
    return answer;
  };
}

/**
 * To an address of the tablet by a link inside the app, which leaves the lock open; by loading it
 * where the app is not on the screen or stands there already.
 */
export async function walk(page: Page, url: string): Promise<void> {
  const to = new URL(url);
  const there = (at: URL): boolean => at.origin === to.origin && at.pathname === to.pathname;
  const now = URL.canParse(page.url()) ? new URL(page.url()) : null;
  const isKept = watched.has(page) && !waiting.has(page);
  const inside =
    isKept && now?.origin === to.origin && now.pathname.startsWith('/tablet') && !there(now);
  if (inside && (await page.evaluate(followLink, to.href))) {
    await page.waitForURL(there);
    return;
  }
  await page.goto(url);
}

/** Runs in the page: presses a link when the app is on the screen. */
function followLink(href: string): boolean {
  const heading = document.querySelector('h1')?.textContent.trim() ?? '';
  if (heading === '' || heading === '锁着呢' || document.querySelector('input.secret'))
    return false;
  const link = document.createElement('a');
  link.href = href;
  document.body.append(link);
  link.click();
  link.remove();
  return true;
}
