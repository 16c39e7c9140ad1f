/**
 * full: the county's data folder is filled up under load and freed again.
 *
 *     room ──load──▶ full: 507, nothing acked that does not stand, reads work ──freed──▶ goes on
 *
 * Nobody starts anything anew: the process must find back by itself.
 */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { by, type Attack, type AttackOptions } from '../attack.ts';
import { Load } from '../load.ts';
import { Marker } from '../markers.ts';
import { density, eventsAbove, judge } from '../oracle.ts';
import { Pace } from '../pace.ts';
import type { Place } from '../place.ts';
import { smallDisk, type SmallDisk } from '../small-disk.ts';
import type { HostProcess } from '../host-process.ts';

const MIB = 1024 * 1024;
/** Room for what the load itself writes in so many rounds: only the ballast may fill it. */
const DISK_MIB = { quick: 48, normal: 48, full: 512 };
const LEAVE_BYTES = 256 * 1024;
const TABLETS = 4;
const WAIT_MS = 20_000;
/** A planted county never says that it is full. */
const PLANTED_WAIT_MS = 2_500;
/** Refused exchanges of one full disk before it is freed. */
const REFUSED_MIN = 12;

interface Scene {
  readonly place: Place;
  readonly host: HostProcess;
  readonly disk: SmallDisk;
  readonly load: Load;
  readonly plant: boolean;
}

interface Tally {
  cycles: number;
  lostAtOnce: number;
  readsFailed: number;
  notRecovered: number;
}

async function until(fact: () => boolean, ms = WAIT_MS): Promise<boolean> {
  const end = performance.now() + ms;
  while (!fact() && performance.now() < end) await sleep(10);
  return fact();
}

async function readsFail(host: HostProcess): Promise<number> {
  const page = await fetch(`${host.origin}/desk`).catch(() => null);
  return page?.status === 200 && ((await page.json()) as { cases: number }).cases > 0 ? 0 : 1;
}

/** What was acked while the disk was full stands in the log. */
async function missing({ place, load }: Scene): Promise<number> {
  const promised = load.takeAcked();
  const stored = new Set((await eventsAbove(place)).map(({ id }) => id));
  return promised.filter((id) => !stored.has(id)).length;
}

async function cycle(scene: Scene, tally: Tally): Promise<void> {
  const { host, disk, load } = scene;
  const before = load.refusedExchanges;
  disk.fill(LEAVE_BYTES, host.pid);
  const ms = scene.plant ? PLANTED_WAIT_MS : WAIT_MS;
  if (await until(() => load.refusedExchanges >= before + REFUSED_MIN, ms)) tally.cycles++;
  tally.readsFailed += await readsFail(host);
  tally.lostAtOnce += await missing(scene);
  disk.free(host.pid);
  const acked = load.acked;
  if (!(await until(() => load.acked > acked)) || !host.alive) tally.notRecovered++;
}

const CYCLES = {
  quick: { most: 2, least: 2 },
  normal: { most: 8, least: 4 },
  full: { most: 60, least: 60 },
};

async function attack({ length, plant, place: make, say }: AttackOptions) {
  const pace = new Pace(length);
  const base = await make();
  const bytes = by(length, DISK_MIB) * MIB;
  const disk = smallDisk(path.join(base.dataDir, '..', `disk-${base.port}`), bytes);
  const dataDir = path.join(disk.dir, 'county');
  cpSync(base.dataDir, dataDir, { recursive: true });
  const place: Place = { ...base, dataDir };
  const host = base.host({ dataDir, ...(plant ? { plant: 'ackAnyway' } : {}) });
  const load = new Load({
    ...{ name: 'full', marks: new Marker('full'), tablets: TABLETS },
    origin: () => host.origin,
  });
  const planned = by(length, CYCLES);
  const tally: Tally = { cycles: 0, lostAtOnce: 0, readsFailed: 0, notRecovered: 0 };
  try {
    await host.start();
    load.start();
    await until(() => load.acked > 0);
    for (let round = 0; pace.more(round, planned); round++)
      await cycle({ place, host, disk, load, plant }, tally);
    await load.stop();
    const unsent = await load.drain();
    await host.stop();
    const { top, n } = await density(place);
    const found = await judge(place, load.promised);
    say(`full: ${disk.kind}, ${load.statuses}`);
    const no507 = disk.kind === 'tmpfs' && !load.statuses.includes('507') ? 1 : 0;
    const { lostAtOnce, cycles, ...zeros } = tally;
    return {
      ...{ attempts: cycles, minimum: planned.least },
      ...{ lost: found.lost + lostAtOnce, doubled: found.doubled, altered: found.altered },
      zeros: { ...zeros, unsent, refused: load.refused, holes: top - n, no507 },
      seen: {
        ...{ disk: disk.kind, refusedExchanges: load.refusedExchanges, acked: load.acked },
        ...{ promised: load.promised.length, exported: found.exported },
      },
    };
  } finally {
    await host.kill();
    disk.close();
  }
}

/** A full disk. */
export const full: Attack = attack;
