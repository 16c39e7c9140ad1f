/**
 * old-client: tablets that speak version 1 of the wire work beside tablets that speak today's, in
 * the hands of the same people, over a line that breaks; and today's tablets meet a county that
 * knows version 1 only, and then one that was brought up to date under them. Before that the
 * recorded traffic of version 1 is said again, byte for byte, to today's process.
 *
 *     old tablet ──1──▶ today's county ◀──2── new tablet          one person, one log, both see all
 *     new tablet ──2──▶ 415 ──1──▶ old county ─ brought up to date ─▶ a new start speaks 2
 */
import { dice } from '../../../scripts/intake/texts.ts';
import { EXCHANGE_MEDIA_TYPE, EXCHANGE_MEDIA_TYPE_2 } from '../../../src/lib/protocol/version.ts';
import { by, type Attack, type AttackOptions } from '../attack.ts';
import { oneConnectionFetch } from '../client-fetch.ts';
import { Line } from '../line.ts';
import { Marker, type Marked } from '../markers.ts';
import { density, judge } from '../oracle.ts';
import { Pace } from '../pace.ts';
import { PERSON_HEADER } from '../people.ts';
import { trustingBreaks } from '../plants.ts';
import { replayRecorded } from '../recorded.ts';
import { ChaosTablet } from '../tablet.ts';

const SEED = 20_260_611;
const ADDED = 3;
const STAYS = 4;
const BADNESS = 0.4;
const DRAIN_TRIES = 60;
/** Stories of the recorded traffic that the short form tells: a hole, a fork, a hand-over. */
const SHORT_STORIES = ['gap-and-fork', 'hand-over'];
/** Requests of those stories, of all. */
const REQUESTS = { short: 15, all: 45 };
/** What a county of that time says to a message it does not know. */
const UNKNOWN = JSON.stringify({ error: 'MEDIA_TYPE' });

interface Scene {
  readonly line: Line;
  readonly marks: Marker;
  readonly promised: Marked[];
  readonly random: () => number;
  readonly plant: boolean;
  readonly spoken: { 1: number; 2: number };
  fell: number;
}

/** `fetch` of a person; while `only1()` holds, nobody behind it knows version 2. */
function fetchOf(scene: Scene, person: string, only1: () => boolean): typeof fetch {
  const real = oneConnectionFetch({ [PERSON_HEADER]: person });
  return async (input, init = {}) => {
    const type = new Headers(init.headers).get('content-type');
    if (type === EXCHANGE_MEDIA_TYPE_2 && only1())
      return new Response(UNKNOWN, {
        status: 415,
        headers: { 'content-type': 'application/json' },
      });
    if (type === EXCHANGE_MEDIA_TYPE) scene.spoken[1]++;
    if (type === EXCHANGE_MEDIA_TYPE_2) scene.spoken[2]++;
    return real(input, init);
  };
}

async function newTablet(scene: Scene, person: string, only1: () => boolean): Promise<ChaosTablet> {
  const tablet = new ChaosTablet({
    ...{ name: person, origin: () => scene.line.origin },
    fetch: fetchOf(scene, person, only1),
    ...(scene.plant ? { transport: trustingBreaks } : {}),
  });
  await tablet.enrol();
  scene.promised.push(await tablet.take(scene.marks));
  return tablet;
}

/** One exchange over a bad line. */
async function tryOnce(scene: Scene, tablet: ChaosTablet): Promise<void> {
  const { line, random } = scene;
  const before = { unsent: tablet.unsent, cuts: line.cuts };
  if (random() < BADNESS) {
    const side = random() < 0.5 ? 'request' : 'answer';
    line.next = { side, at: Math.floor(random() * (side === 'request' ? 700 : 500)) };
  }
  const round = await tablet.round();
  line.next = null;
  const wasCut = line.cuts > before.cuts;
  if (wasCut && (round.kind === 'done' || tablet.unsent < before.unsent)) scene.fell++;
}

