/** 锁和胸牌, the forms of the page as they answer: what was done is said as what it was. */
import { isActionFailure } from '@sveltejs/kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bars, cards, noteCard } from '../../src/lib/server/desk/tablet-locks.ts';
import { deskLocksEn } from '../../src/lib/ui/messages/desk-locks.en.ts';
import { deskLocksZh } from '../../src/lib/ui/messages/desk-locks.zh-CN.ts';
import { actions } from '../../src/routes/desk/(in)/devices/locks/+page.server.ts';
import { formOf, openTestCounty, type TestCounty } from './county.ts';

let county: TestCounty;
let dv: string;
beforeAll(async () => {
  county = await openTestCounty();
  const { db } = county.room.desk;
  ({ dv } = await db.selectFrom('devices').select('dv').executeTakeFirstOrThrow());
}, 300_000);
afterAll(() => county.close());

/** The word that the page says, `!` before it when nothing was done. */
async function pressed(
  form: 'bar' | 'revoke',
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const { room } = county;
  const person = await county.person('juzhang');
  const account = { provenAt: room.desk.now(), secondFactor: false };
  const request = new Request('http://county/x', { method: 'POST', body: formOf(fields) });
  const event = { request, locals: { room, person, account, confined: false } };
  const answer: unknown = await actions[form]?.(event as never);
  const failed = isActionFailure(answer);
  const { said } = (failed ? answer.data : answer) as unknown as { said: string };
  return failed ? `!${said}` : said;
}
const bar = (word: string, reason: string) => pressed('bar', { dv, bar: word, reason });
const barNow = async () => (await bars(county.room.desk)).get(dv)?.bar;

describe('锁和胸牌 as it answers', () => {
  it('[AU489] lost, stopped and open again are three things that the page says apart', async () => {
    expect(await bar('lost', '丢在集上')).toBe('lost');
    expect(await bar('', '找着了')).toBe('freed');
    expect(await bar('revoked', '不干了')).toBe('revoked');
    for (const { said } of [deskLocksZh, deskLocksEn]) {
      const words = ['lost', 'freed', 'revoked', 'why', 'none'].map((word) => said[word]);
      expect(new Set(words).size).toBe(5);
      for (const word of words) expect(word?.length).toBeGreaterThan(10);
    }
    // What was stopped and then got lost is reported without being opened first.
    expect(await bar('lost', '后来丢了')).toBe('lost');
    expect(await bar('', '找着了')).toBe('freed');
  });

  it('[AU489] one letter is no reason: it is said so, and nothing changed', async () => {
    const before = await barNow();
    for (const short of ['', '丢', ' 丢　', '.', '\u200b\u200b'])
      for (const word of ['lost', 'revoked', '']) expect(await bar(word, short)).toBe('!why');
    expect(await barNow()).toBe(before);
    const { desk } = county.room;
    const who = await county.person('wangchunsheng');
    const by = { personId: (await county.person('juzhang')).personId, at: desk.now() };
    const cardId = 'CARD-id_abcdefgh';
    expect(await noteCard(desk, { cardId, personId: who.personId }, by)).toBe(true);
    const revoke = (reason: string) => pressed('revoke', { cardId, reason });
    const isVoid = async () => (await cards(desk)).find((one) => one.cardId === cardId)?.revoked;
    expect(await revoke('丢')).toBe('!why');
    expect(await isVoid()).toBe(false);
    expect(await revoke('丢了')).toBe('revoke');
    expect(await isVoid()).toBe(true);
  });
});
