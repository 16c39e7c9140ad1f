/**
 * restore: the county is put back to an older state while its tablets have gone on.
 *
 *     work ── copy ── more work, all acked ── put back ── a new tablet works first ── the others
 *
 * Four ways: announced; the database copied back and the high-water file left (the county must
 * refuse to start until somebody says so); both copied back; copied back without that file.
 * Everything that was ever saved is back exactly once after each. And two ways with a checked backup on
 * another disk that alone has a case which left its tablet (`restore-backed.ts`).
 */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runScript } from '../../../scripts/intake/county-process.ts';
import { by, type Attack, type AttackOptions } from '../attack.ts';
import type { HostProcess } from '../host-process.ts';
import { Marker, type Marked } from '../markers.ts';
import { density, judge, judgeLog } from '../oracle.ts';
import { Pace } from '../pace.ts';
import type { Place } from '../place.ts';
import { ChaosTablet } from '../tablet.ts';
import {
  BACKED_WAYS,
  backedRestore,
  copied,
  DATABASE,
  environment,
  whileDown,
} from './restore-backed.ts';

const WAYS = ['announced', 'database copied back', 'all copied back', 'no high water'] as const;
type Way = (typeof WAYS)[number];

const HIGH_WATER = 'high-water.json';
const EVENTS_PER_STAY = 3;
/** A tablet that has to look back needs a few exchanges more. */
const DRAIN_TRIES = 4;

interface Scene {
  readonly place: Place;
  readonly host: HostProcess;
  readonly marks: Marker;
  readonly promised: Marked[];
  readonly tablets: ChaosTablet[];
  readonly plant: boolean;
}

interface Tally {
  restores: number;
  /** A database below its high water was served without a word. */
  notRefused: number;
  unsent: number;
  lost: number;
  doubled: number;
  altered: number;
}

/** One stay of all tablets: a case, more words, everything sent and acked. */
async function stay(scene: Scene, tally: Tally): Promise<void> {
  for (const tablet of scene.tablets) {
    scene.promised.push(await tablet.take(scene.marks));
    scene.promised.push(...(await tablet.add(scene.marks, EVENTS_PER_STAY)));
  }
  await sendAll(scene, tally);
}

async function sendAll({ tablets, plant }: Scene, tally: Tally): Promise<void> {
  for (const tablet of tablets) {
    for (let n = 0; n < DRAIN_TRIES && !(await tablet.drain()); n++);
    tally.unsent += tablet.unsent;
    if (plant) forgetAcked(tablet);
  }
}

/** The planted fault: what the county has acked is thrown away on the tablet. */
function forgetAcked(tablet: ChaosTablet): void {
  for (const row of [...tablet.disk.events.values()])
    if (row.state === 'a') tablet.disk.events.delete(row.id);
}

async function newTablet(scene: Scene): Promise<ChaosTablet> {
  const tablet = new ChaosTablet({
    name: `restore${scene.tablets.length}`,
    origin: () => scene.host.origin,
  });
  scene.tablets.push(tablet);
  await tablet.enrol();
  return tablet;
}

/** The older state, as an operator would have it. */
async function copyAway(scene: Scene, to: string, way: Way): Promise<void> {
  const { host, place } = scene;
  if (way === 'announced') {
    mkdirSync(`${to}.backup`);
    const args = [`${to}.backup`, '--new-folder', '--plain'];
    await runScript('scripts/backup.ts', args, environment(place));
    return;
  }
  await host.stop();
  cpSync(place.dataDir, to, { recursive: true });
  await whileDown(place, (dir) => copied(dir, `${to}.postgres`));
  await host.start();
}

