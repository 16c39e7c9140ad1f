import { afterAll, beforeAll, expect, it } from 'vitest';
import { markAlarmSeen } from '../../src/lib/server/desk/device-alarms.ts';
import { deviceRows } from '../../src/lib/server/desk/field.ts';
import { deviceFromTable } from '../../src/lib/server/store/rows.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

it('[AU59] an alarm is marked by a person with a reason, once, and a greater loss burns again', async () => {
  const { desk } = county.room;
  const clerk = await county.person('dengji');
  const table = await desk.db.selectFrom('devices').selectAll().executeTakeFirstOrThrow();
  const device = deviceFromTable(table);
  const lose = (unsent: number) => {
    const report = { was: { dv: 'gone', why: 'EVICTED', unsent } };
    return desk.store.transact(desk.county, (tx) => tx.write({ devices: [{ ...device, report }] }));
  };
  const alarm = async () => {
    const rows = await deviceRows(desk, clerk);
    return rows.find(({ key }) => key === device.dv)?.alarms[0];
  };
  const marked = async (change: { reason?: string; lost?: number; why?: string; dv?: string }) => {
    const who = { personId: clerk.personId, lines: await deviceRows(desk, clerk) };
    const mark = { dv: device.dv, why: 'EVICTED', lost: 3, reason: '照纸条补了三条', ...change };
    return markAlarmSeen(desk, who, mark);
  };
  const audit = async () => {
    const rows = await desk.db.selectFrom('audit').selectAll().orderBy('n').execute();
    return rows.filter(({ action }) => action === 'device.alarm_seen');
  };

  await lose(3);
  expect(await alarm()).toMatchObject({ lost: 3, seen: null });
  for (const wrong of [{ reason: ' ' }, { why: 'CLONED' }, { dv: 'nobody' }, { lost: Number.NaN }])
    expect(await marked(wrong)).toBe(false);
  expect([await audit(), (await alarm())?.seen]).toEqual([[], null]);
  // Who has no page of devices has no alarm to mark.
  const unit = await county.person('swj-fuze');
  expect(await deviceRows(desk, unit)).toEqual([]);

  // The page showed two when the third became known: two are covered, three burn.
  expect(await marked({ lost: 2 })).toBe(true);
  expect((await alarm())?.seen).toBeNull();
  expect(await marked({ lost: 1e9 })).toBe(true);
  const seen = { lost: 3, reason: '照纸条补了三条', by: clerk.personId };
  expect((await alarm())?.seen).toMatchObject(seen);
  expect(await marked({})).toBe(false);
  const lines = await audit();
  expect(lines.map(({ person_id: by, note }) => [by, JSON.parse(note)])).toMatchObject([
    [clerk.personId, { dv: device.dv, lost: 2 }],
    [clerk.personId, { dv: device.dv, lost: 3, reason: seen.reason }],
  ]);
  await lose(4);
  expect(await alarm()).toMatchObject({ lost: 4, seen: null });
});
