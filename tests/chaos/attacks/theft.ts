/**
 * theft: a tablet with a lock is stolen. A day on the product's own screens puts a thousand markers
 * into it (names, numbers, words, drafts, searches, names of files, bytes of a photo and of a
 * recording, the secrets of the lock); then every file of the browser's profile is searched.
 *
 *     use ─▶ lock ─▶ log-out ─▶ kill -9        after each: grep of the raw profile, 0 hits
 *     tries ─☠─▶ counted        profile pasted back ─▶ tries again       wraps guessed at, offline
 *     at the end ─▶ line ─▶ county: everything that was saved, once
 *     an hour later ─▶ cookie, device id and pass from another machine: the county shows nothing
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { by, type Attack, type AttackOptions, type Figures } from '../attack.ts';
import { Chromium } from '../chrome/chromium.ts';
import { Field } from '../chrome/field.ts';
import { Marker } from '../markers.ts';
import { judge, judgeLog } from '../oracle.ts';
import { hearMedia, noisyPhoto } from '../theft/camera.ts';
import * as day from '../theft/day.ts';
import { guessOffline, type Guessed } from '../theft/guesses.ts';
import { Needles } from '../theft/needles.ts';
import { anHourLater, copyClear, replay } from '../theft/replay.ts';
import { searchProfile, type Hit, type Searched } from '../theft/profile.ts';
import { lateCount, nameInClear, noCipher } from '../theft/theft-plants.ts';
import {
  killBetweenTries,
  pasteBack,
  vaultOnDisk,
  type Killed,
  type Pasted,
} from '../theft/thief.ts';
import { cookiesWritten, putWitnesses } from '../theft/witnesses.ts';

const SEED = 20_260_608;
const MARKERS_MIN = 1_000;
const HITS_SAID_MAX = 12;
/** What a draft that nobody closes needs to come to the disk. */
const DRAFT_MS = 4_000;

const SIZES = {
  planted: { supplements: 0, markers: 0, searches: 0, kills: 1, pastes: 0, guessMs: 300 },
  quick: { supplements: 3, markers: 320, searches: 20, kills: 1, pastes: 0, guessMs: 300 },
  normal: { supplements: 5, markers: 200, searches: 20, kills: 2, pastes: 1, guessMs: 1_500 },
  full: { supplements: 40, markers: 300, searches: 200, kills: 40, pastes: 5, guessMs: 20_000 },
} as const;

/** Chromium writes cookies within half a minute: a grep that could not see them proves nothing. */
const FLUSH_MS = 35_000;
/** What all else needs: pages of the history ten seconds, values of a page five. */
const SOON_MS = 12_000;
const COOKIES_MS_MAX = 5_000;

/** One run with all it has seen. */
interface Run {
  readonly options: AttackOptions;
  readonly day: day.Day;
  readonly witnesses: readonly string[];
  /** When the witnesses were put, of `performance.now()`. */
  readonly since: number;
  readonly hits: Hit[];
  readonly stages: string[];
  readonly seen: Set<string>;
  bytes: number;
  files: number;
  unpacked: number;
  unread: number;
}

/** Searches the profile as it lies there in this moment. */
function steal(run: Run, stage: string): Searched {
  const { day, options } = run;
  const found = searchProfile(day.field.profile, day.needles.all);
  run.stages.push(stage);
  run.hits.push(...found.hits);
  for (const place of found.seen) run.seen.add(place);
  run.bytes += found.bytes;
  run.unpacked += found.unpacked;
  run.files += found.files;
  run.unread = found.unread;
  const said = Map.groupBy(
    found.hits,
    ({ file, pattern }) => `${pattern.needle.kind} as ${pattern.form} in ${file}`,
  );
  for (const [where, all] of [...said].slice(0, HITS_SAID_MAX))
    options.say(`theft: after ${stage}: ${all.length} times ${where}`);
  return found;
}

/** Everything a person does with a tablet between the sign-in and the end of the day. */
async function use(run: Run, on: day.Screens, photo: Buffer | null): Promise<void> {
  const { length } = run.options;
  const { supplements, markers, searches } = by(length, SIZES);
  const long = by(length, { quick: false, normal: true, full: true });
  for (let n = 0; n < supplements; n++) {
    // The first goes out at once, over the line; the others have none.
    if (n === 1) run.day.field.line = false;
    await day.supplement(run.day, on, { n, markers, ...(photo && n < 2 ? { photo } : {}) });
  }
  run.day.field.line = false;
  await day.search(run.day, on, searches);
  if (long) {
    const told = await day.tellDraft(run.day, on, { markers: 60, record: true });
    await day.take(run.day, on, told);
  }
}

async function wholeDay(run: Run, begun: { chrome: Chromium; page: Page }) {
  const { day: of, options } = run;
  const { chrome, page } = begun;
  const on = day.screensOn(page, of.field.url);
  await day.enrol(of, on);
  const short = by(options.length, { quick: true, normal: false, full: false });
  const photo = short ? null : await noisyPhoto(page, of.needles);
  await use(run, on, photo);
  await day.tellDraft(of, on, { markers: 60, record: false });
  if (!short) steal(run, 'use');
  await on.vault.lock();
  steal(run, 'lock');
  await on.vault.pad(day.PIN);
  await day.logOut(on);
  if (!short) steal(run, 'log-out');
  await page.goto(`${of.field.url}/tablet`);
  await day.open(on);
  await day.tellDraft(of, on, { markers: 60, record: false });
  const { field, needles } = of;
  const told = { profile: field.profile, needles, msMax: COOKIES_MS_MAX };
  const early = short && (await cookiesWritten(chrome.context, told));
  const left = (early ? SOON_MS : FLUSH_MS) - (performance.now() - run.since);
  options.say(`theft: the day took ${Math.round(performance.now() - run.since)} ms`);
  if (left > 0 && run.seen.size < run.witnesses.length) await sleep(left);
  chrome.strike();
  await chrome.gone();
  steal(run, 'kill');
}

