/**
 * crowd: after an outage every tablet of the county sees a signal in the same moment, each with
 * ten events. The tablets' own loop spreads and retries them; somebody works at the desk meanwhile.
 *
 * 10,000 tablets spread over 120 s are 83 a second. Shorter runs have fewer tablets and a spread
 * shortened by as much, so that as many come in a second.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from '../../../src/lib/ports/transport.ts';
import { browserClock, browserDigest } from '../../../src/lib/tablet/browser.ts';
import { SyncLoop } from '../../../src/lib/tablet/sync-loop.ts';
import { squeezer } from '../../../src/lib/server/sync/squeezer.ts';
import { EVENT_SCHEMA } from '../../../src/lib/tablet/sync-start.ts';
import { by, type Attack, type AttackOptions } from '../attack.ts';
import type { HostProcess } from '../host-process.ts';
import { Marker, type Marked } from '../markers.ts';
import { judge } from '../oracle.ts';
import { ChaosTablet } from '../tablet.ts';

const COUNTY_TABLETS = 10_000;
const COUNTY_SPREAD_SECONDS = 120;
const EVENTS = 10;
/** An intake is so many of them. */
const INTAKE_EVENTS = 6;
/** The tablets' monotone clock jumps by so much: that long was the outage. */
const OUTAGE_MS = 3_600_000;
const ATTEMPTS_MAX = 1.5;
const DESK_P95_MS = 2_000;
/** A county on a busy machine tells its tablets to spread over up to two minutes. */
const PATIENCE_MS = 150_000;
/** Tablets made ready at the same time. */
const AT_ONCE = 16;
/** Every look counts the unsent events of all tablets. */
const LOOK_MS = 500;
const POLLER = path.join(import.meta.dirname, '..', 'desk-poller.ts');
/** The planted tablet gives up on an answer after so long and asks again at once. */
const IMPATIENT_MS = 1;

interface Member {
  readonly tablet: ChaosTablet;
  readonly loop: SyncLoop;
  attempts: number;
}

interface World {
  ticks: number;
  /** Only what is tried after the outage counts. */
  counting: boolean;
}

const impatient = (real: Transport): Transport => ({
  ...real,
  exchange: async (request) => {
    const late = sleep(IMPATIENT_MS).then(() => null);
    return (await Promise.race([real.exchange(request), late])) ?? real.exchange(request);
  },
});

function memberOf(tablet: ChaosTablet, world: World, plant: boolean): Member {
  const member: { tablet: ChaosTablet; loop: SyncLoop | null; attempts: number } = {
    ...{ tablet, loop: null, attempts: 0 },
  };
  const counted: Transport = {
    ...tablet.wire,
    exchange: (request) => {
      if (world.counting) member.attempts++;
      return tablet.wire.exchange(request);
    },
  };
  const { store, vault } = tablet;
  member.loop = new SyncLoop(
    {
      ...{ store, vault, clock: browserClock, digest: browserDigest, build: 'chaos' },
      ...{ transport: plant ? impatient(counted) : counted, schema: EVENT_SCHEMA },
      ticks: () => performance.now() + world.ticks,
      timer: (ms, call) => {
        const timer = setTimeout(call, ms);
        return () => clearTimeout(timer);
      },
      ...{ lock: (run) => run(() => true), dueOf: () => '' },
      enrolAgain: () => tablet.enrol(),
    },
    () => undefined,
  );
  return member as Member;
}

interface Field {
  readonly origin: () => string;
  readonly marks: Marker;
  readonly promised: Marked[];
  readonly world: World;
  readonly plant: boolean;
}

/** Enrolled, once in contact, then ten events saved without a signal. */
async function madeReady(field: Field, n: number): Promise<Member> {
  const tablet = new ChaosTablet({ name: `crowd${n}`, origin: field.origin, squeezer });
  await tablet.enrol();
  const member = memberOf(tablet, field.world, field.plant);
  member.loop.wake('start');
  await member.loop.settled();
  field.promised.push(await tablet.take(field.marks));
  const more = EVENTS - INTAKE_EVENTS;
  field.promised.push(...(await tablet.add(field.marks, more)));
  return member;
}

async function allReady(field: Field, count: number, say: (line: string) => void) {
  const members: Member[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) members.push(await madeReady(field, next++));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  say(`crowd: ${count} tablets with ${EVENTS} events each`);
  return members;
}

interface DeskTimes {
  readonly looks: number;
  readonly failed: number;
  readonly p50: number;
  readonly p95: number;
}

function deskWorks(host: HostProcess): () => Promise<DeskTimes> {
  const child = spawn(process.execPath, [POLLER, `${host.origin}/desk`]);
  const last = (): void => void child.kill('SIGKILL');
  process.once('exit', last);
  let words = '';
  child.stdout.on('data', (w) => (words += String(w)));
  return async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.stdin.end();
    await gone;
    process.off('exit', last);
    return JSON.parse(words) as DeskTimes;
  };
}

/** All wake at once; answers how long until the last one was done. */
async function wakeAll(members: readonly Member[], patienceMs: number): Promise<number> {
  const started = performance.now();
  for (const { loop } of members) loop.wake('online');
  const unsent = (): number => members.filter(({ tablet }) => tablet.unsent > 0).length;
  while (unsent() > 0 && performance.now() - started < patienceMs) await sleep(LOOK_MS);
  for (const { loop } of members) loop.stop();
  await Promise.all(members.map(({ loop }) => loop.settled()));
  return performance.now() - started;
}

async function attack({ length, plant, place: make, say }: AttackOptions) {
  const place = await make();
  const count = by(length, { planted: 80, quick: 150, normal: 1_500, full: COUNTY_TABLETS });
  const spread = Math.ceil((COUNTY_SPREAD_SECONDS * count) / COUNTY_TABLETS);
  const host = place.host({ spreadSeconds: spread });
  await host.start();
  const world: World = { ticks: 0, counting: false };
  const field: Field = {
    ...{ origin: () => host.origin, marks: new Marker('crowd'), promised: [], world, plant },
  };
  const members = await allReady(field, count, say);
  await host.kill();
  await host.start();
  world.ticks = OUTAGE_MS;
  world.counting = true;
  const desk = deskWorks(host);
  const tookMs = await wakeAll(members, spread * 1_000 * 3 + PATIENCE_MS);
  const times = await desk();
  const attempts = members.reduce((sum, one) => sum + one.attempts, 0);
  const unsent = members.reduce((sum, { tablet }) => sum + tablet.unsent, 0);
  const refused = members.reduce((sum, { tablet }) => sum + tablet.refused, 0);
  await host.stop();
  const found = await judge(place, field.promised);
  return {
    ...{ attempts, minimum: count },
    ...{ lost: found.lost, doubled: found.doubled, altered: found.altered },
    zeros: {
      ...{ unsent, refused, deskFailed: times.failed },
      tooManyAttempts: attempts > count * ATTEMPTS_MAX ? attempts - count : 0,
      deskTooSlow: times.p95 > DESK_P95_MS ? 1 : 0,
    },
    seen: {
      ...{ tablets: count, spreadSeconds: spread, allSentSeconds: Math.round(tookMs / 100) / 10 },
      attemptsEach: Math.round((attempts / count) * 1_000) / 1_000,
      ...{ deskLooks: times.looks, deskP50Ms: times.p50, deskP95Ms: times.p95 },
      ...{ promised: field.promised.length, exported: found.exported },
    },
  };
}

/** Everybody comes back at once. */
export const crowd: Attack = attack;
