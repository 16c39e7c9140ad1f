import { afterAll, beforeAll, expect, it } from 'vitest';
import { insightOf } from '../../src/lib/server/desk/insight.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

it('[AU24] the figures cover the area of the person, each with its two counts', async () => {
  const { desk } = county.room;
  const office = await insightOf(desk, await county.person('juzhang'), 'year');
  // 18 open ones of the samples and eight of the demo's own; the one sealed case is not told.
  expect(office.registered).toBe(26);
  const tile = office.tiles.find((one) => one.id === 'satisfiedUnit');
  expect(tile).toMatchObject({ numerator: 11, denominator: 12, text: '91.7%' });
  const township = await insightOf(desk, await county.person('heyan'), 'year');
  expect(township.registered).toBeLessThan(office.registered);
  expect(township.heat.rows.map((row) => row.name)).toEqual(['河沿乡']);
});
