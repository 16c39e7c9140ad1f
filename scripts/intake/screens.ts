/** The part of the run through the real screens: Chromium, the built app, the network cut. */
import { chromium, expect, type Browser } from '@playwright/test';
import { existsSync } from 'node:fs';
import { assert } from '../../src/lib/domain/values.ts';
import type { County, DemoAccount } from '../../tests/e2e/county.ts';
import { IntakePage, type Told } from '../../tests/e2e/intake-page.ts';
import { TabletPage } from '../../tests/e2e/tablet-page.ts';
import type { CuttingProxy } from './cutting-proxy.ts';
import type { Weather } from './headless-run.ts';
import type { Spoken } from './texts.ts';
import type { Promised } from './verdict.ts';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const SEND_MS = 90_000;
/** A step on a screen that takes longer than this hangs. */
const STEP_MS = 20_000;

function launch(): Promise<Browser> {
  const executablePath = process.env['PW_CHROMIUM'] ?? BROWSERS.find((path) => existsSync(path));
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: [...asRoot, '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
}

interface Field {
  readonly origin: string;
  /** Whether the county gives this tablet a lock. */
  readonly vaults: boolean;
  readonly account: DemoAccount;
  readonly proxy: CuttingProxy;
  readonly weather: Weather;
}

const toldOf = (spoken: Spoken): Told => ({
  ...{
    name: `样本${spoken.id}`,
    group: '前屯',
    title: '烦心事',
    verbatim: spoken.typed,
    claims: ['给个说法'],
  },
});

/**
 * Takes the texts one by one through every screen of 接单. The first half without any signal, then
 * the signal comes and goes: it breaks in the middle of an intake and in the middle of an exchange.
 */
export async function takeThroughScreens(
  field: Field,
  texts: readonly Spoken[],
): Promise<readonly Promised[]> {
  const browser = await launch();
  try {
    const context = await browser.newContext({
      ...{ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 800, height: 1280 } },
    });
    context.setDefaultTimeout(STEP_MS);
    const county = { url: field.origin, vaults: field.vaults } as County;
    const tablet = new TabletPage(await context.newPage(), county);
    await tablet.signIn(field.account);
    const promised: Promised[] = [];
    for (const [i, spoken] of texts.entries()) {
      const signal = i >= texts.length / 2;
      await setSignal(field, tablet, signal && i % 2 === 0);
      promised.push(await takeOne(field, tablet, { spoken, flicker: signal, signs: i % 2 === 0 }));
    }
    await setSignal(field, tablet, true);
    field.weather.next = 'lost';
    await sendEverything(tablet);
    return promised;
  } finally {
    await browser.close();
  }
}

async function setSignal(field: Field, tablet: TabletPage, on: boolean): Promise<void> {
  field.proxy.open = on;
  if (!on) field.proxy.breakAll();
  await tablet.page.context().setOffline(!on);
}

async function takeOne(
  field: Field,
  tablet: TabletPage,
  of: { readonly spoken: Spoken; readonly flicker: boolean; readonly signs: boolean },
): Promise<Promised> {
  const told = toldOf(of.spoken);
  const intake = new IntakePage(tablet);
  await intake.begin();
  await intake.notice();
  await intake.who(told);
  await intake.reach();
  await intake.words(told);
  // The signal changes while the form is open: nothing on the screens may notice.
  if (of.flicker) await setSignal(field, tablet, !field.proxy.open);
  await intake.where([]);
  await intake.prior();
  await intake.urgent();
  await intake.wants(told);
  const right = tablet.button('对');
  while (await right.isVisible()) await right.click();
  if (of.signs) await tablet.sign();
  else await tablet.button(/^哪样都不留/).click();
  if (of.flicker) field.weather.next = 'answer';
  const { temporaryNumber } = await intake.take();
  return { temporaryNumber, spoken: of.spoken };
}

/** 送达情况 until the county's receipts cover everything. */
async function sendEverything(tablet: TabletPage): Promise<void> {
  const { page } = tablet;
  await tablet.open('/unsent');
  const now = tablet.button('现在试着送');
  const done = page.getByText(/件都已送达县里/).first();
  await expect(async () => {
    if (await now.isVisible()) await now.click({ timeout: 1_000 }).catch(() => undefined);
    await expect(done).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: SEND_MS });
  assert(await done.isVisible(), 'the screen says that everything arrived');
}
