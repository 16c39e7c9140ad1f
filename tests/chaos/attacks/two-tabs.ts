/**
 * two-tabs: two windows of one profile on a line that cuts answers after the commit (FAULTS M1-M4).
 *
 *     both save and send at once ─▶ one dies with the lock ─▶ one is frozen with the lock
 *       ─▶ one draft in both ─▶ an old window under a newer database
 *
 * Whatever happens, every text stands at the county exactly once. The quick form ends with the draft
 * and leaves the frozen holder and the newer database to the others. Except in `--full` the clocks of
 * the frozen window and of the one that waits for it run faster, so that their minute takes a
 * second; a holder that lives says so sixty times as often, and is not robbed.
 */
import type { Page } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXCHANGE_PATH } from '../../../src/lib/protocol/version.ts';
import type { When } from '../../e2e/gate.ts';
import { by, type Attack, type AttackOptions } from '../attack.ts';
import { fastClock, twice } from '../chrome/chrome-plants.ts';
import type { Chromium } from '../chrome/chromium.ts';
import { Field, nextWords, saveButton, storeName, writeSupplement } from '../chrome/field.ts';
import { intakeOn } from '../chrome/intake.ts';
import { newerDatabase } from '../chrome/newer-database.ts';
import { Marker, type Marked } from '../markers.ts';
import { judge, judgeLog } from '../oracle.ts';
import { Pace } from '../pace.ts';

const SCREEN_MS_MAX = 15_000;
/** Save and exchange of the holder, on a machine with much other work. */
const HOLD_MS_MAX = 30_000;
const CUT_EVERY_MS = 300;
/** Of the clock: the holders that die and hang need the rest. */
const BOTH_SHARE = 0.5;
const ROUNDS = {
  planted: { most: 3, least: 3 },
  quick: { most: 1, least: 1 },
  normal: { most: 10, least: 5 },
  full: { most: 60, least: 60 },
};
const PLANT_SEND_MS_MAX = 10_000;
const CASES = 6;
/** The product waits a minute for a sign of life. */
const STEAL_MS_MAX = { fast: 20_000, real: 150_000 } as const;
const READ_ONLY = '这张草稿正在另一个窗口里写着';

interface Run {
  readonly field: Field;
  readonly chrome: Chromium;
  readonly cases: readonly string[];
  readonly marks: Marker;
  readonly promised: Marked[];
  cuts: number;
  /** Exchanges of the other window that came while the holder's was waited for. */
  others: number;
}

/** The form of one case, filled; `save` presses and waits for the case with its tick. */
async function fill(run: Run, page: Page, caseId: string) {
  const { typed, marked } = nextWords(run.marks);
  await writeSupplement(page, caseId, typed);
  return async (): Promise<void> => {
    await saveButton(page).click();
    await page.waitForURL(`**/tablet/case/${caseId}`, { timeout: SCREEN_MS_MAX });
    await page.locator('ol.ticks li[data-n="1"]:not(.none)').waitFor({ timeout: SCREEN_MS_MAX });
    run.promised.push(marked);
  };
}

const caseFor = (run: Run, n: number): string => run.cases[n % run.cases.length] ?? '';

/** Both windows save in the same moment, on one case or on two; answers are cut now and then. */
async function bothAtOnce(
  run: Run,
  pages: readonly [Page, Page],
  goesOn: (done: number) => boolean,
): Promise<number> {
  const arm = (): void =>
    void run.field.gate.cut(EXCHANGE_PATH, async () => {
      run.cuts++;
    });
  const cutting = setInterval(arm, CUT_EVERY_MS);
  let done = 0;
  for (; goesOn(done); done++) {
    const n = done;
    const saves = [
      await fill(run, pages[0], caseFor(run, n)),
      await fill(run, pages[1], caseFor(run, n + (n % 2))),
    ];
    await Promise.all(saves.map((save) => save()));
  }
  clearInterval(cutting);
  return done;
}

/** Requests of a window say which one it is. */
const WINDOW = 'x-window';

