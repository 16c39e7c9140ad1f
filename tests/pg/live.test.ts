import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRoom } from '../../src/lib/server/room.ts';
import { startPostgres, type Postgres } from '../postgres.ts';
import { openNode, Tablet } from './county.ts';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const ROUNDS = 10;

describe('open desk pages of one node', { timeout: 60_000 }, () => {
  it('[SY131] hear within a second that another node took something', async () => {
    const url = await postgres.createDatabase();
    const one = await openNode(url);
    const two = await openNode(url);
    const { live } = await openRoom(one.county);
    const stream = live.open({ personId: 'p', stillIn: () => Promise.resolve(true) });
    const reader = stream?.getReader();
    if (reader === undefined) throw new Error('a stream');
    const said = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await said()).toBe('retry: 2000\n\n');
    const delays: number[] = [];
    for (let n = 0; n < ROUNDS; n += 1) {
      const tablet = new Tablet(`v${n}`);
      tablet.save(1);
      await tablet.offer(two.county);
      const since = performance.now();
      expect(await Promise.race([said(), sleep(1_000, 'nothing')])).toBe(
        'event: moved\ndata: moved\n\n',
      );
      delays.push(performance.now() - since);
    }
    expect(delays).toHaveLength(ROUNDS);
    live.close();
    await two.close();
    await one.close();
  });
});
