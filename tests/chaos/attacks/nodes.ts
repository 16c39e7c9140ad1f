/**
 * nodes: two county processes on one PostgreSQL behind a round robin, every third exchange
 * delivered to both at the same moment, one of them killed with -9 again and again.
 */
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../scripts/intake/county-process.ts';
import { dice } from '../../../scripts/intake/texts.ts';
import type { Transport } from '../../../src/lib/ports/transport.ts';
import { by, type Attack, type AttackOptions } from '../attack.ts';
import { Line } from '../line.ts';
import { Load } from '../load.ts';
import { Marker } from '../markers.ts';
import { density, DiskWatch, judge } from '../oracle.ts';
import { Pace } from '../pace.ts';
import { partsGone } from './part-gone.ts';

const SEED = 20_260_610;
const TABLETS = 8;
const TWICE_EVERY = 3;
const LIFE_MS = { least: 150, spread: 500 };
const KILLS = {
  planted: { most: 3, least: 3 },
  quick: { most: 4, least: 3 },
  normal: { most: 16, least: 8 },
  full: { most: 200, least: 200 },
};
const SILENT_MS_MAX = 20_000;

async function attack({ length, plant, place: make, say }: AttackOptions) {
  const pace = new Pace(length);
  const place = await make();
  const fault = plant ? { plant: 'ackEarly' } : {};
  const second = `${place.dataDir}-second`;
  mkdirSync(second);
  const hosts = [
    place.host(fault),
    place.host({ ...fault, dataDir: second, port: await freePort() }),
  ] as const;
  let turn = 0;
  const nextOrigin = (): string => (hosts[turn++ % 2] ?? hosts[0]).origin;
  let deliveredTwice = 0;
  const doubling = (real: Transport): Transport => ({
    ...real,
    exchange: async (request) => {
      if (turn % TWICE_EVERY !== 0) return real.exchange(request);
      deliveredTwice++;
      const [first, other] = await Promise.all([real.exchange(request), real.exchange(request)]);
      return first.kind === 'reply' ? first : other;
    },
  });
  const load = new Load({
    ...{ name: 'nodes', marks: new Marker('nodes'), tablets: TABLETS },
    ...{ origin: nextOrigin, transport: doubling },
  });
  const random = dice(SEED);
  const disk = new DiskWatch(place);
  const planned = by(length, KILLS);
  for (const host of hosts) await host.start();
  load.start();
  for (let round = 0; pace.more(round, planned); round++) {
    const acked = load.acked;
    const until = performance.now() + SILENT_MS_MAX;
    while (load.acked === acked && performance.now() < until) await sleep(2);
    await sleep(LIFE_MS.least + random() * LIFE_MS.spread);
    const victim = hosts[round % 2] ?? hosts[0];
    await victim.kill();
    // The other node works on: what it has not committed yet is not acked either.
    await disk.look(load.takeAcked());
    await victim.start();
    if (round % 20 === 19) say(`nodes: ${round + 1} kills, ${load.acked} events acked`);
  }
  await load.stop();
  const unsent = await load.drain();
  // A part stays with the node that heard it: the question and the rest reach the other one.
  const line = await Line.open(() => hosts[0].port);
  const gone = async (address: string) => address.replace(line.origin, hosts[1].origin);
  const times = by(length, { planted: 1, quick: 3, normal: 10, full: 100 });
  const other = await partsGone({ name: 'nodes', line, gone }, times);
  await line.close();
  for (const host of hosts) await host.stop();
  const { top, n } = await density(place);
  const found = await judge(place, [...load.promised, ...other.promised]);
  return {
    ...{ attempts: load.acked, minimum: planned.least * 8 },
    ...{ lost: found.lost + disk.lost, doubled: found.doubled, altered: found.altered },
    zeros: {
      ...{ unsent: unsent + other.unsent, refused: load.refused + other.refused, holes: top - n },
      ...{ goneOtherwise: other.otherwise, tooFewGone: other.tooFewGone },
    },
    seen: {
      ...{ kills: hosts[0].kills + hosts[1].kills, deliveredTwice, exchanges: load.exchanges },
      partsGone: other.partsGone,
      ...{ promised: load.promised.length, exported: found.exported },
    },
  };
}

/** Two nodes, one log. */
export const nodes: Attack = attack;
