/**
 * kill: kill -9 of the county process under load, again and again. After every kill the disk is
 * read before anybody may heal anything: what was acked must stand there.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { dice } from '../../../scripts/intake/texts.ts';
import { by, type Attack, type AttackOptions } from '../attack.ts';
import type { HostProcess } from '../host-process.ts';
import { Line } from '../line.ts';
import { Load } from '../load.ts';
import { Marker } from '../markers.ts';
import { density, DiskWatch, judge } from '../oracle.ts';
import type { Place } from '../place.ts';
import { Pace } from '../pace.ts';
import { partsGone } from './part-gone.ts';

const SEED = 20_260_609;
const TABLETS = 8;
/** Without any ack for so long, the next strike comes all the same. */
const SILENT_MS_MAX = 20_000;
/** A tablet is done with the answer of a county that is gone. */
const HEARD_MS_MAX = 1_000;
/** Life of one process under load, from its first answer on. */
const LIFE_MS = { least: 80, spread: 400 };
const KILLS = {
  planted: { most: 3, least: 3 },
  quick: { most: 4, least: 3 },
  normal: { most: 20, least: 10 },
  full: { most: 200, least: 200 },
};

/** Power goes: the county's process, on PostgreSQL also the database, alone or with it. */
async function strike(host: HostProcess, place: Place, round: number): Promise<void> {
  const { postgres } = place;
  const database = postgres !== null && round % 2 === 1;
  if (!database || round % 4 === 3) await host.kill();
  if (database) await postgres.kill();
}

/** The county dies between a cut body and its rest. */
async function killBetween(host: HostProcess, place: Place, times: number) {
  const line = await Line.open(() => place.port);
  const gone = async (address: string): Promise<string> => {
    await host.kill();
    await host.start();
    return address;
  };
  const found = await partsGone({ name: 'kill', line, gone }, times);
  await line.close();
  return found;
}

async function attack({ length, plant, place: make, say }: AttackOptions) {
  const pace = new Pace(length);
  const place = await make();
  const host = place.host(plant ? { plant: 'ackEarly' } : {});
  const random = dice(SEED);
  const planned = by(length, KILLS);
  let rounds = 0;
  const load = new Load({
    ...{ name: 'kill', marks: new Marker('kill'), tablets: TABLETS },
    origin: () => host.origin,
  });
  await host.start();
  load.start();
  const disk = new DiskWatch(place);
  for (let round = 0; pace.more(round, planned); round++) {
    rounds++;
    const acked = load.acked;
    const until = performance.now() + SILENT_MS_MAX;
    while (load.acked === acked && performance.now() < until) await sleep(2);
    await sleep(LIFE_MS.least + random() * LIFE_MS.spread);
    await strike(host, place, round);
    // Answers that had left before the kill are taken in before the disk is asked.
    await load.heard(HEARD_MS_MAX);
    const promised = load.takeAcked();
    const down = place.postgres && round % 2 === 1;
    if (down) await place.postgres.restart();
    await disk.look(promised);
    if (!host.alive) await host.start();
    if (round % 20 === 19) say(`kill: ${round + 1} kills, ${load.acked} events acked`);
  }
  await load.stop();
  const unsent = await load.drain();
  const between = await killBetween(host, place, by(length, { quick: 1, normal: 4, full: 20 }));
  await host.stop();
  const { top: last, n } = await density(place);
  const found = await judge(place, [...load.promised, ...between.promised]);
  return {
    ...{ attempts: rounds, minimum: by(length, KILLS).least },
    ...{ lost: found.lost + disk.lost, doubled: found.doubled, altered: found.altered },
    zeros: {
      unsent: unsent + between.unsent,
      refused: load.refused + between.refused,
      ...{ goneOtherwise: between.otherwise, tooFewGone: between.tooFewGone },
      holes: last - n,
      tooFewAcked: load.acked < rounds ? 1 : 0,
    },
    seen: {
      ...{ countyKills: host.kills, databaseKills: place.postgres ? Math.floor(rounds / 2) : 0 },
      ...{ acked: load.acked, exchanges: load.exchanges, brokenExchanges: load.broken },
      partsGone: between.partsGone,
      ...{ promised: load.promised.length, exported: found.exported },
    },
  };
}

/** kill -9 under load. */
export const kill: Attack = attack;