/** The holder's next exchange is committed, and its answer kept back: it holds the lock meanwhile. */
async function holdNext(run: Run, holder: Page) {
  const name = `holder-${run.cuts}-${run.promised.length}`;
  await holder.setExtraHTTPHeaders({ [WINDOW]: name });
  const held = Promise.withResolvers<undefined>();
  const free = Promise.withResolvers<undefined>();
  const when: When = (headers) => {
    const its = headers[WINDOW] === name;
    if (!its) run.others++;
    return its;
  };
  const keepBack = (): Promise<undefined> => {
    held.resolve(undefined);
    return free.promise;
  };
  void run.field.gate.cut(EXCHANGE_PATH, keepBack, when);
  const late = sleep(HOLD_MS_MAX, undefined, { ref: false }).then(() => {
    throw new Error('the window that saved never asked the county');
  });
  return { held: Promise.race([held.promise, late]), release: () => free.resolve(undefined) };
}

/** Whoever takes over: how long after the fate, or -1; `early` when it never waited for the lock. */
interface TakenOver {
  readonly ms: number;
  readonly early: number;
  release(): void;
}

/**
 * `holder` saves and hangs in its exchange; the other one saves and waits for the lock; `fate`
 * happens to the holder, before that save when `first`; the other one sends for both.
 */
async function takeOver(
  run: Run,
  tabs: { readonly holder: Page; readonly other: Page; readonly msMax: number },
  fate: { readonly first: boolean; strikes(): Promise<void> },
): Promise<TakenOver> {
  const saveOther = await fill(run, tabs.other, caseFor(run, 1));
  const saveFirst = await fill(run, tabs.holder, caseFor(run, 0));
  const { held, release } = await holdNext(run, tabs.holder);
  await saveFirst();
  await held;
  let asked = false;
  const sends = tabs.other.waitForRequest((r) => r.url().endsWith(EXCHANGE_PATH), {
    timeout: tabs.msMax,
  });
  const came = sends.then(
    () => (asked = true),
    () => false,
  );
  if (!fate.first) await saveOther();
  const early = asked ? 1 : 0;
  const from = performance.now();
  await fate.strikes();
  if (fate.first) await saveOther();
  return { ms: (await came) ? Math.round(performance.now() - from) : -1, early, release };
}

async function crash(run: Run, page: Page): Promise<void> {
  const cdp = await run.chrome.context.newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  void cdp.send('Page.crash').catch(() => undefined);
  await crashed;
}

/**
 * Stops every script of a window in front of its next step, as a hung one stops: its locks stay
 * its own. The driver keeps its windows visible, and `Page.setWebLifecycleState` freezes no
 * visible one: such a holder goes on giving signs of life.
 */
async function iceFor(run: Run, page: Page) {
  const cdp = await run.chrome.context.newCDPSession(page);
  await cdp.send('Debugger.enable');
  return {
    async freeze(this: void): Promise<void> {
      const stopped = new Promise((resolve) => cdp.once('Debugger.paused', resolve));
      await page.evaluate(untilIdle, await page.evaluate(storeName));
      await cdp.send('Debugger.pause');
      await stopped;
    },
    async thaw(this: void): Promise<void> {
      await cdp.send('Debugger.resume');
      await cdp.detach();
    },
  };
}

/** Runs in the page: until none of its transactions shuts the other window out of the store. */
async function untilIdle(name: string): Promise<void> {
  const request = indexedDB.open(name);
  await new Promise((resolve) => (request.onsuccess = resolve));
  const db = request.result;
  for (let n = 0; n < 5; n++) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    const alone = db.transaction([...db.objectStoreNames], 'readwrite');
    await new Promise((resolve) => (alone.oncomplete = resolve));
  }
  db.close();
}

/** One draft in both windows: the second says so, and its typing changes nothing. */
async function oneDraft(run: Run, [a, b]: readonly [Page, Page]): Promise<number> {
  const intake = intakeOn(a, run.field.url);
  await intake.begin();
  await intake.notice();
  const address = a.url();
  await b.goto(address);
  const told = await b
    .getByText(READ_ONLY)
    .waitFor({ timeout: SCREEN_MS_MAX })
    .then(
      () => true,
      () => false,
    );
  const name = (page: Page) => page.getByLabel('名字', { exact: true });
  await name(b)
    .fill('写不进去的名字', { timeout: 500 })
    .catch(() => undefined);
  await name(a).fill('周桂芹');
  await intake.next();
  await intake.at(3);
  await b.goto(`${run.field.url}/tablet`);
  await a.reload();
  await a.getByRole('button', { name: '返回', exact: true }).click();
  const kept = (await name(a).inputValue()) === '周桂芹';
  return told && kept ? 0 : 1;
}

