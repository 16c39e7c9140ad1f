/** FAULTS I8: rights that grow bring what lies before the place to which a tablet has read. */
import { expect, it } from 'vitest';
import type { ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { recordAtCounty } from '../../src/lib/server/sync/record.ts';
import { countyInMemory, person } from '../simulation/county.ts';

const id = (name: string) => name.padEnd(22, '_');
const [wang, li] = [person('wang'), person('li')];
/** The same agent before his right reaches the village of the case. */
const narrow = { ...li, grants: '' };

async function county() {
  const { deps } = await countyInMemory();
  const trade = async (who: typeof li, more: Partial<ExchangeRequest>) => {
    const done = await exchange(deps, who, {
      ...{ proto: 1, build: 'test', schema: 1, dv: id('dvL'), dsHi: 0, cursor: null },
      ...{ now: '2026-06-08T01:00:00Z', wit: null, wits: [], hist: [], cases: [], events: [] },
      ...{ media: [], feedBytesMax: 64_000, ...more },
    });
    if (!done.ok || done.value.reply.kind !== 'exchange') throw new Error('no exchange');
    return done.value.reply;
  };
  /** A case of the other agent's begins, with one visit. */
  const begins = (name: string) =>
    trade(wang, {
      ...{ dv: id(`dv${name}`), cases: [{ id: id(name), salt: id(`salt${name}`) }] },
      events: ['case.drafted', 'visit.recorded'].map((t, i) => ({
        ...{ c: 0, ds: i + 1, id: id(`${name}${String(i)}`), t, v: 1 },
        ...{ at: '2026-06-08T00:59:00Z', p: { said: name } },
      })),
    });
  const handsOver = (name: string) =>
    recordAtCounty(deps, {
      ...{
        actor: { code: 'T', personId: 'town', name: '乡里' } as never,
        caseId: id(name) as never,
      },
      events: [{ type: 'case.handed_over', payload: { to: 'li' } }],
    });
  return { trade, begins, handsOver };
}

it('[AU527] a right that grows brings old cases whole, though they stand before what the tablet has read', async () => {
  const { trade, begins, handsOver } = await county();
  await begins('old');
  await handsOver('old');
  const first = await trade(narrow, {});
  await begins('later');
  const second = await trade(narrow, { cursor: first.feed.cursor });
  // He has read past every event of it, and of nothing.
  expect([first.feed.rows, second.feed.rows]).toEqual([[], []]);
  expect(second.feed.cursor.seq).toBeGreaterThanOrEqual(5);
  const wide = await trade(li, { cursor: second.feed.cursor });
  expect(wide.feed.rows).toMatchObject([{ k: 'enter', caseId: id('old'), salt: id('saltold') }]);
  const [row] = wide.feed.rows;
  expect(row?.k === 'enter' && row.events.map(({ id: one, seq }) => [one, seq])).toMatchObject([
    [id('old0'), 1],
    [id('old1'), 2],
    [expect.any(String), 3],
  ]);
  // Once: asked again there is nothing more, and from the start it is the same case.
  expect((await trade(li, { cursor: wide.feed.cursor })).feed.rows).toEqual([]);
  const anew = await trade(li, { dv: id('dvNew') });
  expect(anew.feed.rows.at(-1)).toMatchObject({ k: 'enter', caseId: id('old') });
});
