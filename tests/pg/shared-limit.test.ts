import type { Kysely } from 'kysely';
import { expect, it } from 'vitest';
import { createRateLimiter, LIMITS } from '../../src/lib/server/auth/rate-limit.ts';
import { sharedLimiter, SWEPT_EVERY } from '../../src/lib/server/auth/shared-limit.ts';
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

it('[AU399] what is old is swept by its own limit: twenty wrong names a day stay twenty', async () => {
  const node = await openNode(await freshDatabase());
  let now = 1_800_000_000_000;
  const db = node.county.db as unknown as Kysely<CountyTables>;
  const limiter = sharedLimiter(db, () => now);
  const day = LIMITS.trackWrong;
  for (let n = 0; n < day.burst; n += 1) expect(await limiter.take(day, 'code')).toBe(0);
  for (let n = 0; n < 30; n += 1) await limiter.take(LIMITS.trackCode, `other ${n}`);
  // As an earlier version wrote it.
  const older = { id: 'o'.repeat(43), tokens: 0, at_ms: now, allowed: 0 };
  await db.insertInto('rate_bucket').values(older).execute();
  const asked = async () => {
    const hit = [];
    for (let n = 0; n < day.burst; n += 1) hit.push((await limiter.take(day, 'code')) === 0);
    return hit.filter(Boolean).length;
  };
  const ids = async () =>
    (await db.selectFrom('rate_bucket').select('id').execute()).map((r) => r.id);
  now += 2 * 3_600_000;
  for (let n = 0; n < SWEPT_EVERY; n += 1) await limiter.take(LIMITS.trackAddress, 'one');
  expect(await asked()).toBe(1);
  expect(await ids()).toHaveLength(3);
  now += 25 * 3_600_000;
  for (let n = 0; n < SWEPT_EVERY; n += 1) await limiter.take(LIMITS.trackAddress, 'one');
  expect(await ids()).toHaveLength(1);
  expect(await asked()).toBe(day.burst);
  await node.close();
});
