import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleCaseId } from '../../src/lib/domain/samples/sample-ids.ts';
import type { AsideRow } from '../../src/lib/ports/county-store.ts';
import { adoptKeptRow, beginKeptLook, keptRows } from '../../src/lib/server/desk/kept.ts';
import { eventId, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
  const { store, clock, county: code } = county.room.container;
  const row = (id: string, caseId: string) =>
    ({
      id: eventId(id),
      h: 'a'.repeat(64),
      dv: eventId('tablet'),
      ds: 1,
      personId: 'A01',
      caseId,
      salt: eventId('salt'),
      code: 'UNKNOWN_CASE',
      reason: '县里还没有这件事的开头',
      raw: JSON.stringify({ t: 'visit.recorded', id: eventId(id), v: 1, at: clock.now(), p: {} }),
      receivedAt: clock.now(),
      offset: 0,
      adoptedSeq: null,
    }) as AsideRow;
  const said = (id: string, t: string, p: unknown) => ({
    ...row(id, eventId('nosealed')),
    raw: JSON.stringify({ id: eventId(id), t, v: 1, at: clock.now(), p }),
  });
  await store.transact(code, (tx) =>
    tx.write({
      aside: [
        row('stray', eventId('nocase')),
        row('sealed', sampleCaseId('S09')),
        said('told', 'dictation.recorded', { verbatim: '别让村里知道' }),
        said('sealing', 'case.sealed', { reason: 'VILLAGER_WISH' }),
      ],
    }),
  );
}, 300_000);
afterAll(() => county.close());

it('[AU23] what is kept aside is seen by who may adopt it, of a known case by who sees the case', async () => {
  const idsOf = async (user: string) =>
    (await keptRows(county.room.desk, await county.person(user))).map(({ id }) => id).sort();
  expect(await idsOf('shenhe')).toEqual([eventId('stray')]);
  expect(await idsOf('mifeng1')).toEqual(
    ['sealed', 'sealing', 'stray', 'told'].map((id) => eventId(id)),
  );
  for (const user of ['dengji', 'jtj-jingban', 'heyan', 'shenji', 'guanli'])
    expect(await idsOf(user)).toEqual([]);
});

it('[AU23] nobody adopts what he does not see, and nothing kept is ever lost by trying', async () => {
  const { desk } = county.room;
  const asked = { id: eventId('sealed'), reason: '看看' };
  const other = await adoptKeptRow(desk, await county.person('shenhe'), asked);
  expect(other).toEqual({ ok: false, error: 'NOT_FOUND' });
  const own = await adoptKeptRow(desk, await county.person('mifeng1'), asked);
  expect(own.ok).toBe(false);
  expect(await keptRows(desk, await county.person('mifeng1'))).toHaveLength(4);
});

it('[AU23] words of a case whose beginning has not come are read by the sealed list alone', async () => {
  const { desk } = county.room;
  const rawOf = async (user: string) =>
    (await keptRows(desk, await county.person(user))).map(({ raw }) => raw);
  for (const user of ['shenhe', 'juzhang']) {
    expect(JSON.stringify(await keptRows(desk, await county.person(user)))).not.toContain('别让');
    expect(await rawOf(user)).toEqual([null]);
  }
  const keeper = await county.person('mifeng1');
  const look = { id: eventId('told'), code: 'COMPARE', words: '' };
  expect(await beginKeptLook(desk, keeper, look)).toBe('begun');
  expect((await rawOf('mifeng1')).join()).toContain('别让村里知道');
  const told = { id: eventId('told'), reason: '看看' };
  expect(await adoptKeptRow(desk, await county.person('shenhe'), told)).toEqual({
    ok: false,
    error: 'NOT_FOUND',
  });
});
