import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeviceId, EventId, PersonId } from '../../src/lib/domain/values.ts';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import { recipientsOf } from '../../src/lib/protocol/county-keys.ts';
import { adoptKeptRow, keptRows } from '../../src/lib/server/desk/kept.ts';
import { takeSealed } from '../../src/lib/server/sync/sealed-intake.ts';
import { newPair, printed, tellKey } from '../sealed/device-keys.ts';
import { id, sealedPush } from '../sealed/scene.ts';
import { openTestCounty, type TestCounty } from './county.ts';

const DV = id('dvGone');
const ROWS = [
  { ds: 1, id: 'g1', t: 'case.drafted', caseName: 'G', payload: fieldExamples['case.drafted'] },
  {
    ...{ ds: 2, id: 'g2', t: 'dictation.recorded', caseName: 'G' },
    payload: fieldExamples['dictation.recorded'],
  },
];
let county: TestCounty;

/** A tablet of wang's that signed what it sealed, and is gone; a stick of it without signatures. */
beforeAll(async () => {
  county = await openTestCounty();
  const { container } = county.room;
  const { store, clock, county: code, sync, keys } = container;
  const agent = await county.person('wangchunsheng');
  const device = {
    ...{ dv: DV as DeviceId, personId: agent.personId, letter: 'Z', lastDs: 0, dsHi: 2, build: '' },
    ...{ enrolledAt: clock.now(), lastSeenAt: clock.now(), offsetSeconds: 0, report: null },
  };
  await store.transact(code, (tx) => tx.write({ devices: [device] }));
  await tellKey(store, code, { dv: DV, key: printed(newPair().publicKey), sealedFrom: 1 });
  const push = await sealedPush(recipientsOf(await keys.list()), 'dvGone', ROWS);
  const carrier = { personId: 'p-carrier' as PersonId, name: '' };
  const taken = await takeSealed(sync, carrier, push);
  expect(taken?.answer.results.map((one) => 'code' in one && one.code)).toEqual([
    'SEALED_SIGNATURE',
    'SEALED_SIGNATURE',
  ]);
}, 300_000);
afterAll(() => county.close());

const waiting = async (user: string) =>
  (await keptRows(county.room.desk, await county.person(user))).filter(
    ({ code }) => code === 'SEALED_SIGNATURE',
  );

it('[SY164] a stick of a tablet that is gone is let count by who may adopt, whole, and named', async () => {
  const { desk, container } = county.room;
  for (const user of ['dengji', 'jtj-jingban', 'guanli']) expect(await waiting(user)).toEqual([]);
  const [row] = await waiting('shenhe');
  expect(row).toMatchObject({ mayAdopt: true, raw: null });
  const asked = { id: row?.id ?? '', reason: '平板丢了，找王代办核过' };
  const other = await adoptKeptRow(desk, await county.person('dengji'), asked);
  expect(other).toEqual({ ok: false, error: 'NOT_FOUND' });
  expect((await adoptKeptRow(desk, await county.person('shenhe'), asked)).ok).toBe(true);
  expect(await waiting('shenhe')).toEqual([]);
  const known = await container.store.transact(container.county, (tx) =>
    tx.known([id('g1'), id('g2')] as EventId[]),
  );
  expect([...known.values()].map(({ at }) => at)).toEqual(['log', 'log']);
  const audit = await container.db.selectFrom('audit').select(['action', 'note']).execute();
  expect(audit.filter(({ action }) => action === 'sealed.adopted').map(({ note }) => note)).toEqual(
    [`${DV} 2 ${asked.reason}`],
  );
});