async function begin(options: AttackOptions) {
  const place = await options.place();
  const field = await Field.open(place, false, true);
  const needles = new Needles(SEED);
  const chrome = await Chromium.open(field.profile);
  const page = await chrome.page();
  const witnesses = await putWitnesses(page, needles);
  await hearMedia(chrome.context, needles);
  const of: day.Day = {
    ...{ field, needles, marks: new Marker('theft'), promised: [], card: '', cases: [] },
  };
  const run: Run = {
    ...{ options, day: of, witnesses, hits: [], stages: [], seen: new Set<string>() },
    ...{ bytes: 0, files: 0, unpacked: 0, unread: 0, since: performance.now() },
  };
  return { place, run, chrome, page };
}

interface Tried {
  readonly killed: Killed;
  readonly pasted: Pasted;
  readonly guessed: Guessed;
}

/** The thief at work on what the kill left. */
async function rob(run: Run): Promise<Tried> {
  const { kills, pastes, guessMs } = by(run.options.length, SIZES);
  const killed = await killBetweenTries(run.day, kills);
  const pasted = await pasteBack(run.day, pastes);
  const vault = await vaultOnDisk(run.day);
  return { killed, pasted, guessed: await guessOffline(vault, run.day.card, guessMs) };
}

/** Distinct markers that were found, whatever form and however often. */
const distinct = (hits: readonly Hit[]): number =>
  new Set(hits.map(({ pattern }) => pattern.needle)).size;

async function stolen(options: AttackOptions): Promise<Figures> {
  const { place, run, chrome, page } = await begin(options);
  const { field, needles, promised } = run.day;
  await wholeDay(run, { chrome, page });
  const { killed, pasted, guessed } = await rob(run);
  const last = await Chromium.open(field.profile);
  const on = day.screensOn(await last.page(), field.url);
  await on.page.goto(`${field.url}/tablet`);
  await day.open(on);
  field.line = true;
  const sent = await day.sendEverything(run.day, on);
  const copied = await copyClear(on.page);
  await last.close();
  anHourLater(place.dataDir, { forget: false });
  const shown = await replay(field.url, copied, run.day.cases);
  steal(run, 'the end');
  await field.county.kill();
  const short = by(options.length, { quick: true, normal: false, full: false });
  const found = await (short ? judgeLog : judge)(place, promised);
  await field.close();
  const markers = needles.all.filter(({ kind }) => kind !== 'witness');
  const kinds = Object.fromEntries(
    [...Map.groupBy(markers, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length]),
  );
  const hoursByCard = Math.round(10 ** 6 / guessed.perSecond.card / 3_600);
  return {
    ...{ attempts: markers.length, minimum: MARKERS_MIN, ...found },
    zeros: {
      ...{ hits: distinct(run.hits), blind: run.witnesses.length - run.seen.size },
      ...{ unread: run.unread, freeTries: killed.free, noWait: pasted.noWait },
      ...{ opened: guessed.opened + pasted.opened, controlsShut: 2 - guessed.controls },
      unsent: sent ? 0 : 1,
      ...{ rowsFed: shown.rowsFed, receiptsShown: shown.receipts, namesTold: shown.names },
      replayUnheard: shown.asked - shown.answered,
    },
    seen: {
      ...{ markers: markers.length, kinds, stages: run.stages, searched: run.files },
      ...{ bytes: run.bytes, unpacked: run.unpacked, witnesses: run.witnesses.length },
      replays: shown.asked,
      ...{ promised: promised.length, kills: killed.kills, pastes: pasted.pastes },
      ...{ tries: pasted.tries, guesses: guessed.guesses, guessesPerSecond: guessed.perSecond },
      ...{ kdf: guessed.kdf, cardBits: 128, hoursForDigitsWithTheCard: hoursByCard },
    },
  };
}

/** Four faults, and each must be seen by what only it can do. */
async function planted(options: AttackOptions): Promise<Figures> {
  const { place, run, chrome, page } = await begin(options);
  const on = day.screensOn(page, run.day.field.url);
  await day.enrol(run.day, on);
  const copied = await copyClear(page);
  const broken = async (): Promise<void> => {
    await page.evaluate(nameInClear);
    await page.evaluate(noCipher);
  };
  await day.tellDraft(run.day, on, { markers: 60, record: false, broken });
  await page.waitForTimeout(DRAFT_MS);
  await chrome.close();
  const { hits } = steal(run, 'use with planted faults');
  const inFiles = (part: string): boolean => hits.some(({ file }) => file.includes(part));
  const { free } = await killBetweenTries(run.day, 1, lateCount);
  anHourLater(place.dataDir, { forget: true });
  run.day.field.line = true;
  const { rowsFed } = await replay(run.day.field.url, copied, []);
  await run.day.field.close();
  const nothing = { attempts: 0, minimum: 0, lost: 0, doubled: 0, altered: 0 };
  const all = inFiles('Local Storage') && inFiles('IndexedDB') && free > 0 && rowsFed > 0;
  const seen = { hits: distinct(hits), freeTries: free, rowsFed };
  return { ...nothing, zeros: all ? seen : { hits: 0, freeTries: 0, rowsFed: 0 } };
}

/** A stolen tablet with a lock. */
export const theft: Attack = (options) => (options.plant ? planted(options) : stolen(options));
