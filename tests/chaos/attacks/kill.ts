/**
 * kill: kill -9 of the county process under load, again and again. After every kill the disk is
 * read before anybody may heal anything: what was acked must stand there.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { dice } from '../../../scripts/intake/texts.ts';
import { by, type Attack, type AttackOptions } from '../attack.ts';
import { Load } from '../load.ts';
import { Marker } from '../markers.ts';
import { density, eventsAbove, judge } from '../oracle.ts';

const SEED = 20_260_609;
const TABLETS = 8;
/** Life of one process under load, from its first answer on. */
const LIFE_MS = { least: 80, spread: 400 };

async function attack({ length, plant, place: make, say }: AttackOptions) {
  const place = await make();
  const host = place.host(plant ? { plant: 'ackEarly' } : {});
  const random = dice(SEED);
  const rounds = by(length, { quick: 4, normal: 20, full: 200 });
  const load = new Load({
    ...{ name: 'kill', marks: new Marker('kill'), tablets: TABLETS },
    origin: () => host.origin,
  });
  await host.start();
  load.start();
  let lostAtOnce = 0;
  let top = 0;
  for (let round = 0; round < rounds; round++) {
    const acked = load.acked;
    while (load.acked === acked) await sleep(2);
    await sleep(LIFE_MS.least + random() * LIFE_MS.spread);
    await host.kill();
    // Answers that had left before the kill are taken in before the disk is asked.
    await sleep(60);
    const promised = load.takeAcked();
    const rows = await eventsAbove(place, top);
    const stored = new Set(rows.map(({ id }) => id));
    lostAtOnce += promised.filter((id) => !stored.has(id)).length;
    // Acks that are still on their way to us belong to rows not far below the top.
    top = Math.max(top, (rows.at(-1)?.seq ?? 0) - 2_000);
    await host.start();
    if (round % 20 === 19) say(`kill: ${host.kills} kills, ${load.acked} events acked`);
  }
  await load.stop();
  const unsent = await load.drain();
  await host.stop();
  const { top: last, n } = await density(place);
  const found = await judge(place, load.promised);
  return {
    ...{ attempts: host.kills, minimum: by(length, { quick: 4, normal: 20, full: 200 }) },
    ...{ lost: found.lost + lostAtOnce, doubled: found.doubled, altered: found.altered },
    zeros: { unsent, refused: load.refused, holes: last - n },
    seen: {
      ...{ acked: load.acked, exchanges: load.exchanges, brokenExchanges: load.broken },
      ...{ promised: load.promised.length, exported: found.exported },
    },
  };
}

/** kill -9 under load. */
export const kill: Attack = attack;
