import type { Kysely } from 'kysely';
import { expect, it } from 'vitest';
import { createRateLimiter } from '../../src/lib/server/auth/rate-limit.ts';
import { sharedLimiter } from '../../src/lib/server/auth/shared-limit.ts';
import type { Container } from '../../src/lib/server/container.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';
import { freshDatabase } from '../postgres.ts';
import { openNode } from './county.ts';

const limit = { name: 'test', perMinute: 6, burst: 2 };

it('[PG9] tries are counted for all nodes together, and exactly as one node would', async () => {
  const url = await freshDatabase();
  const nodes = [await openNode(url), await openNode(url)];
  let now = 1_000_000;
  const tables = ({ db }: Container) => db as unknown as Kysely<CountyTables>;
  const [one, two] = nodes.map(({ county }) => sharedLimiter(tables(county), () => now));
  const memory = createRateLimiter(() => now);
  if (one === undefined || two === undefined) throw new Error('two nodes');
  const steps = [0, 0, 0, 3_000, 9_999, 1, 0, 30_000, -20_000, 0, 0, 25_000, 60_000, 0, 0];
  for (const [n, step] of steps.entries()) {
    now += step;
    for (const key of ['a', 'b'])
      expect([n, await (n % 2 === 0 ? one : two).take(limit, key)]).toEqual([
        n,
        memory.take(limit, key),
      ]);
    if (n % 4 !== 3) continue;
    await (n % 8 === 3 ? one : two).give(limit, 'a');
    memory.give(limit, 'a');
  }
  const many = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? one : two).take(limit, 'c'));
  expect((await Promise.all(many)).filter((wait) => wait === 0)).toHaveLength(limit.burst);
  await Promise.all(nodes.map((node) => node.close()));
});