async function settle(tablets: readonly ChaosTablet[]): Promise<number> {
  let unsent = 0;
  for (const tablet of tablets) {
    for (let n = 0; n < DRAIN_TRIES && !(await tablet.drain()); n++);
    unsent += tablet.unsent;
  }
  return unsent;
}

/** One person with an old and a new tablet: everything of both reaches both. */
async function together(scene: Scene, n: number): Promise<{ unsent: number; unseen: number }> {
  const person = `old${n}`;
  const tablets = [
    await newTablet(scene, person, () => true),
    await newTablet(scene, person, () => false),
  ];
  for (let stay = 0; stay < STAYS; stay++)
    for (const tablet of tablets) {
      scene.promised.push(...(await tablet.add(scene.marks, ADDED)));
      await tryOnce(scene, tablet);
    }
  const unsent = (await settle(tablets)) + (await settle(tablets));
  const saved = new Set(tablets.flatMap((tablet) => tablet.ackedIds()));
  const unseen = tablets.flatMap((tablet) =>
    [...saved].filter((id) => !tablet.disk.events.has(id)),
  ).length;
  return { unsent, unseen };
}

/** A new tablet before an old county that is brought up to date under it. */
async function upgraded(scene: Scene, n: number): Promise<{ unsent: number; unseen: number }> {
  let old = true;
  const tablet = await newTablet(scene, `up${n}`, () => old);
  for (let stay = 0; stay < STAYS; stay++) {
    scene.promised.push(...(await tablet.add(scene.marks, ADDED)));
    await tryOnce(scene, tablet);
    if (stay === 1) old = false;
  }
  return { unsent: await settle([tablet]), unseen: 0 };
}

/** What old tablets said then, each request cut a few times before it is heard. */
async function recordedOf({ length, plant, emptyPlace }: AttackOptions) {
  const cutTries = by(length, { quick: 1, normal: 3, full: 40 });
  const only = by(length, { quick: SHORT_STORIES, normal: null, full: null });
  const random = dice(SEED);
  const told = await replayRecorded({ emptyPlace, random, only, cutTries, plant });
  const requests = only ? REQUESTS.short : REQUESTS.all;
  return { told, minimum: requests * (1 + cutTries) };
}

const PEOPLE = {
  planted: { most: 3, least: 3 },
  quick: { most: 10, least: 6 },
  normal: { most: 60, least: 20 },
  full: { most: 250, least: 250 },
};

async function attack(options: AttackOptions) {
  const { length, plant, place: make } = options;
  const pace = new Pace(length);
  const recorded = await recordedOf(options);
  const place = await make();
  const host = place.host();
  await host.start();
  const line = await Line.open(() => place.port);
  const scene: Scene = {
    ...{ line, marks: new Marker('old'), promised: [], random: dice(SEED), plant },
    ...{ spoken: { 1: 0, 2: 0 }, fell: 0 },
  };
  const planned = by(length, PEOPLE);
  let [unsent, unseen] = [0, 0];
  for (let n = 0; pace.more(n, planned); n++)
    for (const story of [together, upgraded]) {
      const left = await story(scene, n);
      unsent += left.unsent;
      unseen += left.unseen;
    }
  await line.close();
  await host.stop();
  const { top, n } = await density(place);
  const found = await judge(place, scene.promised);
  return {
    attempts: Math.min(scene.spoken[1], scene.spoken[2]) + recorded.told.asks,
    minimum: planned.least * 3 + recorded.minimum,
    lost: found.lost + recorded.told.lost,
    doubled: found.doubled + recorded.told.doubled,
    altered: found.altered + recorded.told.altered,
    zeros: {
      ...{ unsentFell: scene.fell, unsent, unseen, holes: top - n },
      otherEnd: recorded.told.otherEnd,
    },
    seen: {
      recorded: recorded.told.asks,
      ...{ exchanges1: scene.spoken[1], exchanges2: scene.spoken[2], cuts: line.cuts },
      ...{ promised: scene.promised.length, exported: found.exported },
    },
  };
}

/** Yesterday's tablets, today's county, and the reverse. */
export const oldClient: Attack = attack;