/** One holder dies; the other window sends for both. */
async function deadHolder(run: Run, [a, b]: readonly [Page, Page]) {
  const dying = { holder: a, other: b, msMax: STEAL_MS_MAX.fast };
  const death = await takeOver(run, dying, { first: false, strikes: () => crash(run, a) });
  death.release();
  await a.close();
  return { besideTheLock: death.early, afterDeathMs: death.ms };
}

/** Another one hangs; the window that waits for it sends for both. Two windows that come and go. */
async function frozenHolder(run: Run, real: boolean) {
  const { context } = run.chrome;
  const [b, frozen] = [await context.newPage(), await context.newPage()];
  if (!real) for (const page of [b, frozen]) await page.addInitScript(fastClock);
  for (const page of [b, frozen]) await page.goto(`${run.field.url}/tablet`);
  const msMax = real ? STEAL_MS_MAX.real : STEAL_MS_MAX.fast;
  const ice = await iceFor(run, frozen);
  const freezing = { holder: frozen, other: b, msMax };
  const sleepy = await takeOver(run, freezing, { first: true, strikes: ice.freeze });
  sleepy.release();
  await ice.thaw();
  // In a fast clock a page takes seconds to load.
  await Promise.all([b.close(), frozen.close()]);
  return { afterFreezeMs: sleepy.ms };
}

async function attack({ length, plant, place: make, say }: AttackOptions) {
  const pace = new Pace(length);
  const place = await make();
  // The planted fault copies a row in clear to another place: a sealed one opens nowhere else.
  const field = await (plant ? Field.open(place, false, false) : Field.open(place));
  const chrome = await field.browser();
  if (plant) await chrome.context.addInitScript(twice);
  const a = await chrome.page();
  await field.signIn(a);
  const cases = await field.cases(a, CASES);
  const run: Run = {
    field,
    chrome,
    cases,
    marks: new Marker('tabs'),
    promised: [],
    cuts: 0,
    others: 0,
  };
  const b = await chrome.context.newPage();
  await b.goto(`${field.url}/tablet`);
  const planned = by(length, ROUNDS);
  const rounds = await bothAtOnce(run, [a, b], (done) => pace.more(done, planned, BOTH_SHARE));
  say(`two-tabs: ${rounds} times both at once, ${run.cuts} answers cut`);
  const dead = plant ? null : await deadHolder(run, [a, b]);
  const whole = !plant && length !== 'quick';
  const frozen = whole ? await frozenHolder(run, length === 'full') : null;
  const sent = await field.sendEverything(b, plant ? PLANT_SEND_MS_MAX : undefined);
  const c = await chrome.context.newPage();
  const draft = plant ? 0 : await oneDraft(run, [c, b]);
  const newer = whole ? await newerDatabase(run, [c, b]) : { zeros: {} };
  await sleep(200);
  await chrome.close();
  await field.county.kill();
  // No case was begun here: the ledger shows none of it, and is asked in the longer forms only.
  const found = await by(length, { quick: judgeLog, normal: judge, full: judge })(
    place,
    run.promised,
  );
  await field.close();
  const { afterDeathMs = 0, besideTheLock = 0 } = dead ?? {};
  const { afterFreezeMs = 0 } = frozen ?? {};
  const held = (dead ? 2 : 0) + (frozen ? 2 : 0);
  return {
    ...{ attempts: run.promised.length, minimum: planned.least * 2 + held },
    ...{ lost: found.lost, doubled: found.doubled, altered: found.altered },
    zeros: {
      ...{ unsent: sent ? 0 : 1, draftOverwritten: draft, besideTheLock },
      neverTakenOver: [afterDeathMs, afterFreezeMs].filter((ms) => ms < 0).length,
      ...newer.zeros,
    },
    seen: {
      ...{ cuts: run.cuts, others: run.others, afterDeathMs, afterFreezeMs },
      clock: length === 'full' ? 'real' : 'compressed',
    },
  };
}

/** Two windows of one profile. */
export const twoTabs: Attack = attack;
