/**
 * browser: kill -9 of Chromium within 50 ms of 已存本机, on the product's own screens, while the
 * tablet is without a line: what the screen said is saved exists nowhere else.
 *
 *     补充 or 接单 ─▶ 存好 ─▶ 已存本机 ─≤50 ms─▶ ☠ ─▶ same profile ─▶ it stands there, once
 *                                                              … at the end ─▶ line ─▶ county
 *
 * Every fourth life ends while it saves, before any tick: then all of it stands there or nothing.
 * strace counts what was written through to the disk between press and tick.
 */
import type { Page } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dice } from '../../../scripts/intake/texts.ts';
import { by, type Attack, type AttackOptions, type Figures } from '../attack.ts';
import { relaxed, writeBehind } from '../chrome/chrome-plants.ts';
import type { Chromium } from '../chrome/chromium.ts';
import { evict } from '../chrome/evict.ts';
import { Field, nextWords, saveButton, timesShown, writeSupplement } from '../chrome/field.ts';
import { storeFsyncs, unsynced } from '../chrome/fsyncs.ts';
import { numberOn, takeButton, tellCase } from '../chrome/intake.ts';
import { profiles } from '../chrome/profiles.ts';
import { hearTicks, type Tick } from '../chrome/tick.ts';
import { Marker, type Marked } from '../markers.ts';
import { judge } from '../oracle.ts';

const SEED = 20_260_722;
/** A kill counts when it fell within so many milliseconds of the tick. */
const WITHIN_MS = 50;
const KILL_AFTER_MS_MAX = 20;
const TICK_MS_MAX = 15_000;
/** Every so many lives the kill comes while it saves. */
const IN_THE_ACT_EVERY = 4;
const CASES = 12;
/** Kills wanted, the fewest that mean something, and how long a run may try. */
const LIVES = {
  quick: { kills: 2, atLeast: 1, livesMax: 8, ms: 5_000 },
  normal: { kills: 40, atLeast: 3, livesMax: 60, ms: 12_000 },
  full: { kills: 100, atLeast: 100, livesMax: 300, ms: 7_200_000 },
} as const;
/** A tablet with a planted fault may never get everything through. */
const PLANT_SEND_MS_MAX = 10_000;

interface Run {
  readonly field: Field;
  readonly marks: Marker;
  readonly promised: Marked[];
  readonly ticks: Tick[];
  readonly random: () => number;
  readonly plants: readonly (() => void)[];
  readonly tally: Tally;
}

interface Tally {
  kills: number;
  late: number;
  inTheAct: number;
  ofThoseThere: number;
  /** Acked, and not on the screen of the next life; shown twice; a tick that never came. */
  missing: number;
  twice: number;
  noTick: number;
  readonly afterMs: number[];
}

/** What was pressed last before a kill; `ticked` when the screen had said that it is saved. */
interface Last {
  readonly url: string;
  readonly marked: Marked;
  readonly ticked: boolean;
}

interface Life {
  readonly chrome: Chromium;
  readonly page: Page;
  /** The next tick, or null when none came. */
  tick(): Promise<Tick | null>;
}

async function begin(run: Run): Promise<Life> {
  const chrome = await run.field.browser();
  const heard: ((tick: Tick) => void)[] = [];
  await hearTicks(chrome.context, (tick) => {
    run.ticks.push(tick);
    heard.shift()?.(tick);
  });
  for (const plant of run.plants) await chrome.context.addInitScript(plant);
  return {
    ...{ chrome, page: await chrome.page() },
    tick: () =>
      Promise.race([
        new Promise<Tick>((resolve) => heard.push(resolve)),
        sleep(TICK_MS_MAX, null, { ref: false }),
      ]),
  };
}

/** Presses, waits for the tick, kills. */
async function killAtTick(run: Run, life: Life, press: () => Promise<void>): Promise<Tick | null> {
  const ticked = life.tick();
  void press().catch(() => undefined);
  const tick = await ticked;
  if (tick === null) {
    run.tally.noTick++;
    life.chrome.strike();
  } else {
    await sleep(run.random() * KILL_AFTER_MS_MAX);
    const after = life.chrome.strike() - tick.shownAt;
    run.tally.afterMs.push(after);
    if (after <= WITHIN_MS) run.tally.kills++;
    else run.tally.late++;
  }
  await life.chrome.gone();
  return tick;
}

/** One life: looks for what the last one left, saves, and is killed. */
async function live(run: Run, of: { n: number; caseId: string; last: Last | null }) {
  const life = await begin(run);
  const { page } = life;
  if (of.last) await lookFor(run, page, of.last);
  else await page.goto(`${run.field.url}/tablet`);
  const url = `${run.field.url}/tablet/case/${of.caseId}`;
  const { typed, marked } = nextWords(run.marks);
  await writeSupplement(page, of.caseId, typed);
  if (of.n % IN_THE_ACT_EVERY === IN_THE_ACT_EVERY - 1) {
    const before = run.ticks.length;
    void saveButton(page)
      .click()
      .catch(() => undefined);
    await sleep(run.random() * 120);
    life.chrome.strike();
    await life.chrome.gone();
    run.tally.inTheAct++;
    const ticked = run.ticks.length > before;
    if (ticked) run.promised.push(marked);
    return { url, marked, ticked };
  }
  const tick = await killAtTick(run, life, () => saveButton(page).click());
  if (tick) run.promised.push(marked);
  return { url, marked, ticked: tick !== null };
}