/** Puts it back; answers whether the county served an older past without being told. */
async function putBack(scene: Scene, from: string, way: Way): Promise<number> {
  const { host, place } = scene;
  await host.kill();
  if (way === 'announced') {
    await runScript('scripts/restore.ts', [`${from}.backup`, '--yes-older'], environment(place));
    await host.start();
    return 0;
  }
  for (const name of [...DATABASE, ...(way === 'all copied back' ? [HIGH_WATER] : [])]) {
    rmSync(path.join(place.dataDir, name), { force: true });
    if (existsSync(path.join(from, name)))
      cpSync(path.join(from, name), path.join(place.dataDir, name));
  }
  await whileDown(place, (dir) => copied(`${from}.postgres`, dir));
  if (way === 'no high water') rmSync(path.join(place.dataDir, HIGH_WATER), { force: true });
  if (way !== 'database copied back') {
    await host.start();
    return 0;
  }
  const served = await host.start().then(
    () => 1,
    () => 0,
  );
  await host.kill();
  await runScript('scripts/restore.ts', ['--announce'], environment(place));
  await host.start();
  return served;
}

/** The high-water file follows within a second; what it must know has to be written. */
const FOLLOWS_MS = 1_200;

async function oneRestore(scene: Scene, way: Way, tally: Tally): Promise<void> {
  const copy = `${scene.place.dataDir}-copy-${tally.restores}`;
  await stay(scene, tally);
  await copyAway(scene, copy, way);
  await stay(scene, tally);
  if (way === 'database copied back') await new Promise((done) => setTimeout(done, FOLLOWS_MS));
  tally.notRefused += await putBack(scene, copy, way);
  // Positions that the others hold acks for are taken by somebody else first.
  const first = await newTablet(scene);
  scene.promised.push(await first.take(scene.marks));
  await first.drain();
  await sendAll(scene, tally);
  const found = await judgeLog(scene.place, scene.promised);
  tally.lost += found.lost;
  tally.doubled += found.doubled;
  tally.altered += found.altered;
  tally.restores++;
  for (const end of ['', '.backup', '.postgres'])
    rmSync(`${copy}${end}`, { recursive: true, force: true });
}

const ROUNDS = {
  quick: { most: 1, least: 1 },
  normal: { most: 2, least: 1 },
  full: { most: 20, least: 20 },
};
/** Of the clock: a second round begins in the first half or not at all. */
const ROUNDS_SHARE = 0.4;

async function attack({ length, plant, place: make, say }: AttackOptions) {
  const pace = new Pace(length);
  const place = await make();
  const host = place.host();
  await host.start();
  const scene: Scene = {
    ...{ place, host, marks: new Marker('restore'), promised: [], tablets: [], plant },
  };
  const tally: Tally = {
    ...{ restores: 0, notRefused: 0, unsent: 0, lost: 0, doubled: 0, altered: 0 },
  };
  for (let n = 0; n < by(length, { planted: 1, quick: 2, normal: 6, full: 20 }); n++)
    await newTablet(scene);
  const planned = by(length, ROUNDS);
  for (let round = 0; pace.more(round, planned, ROUNDS_SHARE); round++)
    for (const way of WAYS) {
      await oneRestore(scene, way, tally);
      say(`restore: ${way}, ${scene.promised.length} promised so far`);
    }
  await host.stop();
  const backed = { attempts: 0, down: 0 };
  for (const way of BACKED_WAYS) {
    const one = await backedRestore(await make(), { way, plant });
    if (one.gone) backed.attempts++;
    backed.down += one.down;
    tally.notRefused += one.notRefused;
    tally.lost += one.lost;
    tally.doubled += one.doubled;
    tally.altered += one.altered;
    say(
      `restore: ${way}, a checked backup alone has a case: not refused ${one.notRefused}, lost ${one.lost}`,
    );
  }
  const { top, n } = await density(place);
  const found = await judge(place, scene.promised);
  const refused = scene.tablets.reduce((sum, tablet) => sum + tablet.refused, 0);
  return {
    ...{
      attempts: tally.restores + backed.attempts,
      minimum: planned.least * WAYS.length + BACKED_WAYS.length,
    },
    ...{ lost: tally.lost + found.lost, doubled: tally.doubled + found.doubled },
    altered: tally.altered + found.altered,
    zeros: {
      unsent: tally.unsent,
      refused,
      notRefused: tally.notRefused,
      holes: top - n,
      down: backed.down,
    },
    seen: {
      tablets: scene.tablets.length,
      promised: scene.promised.length,
      exported: found.exported,
    },
  };
}

/** An older state of the county comes back. */
export const restore: Attack = attack;
