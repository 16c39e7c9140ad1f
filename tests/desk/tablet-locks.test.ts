import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bars,
  cards,
  lockWord,
  noteCard,
  revokeCard,
  setBar,
} from '../../src/lib/server/desk/tablet-locks.ts';
import { openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
beforeAll(async () => {
  county = await openTestCounty();
}, 300_000);
afterAll(() => county.close());

const aDevice = async () => {
  const { desk } = county.room;
  const row = await desk.db.selectFrom('devices').selectAll().executeTakeFirstOrThrow();
  return { dv: row.dv, personId: row.person_id };
};
const by = async () => ({
  personId: (await county.person('dengji')).personId,
  at: county.room.desk.now(),
});
const lines = async (action: string) => {
  const { db } = county.room.desk;
  const rows = await db.selectFrom('audit').selectAll().where('action', '=', action).execute();
  return rows.map(({ note }) => JSON.parse(note ?? 'null') as unknown);
};

const LINES = ['device.lost', 'device.revoked', 'device.freed'];

describe('锁 at the desk', () => {
  it('[AU141] [AU488] a tablet is told at its next contact that it was stopped, lost, or freed again', async () => {
    const { desk } = county.room;
    const device = await aDevice();
    expect(await lockWord(desk, device)).toEqual({});
    const bar = async (bar: string, reason: string, dv: string = device.dv) =>
      setBar(desk, { dv, bar, reason }, await by());
    expect(await bar('lost', ' ')).toBe(false);
    // One letter, also among signs that nobody sees, tells nobody why.
    for (const short of ['丢', ' 丢 ', '.', '\u200b\u200b\u200b'])
      for (const word of ['lost', 'revoked', '']) expect(await bar(word, short)).toBe(false);
    expect(await bar('gone', '丢在集上')).toBe(false);
    expect(await bar('lost', '丢在集上', 'AAAAAAAAAAAAAAAAAAAAAA')).toBe(false);
    for (const line of LINES) expect(await lines(line)).toEqual([]);
    expect(await bar('lost', '丢在集上')).toBe(true);
    expect(await lockWord(desk, device)).toEqual({ bar: 'lost' });
    expect(await lockWord(desk, { ...device, dv: 'BBBBBBBBBBBBBBBBBBBBBB' })).toEqual({});
    expect(await bar('revoked', '不干了')).toBe(true);
    expect(await lockWord(desk, device)).toEqual({ bar: 'revoked' });
    expect(await bar('', '找着了')).toBe(true);
    expect(await lockWord(desk, device)).toEqual({});
    expect((await bars(desk)).get(device.dv)).toMatchObject({ bar: null, reason: '找着了' });
    // [AU488] Three things, three words of the audit.
    expect(await lines('device.lost')).toMatchObject([{ bar: 'lost', reason: '丢在集上' }]);
    expect(await lines('device.revoked')).toMatchObject([{ bar: 'revoked', reason: '不干了' }]);
    expect(await lines('device.freed')).toMatchObject([{ bar: null, reason: '找着了' }]);
  });

  it('[AU320] 报丢 ends every session of its person, 停用 none, and nobody else’s', async () => {
    const { desk, auth } = county.room;
    const device = await aDevice();
    const { internalAdapter } = await auth.$context;
    const clerk = (await county.person('dengji')).personId;
    const sessions = async () =>
      Promise.all(
        [device.personId, clerk].map(
          async (who) => (await internalAdapter.listSessions(who)).length,
        ),
      );
    for (const who of [device.personId, device.personId, clerk])
      await internalAdapter.createSession(who);
    const before = await sessions();
    expect(before).toEqual([2, 1]);
    await setBar(desk, { dv: device.dv, bar: 'revoked', reason: '不干了' }, await by());
    expect(await sessions()).toEqual(before);
    await setBar(desk, { dv: device.dv, bar: 'lost', reason: '丢在集上' }, await by());
    expect(await sessions()).toEqual([0, 1]);
    await setBar(desk, { dv: device.dv, bar: '', reason: '找着了' }, await by());
  });

  it('[AU142] a card is noted by its id alone, for an agent, once; revoked, its tablet hears of it', async () => {
    const { desk } = county.room;
    const device = await aDevice();
    const [cardId, second] = ['CARD-id_12345678', 'CARD-id_87654321'];
    const note = async (id: string, personId: string = device.personId) =>
      noteCard(desk, { cardId: id, personId }, await by());
    const clerk = (await county.person('dengji')).personId;
    for (const refused of [note('short'), note(cardId, clerk), note(cardId, 'nobody')])
      expect(await refused).toBe(false);
    expect(await cards(desk)).toEqual([]);
    expect([await note(cardId), await note(second), await note(cardId)]).toEqual([
      ...[true, true, false],
    ]);
    expect(await lockWord(desk, device)).toEqual({});
    const revoke = async (reason: string) => revokeCard(desk, { cardId, reason }, await by());
    expect([await revoke(''), await revoke('丢了'), await revoke('丢了')]).toEqual([
      ...[false, true, false],
    ]);
    expect(await lockWord(desk, device)).toEqual({ cards: [cardId] });
    expect(await lockWord(desk, { ...device, personId: 'another' })).toEqual({});
    expect(await lines('device.card_revoked')).toEqual([
      { cardId, personId: device.personId, reason: '丢了' },
    ]);
    // A card once revoked is never printed again under the same id.
    expect(await note(cardId)).toBe(false);
  });
});
