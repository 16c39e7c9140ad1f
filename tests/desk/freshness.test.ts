import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Instant } from '../../src/lib/domain/values.ts';
import {
  dailyList,
  giveReason,
  silentAgents,
  silentDevices,
  silentUnits,
} from '../../src/lib/server/desk/freshness.ts';
import { perform } from '../../src/lib/server/desk/perform.ts';
import { eventId, formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const HOUR_MS = 3_600_000;
/** The desk as it will look so many hours from now. */
const later = (hours: number) => {
  const { desk } = county.room;
  const at = new Date(Date.parse(desk.now()) + hours * HOUR_MS).toISOString() as Instant;
  return { ...desk, now: () => at };
};

it('[AU35] 日清: what is registered and not sent on is listed with its light until it is', async () => {
  const { desk } = county.room;
  const clerk = await county.person('dengji');
  const lines = await dailyList(desk, clerk);
  const first = lines[0];
  if (!first) throw new Error('the demo has a registered case');
  expect(lines.map(({ since }) => since)).toEqual(lines.map(({ since }) => since).sort());
  expect(await dailyList(desk, await county.person('swj-fuze'))).toEqual([]);
  const lightAt = async (hours: number) => {
    const at = Date.parse(first.since) + hours * HOUR_MS - Date.parse(desk.now());
    const found = await dailyList(later(at / HOUR_MS), clerk);
    return found.find(({ caseId }) => caseId === first.caseId)?.light.shape;
  };
  expect([await lightAt(1), await lightAt(21), await lightAt(25)]).toEqual(['ok', 'soon', 'late']);

  const reason = '两个单位都说不归自己，明天上午碰头定';
  const { caseId } = first;
  expect(first.reason).toBe('');
  expect(await giveReason(desk, clerk, { caseId, reason: '  ' })).toBe(false);
  const unit = await county.person('swj-fuze');
  expect(await giveReason(desk, unit, { caseId, reason })).toBe(false);
  expect(await giveReason(desk, clerk, { caseId, reason })).toBe(true);
  const told = (await dailyList(desk, clerk)).find((line) => line.caseId === caseId);
  expect(told?.reason).toBe(reason);

  const sent = await perform(desk, clerk, {
    caseId: first.caseId,
    act: 'transfer',
    eventId: eventId('send'),
    form: formOf({ unitId: 'SWJ', mode: 'TRANSFER', reason: '管水的单位' }),
  });
  expect(sent).toEqual({ ok: true, value: true });
  const after = await dailyList(desk, clerk);
  expect(after.map(({ caseId }) => caseId)).not.toContain(first.caseId);

  // The unit has it now; a day later without a move it is named.
  const isNamed = async (hours: number) =>
    (await silentUnits(later(hours), clerk)).some(({ unitId, cases }) => {
      return unitId === 'SWJ' && cases.some(({ href }) => href.endsWith(first.caseId));
    });
  expect([await isNamed(23), await isNamed(25)]).toEqual([false, true]);
});

it('[AU36] tablets silent for three days and agents silent for fourteen are named', async () => {
  const { desk } = county.room;
  const clerk = await county.person('dengji');
  const devices = (hours: number) => silentDevices(later(hours), clerk);
  expect(await devices(0)).toEqual([]);
  // The demo's first tablet was seen an hour ago.
  expect((await devices(73)).length).toBeGreaterThan((await devices(70)).length - 1);
  expect((await devices(24 * 30)).length).toBeGreaterThan(5);

  // Whoever was heard of last: not named thirteen days after that, named after fifteen.
  const all = await silentAgents(later(24 * 365), clerk);
  const last = all.at(-1);
  if (!last?.lastAt) throw new Error('the samples have acts of agents');
  const since = (Date.parse(desk.now()) - Date.parse(last.lastAt)) / HOUR_MS;
  const named = async (days: number) =>
    (await silentAgents(later(days * 24 - since), clerk)).some(
      ({ personId }) => personId === last.personId,
    );
  expect([await named(13), await named(15)]).toEqual([false, true]);
  expect(await silentAgents(desk, await county.person('mzj-jingban'))).toEqual([]);
});