/** What was acked stands on its case, once; what was not may stand there, once, or not at all. */
async function lookFor(run: Run, page: Page, { url, marked, ticked }: Last): Promise<void> {
  const times = await timesShown(page, url, marked.marker);
  if (times > 1) run.tally.twice++;
  if (ticked && times === 0) run.tally.missing++;
  if (ticked || times === 0) return;
  run.tally.ofThoseThere++;
  run.promised.push(marked);
}

/** 接单 and a kill at its slip. */
async function liveIntake(run: Run, last: Last | null): Promise<Last | null> {
  const life = await begin(run);
  const { page } = life;
  if (last) await lookFor(run, page, last);
  const { typed, marked } = nextWords(run.marks);
  await tellCase(page, run.field.url, typed);
  const tick = await killAtTick(run, life, () => takeButton(page).click());
  if (tick === null) return null;
  run.promised.push({ ...marked, temporaryNumber: numberOn(tick.text) ?? 'no number on the slip' });
  return null;
}

async function lives(options: AttackOptions, plants: Run['plants']): Promise<Figures> {
  const { length, say } = options;
  const place = await options.place();
  const field = await Field.open(place, true);
  const tally = {
    ...{ kills: 0, late: 0, inTheAct: 0, ofThoseThere: 0, missing: 0, twice: 0, noTick: 0 },
    afterMs: [],
  };
  const run: Run = {
    ...{ field, marks: new Marker('browser'), promised: [], ticks: [], tally, plants },
    random: dice(SEED),
  };
  const first = await field.browser();
  const page = await first.page();
  await field.signIn(page);
  const cases = await field.cases(page, CASES);
  // Closed as a person closes it: the session's cookie is on the disk from here on.
  await first.close();
  field.line = false;
  const intakes = plants.length > 0 ? 0 : by(length, { quick: 1, normal: 1, full: 5 });
  let last: Last | null = null;
  for (let n = 0; n < intakes; n++) last = await liveIntake(run, last);
  // A kill that came late on a busy machine is no attempt; another life makes up for it.
  const { kills, atLeast, livesMax, ms } = by(length, LIVES);
  const until = performance.now() + ms;
  const enough = (): boolean =>
    tally.kills >= kills || (tally.kills >= atLeast && performance.now() > until);
  for (let n = 0; !enough() && n < livesMax; n++) {
    last = await live(run, { n, caseId: cases[n % cases.length] ?? '', last });
    if (n % 20 === 19) say(`browser: ${n + 1} lives, ${tally.kills} kills within ${WITHIN_MS} ms`);
  }
  const end = await begin(run);
  if (last) await lookFor(run, end.page, last);
  field.line = true;
  const sent = await field.sendEverything(
    end.page,
    plants.length > 0 ? PLANT_SEND_MS_MAX : undefined,
  );
  await end.chrome.close();
  const short = by(length, { quick: true, normal: false, full: false });
  const odd = short ? null : await profiles({ field, cases, marks: run.marks });
  run.promised.push(...(odd?.promised ?? []));
  const evicted = short ? null : await evict(field, cases[0] ?? '', run.marks);
  await field.county.kill();
  const found = await judge(place, run.promised);
  const fsyncs = field.straceFile === null ? null : storeFsyncs(field.straceFile);
  if (fsyncs === null) say('browser: fdatasyncs are not counted here (apt-get install strace)');
  await field.close();
  const lateMs = Math.max(0, ...tally.afterMs);
  return {
    ...{ attempts: tally.kills, minimum: by(length, LIVES).atLeast },
    ...{ lost: Math.max(found.lost, tally.missing), altered: found.altered },
    doubled: Math.max(found.doubled, tally.twice),
    zeros: {
      ...{ unsent: sent ? 0 : 1, noTick: tally.noTick },
      unsynced: fsyncs === null ? 0 : unsynced(run.ticks, fsyncs),
      ...{ ...odd?.zeros, ...evicted?.zeros },
    },
    seen: {
      ...{ saves: run.ticks.length, fdatasyncs: fsyncs?.length ?? null },
      ...{ latestKillMs: lateMs, lateKills: tally.late, inTheAct: tally.inTheAct },
      ...{ inTheActThere: tally.ofThoseThere, promised: run.promised.length },
      ...{ exported: found.exported, ...odd?.seen, ...evicted?.seen },
    },
  };
}

/**
 * Two faults at once, and each must be seen by what only it can do: a kill shows the cache before
 * the disk, strace shows that nobody waits for the disk.
 */
async function planted(options: AttackOptions): Promise<Figures> {
  const figures = await lives(options, [writeBehind, relaxed]);
  const soft = (figures.zeros?.['unsynced'] ?? 0) > 0 || figures.seen?.['fdatasyncs'] === null;
  if (figures.lost > 0 && soft) return figures;
  return { attempts: 0, minimum: 0, lost: 0, doubled: 0, altered: 0, seen: figures.seen ?? {} };
}

/** kill -9 of the browser at 已存本机. */
export const browser: Attack = (options) => (options.plant ? planted(options) : lives(options, []));
