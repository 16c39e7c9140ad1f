/** The part of the run without a browser: takes, cuts, kills, until everything is sent. */
import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '../../src/lib/domain/values.ts';
import type { CountyProcess } from './county-process.ts';
import type { Fate } from './cutting-proxy.ts';
import { HeadlessTablet, honest, type Seams } from './headless-tablet.ts';
import { plantedSeams } from './plants.ts';
import type { Spoken } from './texts.ts';
import type { Promised } from './verdict.ts';

/** Cases taken in one stay without signal. */
const STAY = 8;
/** Tries to send after one stay; a dozen cuts in a row do not happen by chance. */
const TRIES_MAX = 60;
const BUSY_PAUSE_MS = 500;

/** Fates of the watched requests, asked by the proxy; the run sets how bad the link is. */
export interface Weather {
  /** One of these for the next exchange, then by chance. */
  next: Fate | null;
  badness: number;
  random: () => number;
  onCut: (fate: Fate) => void;
}

export const fateOf = (weather: Weather): Fate => {
  const forced = weather.next;
  weather.next = null;
  if (forced) return forced;
  if (weather.random() >= weather.badness) return 'pass';
  const cut = weather.random();
  return cut < 0.34 ? 'request' : cut < 0.67 ? 'lost' : 'answer';
};

export interface HeadlessResult {
  readonly promised: readonly Promised[];
  readonly exchanges: number;
  readonly tabKills: number;
}

interface Field {
  readonly county: CountyProcess;
  readonly origin: string;
  readonly weather: Weather;
  readonly plant: boolean;
}

/** Takes all texts on three tablets of two agents. */
export async function takeHeadless(
  field: Field,
  texts: readonly Spoken[],
): Promise<HeadlessResult> {
  const { county, origin, plant } = field;
  const agents = county.accounts('agent');
  const seams = plant ? plantedSeams() : honest;
  const tablets: HeadlessTablet[] = [];
  for (const [n, account] of [agents[0], agents[0], agents[1]].entries()) {
    assert(account, 'the demo has two agents');
    const setup = { database: `tablet-${n}`, origin, account, seams };
    const tablet = await HeadlessTablet.open(setup);
    await tablet.signIn();
    tablets.push(tablet);
  }
  const promised: Promised[] = [];
  let tabKills = 0;
  const stays = Math.ceil(texts.length / STAY);
  for (let stay = 0; stay < stays; stay++) {
    const tablet = tablets[stay % tablets.length] as HeadlessTablet;
    for (const [i, spoken] of texts.slice(stay * STAY, (stay + 1) * STAY).entries())
      promised.push(await tablet.take(spoken, i % 2 === 1));
    if (plant) await tablet.take(texts[stay * STAY] as Spoken, false);
    if (stay === Math.floor(stays / 2)) await killCountyDuring(field, tablet, 'lost');
    if (stay === Math.floor(stays / 4)) await killCountyDuring(field, tablet, 'request');
    if (stay % 3 === 1) {
      field.weather.next = 'lost';
      tablet.startSending();
      await tablet.killTab();
      tabKills++;
    }
    const last = stay === stays - 1;
    if (plant && last) await believeEverything(field, tablet, seams);
    else await sendAll(tablet);
  }
  const refused = await Promise.all(tablets.map((tablet) => tablet.refused()));
  assert(!refused.some(Boolean), `events were put aside: ${refused.join(', ')}`);
  const exchanges = tablets.reduce((sum, tablet) => sum + tablet.exchanges, 0);
  for (const tablet of tablets) tablet.close();
  return { promised, exchanges, tabKills };
}

async function sendAll(tablet: HeadlessTablet): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (await tablet.trySending()) return;
    if (tablet.isBusyAtCounty) await sleep(BUSY_PAUSE_MS);
  }
  assert(false, `${await tablet.unsent()} events are still unsent after ${TRIES_MAX} tries`);
}

/**
 * kill -9 while a request is half there, or after the county committed and before its answer left;
 * then it comes up again.
 */
async function killCountyDuring(
  field: Field,
  tablet: HeadlessTablet,
  when: 'request' | 'lost',
): Promise<void> {
  const { county, weather } = field;
  const dead = new Promise<void>((resolve, reject) => {
    weather.onCut = () => void county.kill().then(resolve, reject);
  });
  weather.next = when;
  await tablet.trySending();
  await dead;
  weather.onCut = () => undefined;
  assert(!(await tablet.trySending()), 'nothing is sent while the county is dead');
  await county.start();
}

/** The planted loss: half a request arrives, and the tablet takes the break for an ack. */
async function believeEverything(
  field: Field,
  tablet: HeadlessTablet,
  seams: Seams,
): Promise<void> {
  field.weather.next = 'request';
  Object.assign(seams, { armed: true });
  assert(await tablet.trySending(), 'the planted tablet believes that all is sent');
}
