import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Instant } from '../../src/lib/domain/values.ts';
import { dailyList, giveReason, silentUnits } from '../../src/lib/server/desk/freshness.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

/** The desk as it will look so many hours from now. */
const later = (hours: number) => {
  const { desk } = county.room;
  const at = new Date(Date.parse(desk.now()) + hours * 3_600_000).toISOString() as Instant;
  return { ...desk, now: () => at };
};

it('[AU35] a sealed case stands on the lists of the sealed desk alone, which has no others', async () => {
  const { desk } = county.room;
  const clerk = await county.person('dengji');
  const sealedDesk = await county.person('mifeng1');
  const before = await dailyList(desk, clerk);
  const entered = before[0];
  if (!entered) throw new Error('the demo has a registered case');
  const { caseId } = entered;
  const press = (who: typeof clerk, [act, id]: [string, string], form: Record<string, string>) =>
    perform(desk, who, { caseId: id, act, eventId: eventId(`${act}${id}`), form: formOf(form) });
  const daily = async (who: typeof clerk) =>
    (await dailyList(desk, who)).map((line) => line.caseId);
  expect(await daily(sealedDesk)).toEqual([]);
  expect(await press(clerk, ['seal', caseId], { reason: 'ACCUSATION' })).toMatchObject({
    ok: true,
  });

  expect(await daily(clerk)).toEqual(before.slice(1).map((line) => line.caseId));
  expect(await daily(sealedDesk)).toEqual([caseId]);
  const reason = '等县里定由谁办';
  expect(await giveReason(desk, clerk, { caseId, reason })).toBe(false);
  expect(await giveReason(desk, sealedDesk, { caseId, reason })).toBe(true);
  // The same office without the list sees nothing of it.
  const unlisted = {
    ...sealedDesk,
    grants: sealedDesk.grants.map((g) => ({ ...g, sealedList: false })),
  };
  expect(await daily(unlisted)).toEqual([]);

  const silent = async (who: typeof clerk) =>
    (await silentUnits(later(25), who)).flatMap(({ cases }) => cases.map(({ href }) => href));
  expect(await silent(sealedDesk)).toEqual([]);
  // Sent while it was open, sealed afterwards.
  const [given = ''] = await silent(clerk);
  const givenId = given.replace('/desk/case/', '');
  expect(await press(clerk, ['seal', givenId], { reason: 'ACCUSATION' })).toMatchObject({
    ok: true,
  });
  expect(await silent(sealedDesk)).toEqual([given]);
  expect(await silent(clerk)).not.toContain(given);
  expect((await silent(clerk)).length).toBeGreaterThan(0);
  expect(await silent(unlisted)).toEqual([]);
});
