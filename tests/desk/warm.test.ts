import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCaseReader } from '../../src/lib/server/desk/cases.ts';
import { clockContext } from '../../src/lib/server/desk/see.ts';
import { warmDesk } from '../../src/lib/server/desk/warm.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

it('read ahead, every case and its clocks are as a first look would find them', async () => {
  const { desk } = county.room;
  const context = clockContext(desk);
  const plain = createCaseReader(desk.db, desk.county);
  const cases = createCaseReader(desk.db, desk.county);
  const expected = await plain.all();
  expect(await warmDesk({ ...desk, cases }, () => true)).toBe(expected.length);
  expect(await cases.all()).toEqual(expected);
  for (const record of expected)
    expect(await cases.clocks(record, context)).toEqual(await plain.clocks(record, context));
});

it('reading ahead ends when the county closes', async () => {
  const { desk } = county.room;
  const cases = createCaseReader(desk.db, desk.county);
  expect(await warmDesk({ ...desk, cases }, () => false)).toBe(0);
});
