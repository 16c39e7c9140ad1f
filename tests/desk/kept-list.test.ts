/** 暂存 with many rows: whoever sends hundreds hides nobody else's, and words wait for a reason. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AsideRow } from '../../src/lib/ports/county-store.ts';
import {
  adoptKeptRow,
  beginKeptLook,
  keptCount,
  keptPage,
  keptRows,
  layAside,
} from '../../src/lib/server/desk/kept.ts';
import { KEPT_OF_ONE, KEPT_PAGE, readKeptAsk } from '../../src/lib/server/desk/kept-list.ts';
import { deskKeptWords } from '../../src/lib/ui/messages/desk-kept.ts';
import { eventId, openTestCounty, type TestCounty } from './county.ts';

const FLOOD = 500;
const WORDS = '我家门牌记号三号';
let county: TestCounty;

async function put(rows: readonly Partial<AsideRow>[]): Promise<void> {
  const { store, clock, county: code } = county.room.container;
  const at = clock.now();
  const aside = rows.map((row, n) => ({
    ...{ h: 'c'.repeat(64), dv: eventId('tablet'), ds: n + 1, caseId: eventId('nocase') },
    ...{ salt: eventId('salt'), code: 'UNKNOWN_CASE', reason: '', receivedAt: at, offset: 0 },
    ...{ adoptedSeq: null, personId: 'A02' },
    raw: JSON.stringify({ id: row.id, t: 'visit.recorded', v: 1, at, p: { seen: WORDS } }),
    ...row,
  })) as AsideRow[];
  await store.transact(code, (tx) => tx.write({ aside }));
}

beforeAll(async () => {
  county = await openTestCounty();
  const old = '2026-06-01T00:00:00.000Z' as AsideRow['receivedAt'];
  const torn = Array.from({ length: FLOOD }, (_, n) => ({
    ...{ id: eventId(`torn${String(n)}x`) as AsideRow['id'], code: 'MALFORMED', personId: 'A01' },
    ...{ receivedAt: old, raw: '{"t":7}' },
  }));
  await put(torn as Partial<AsideRow>[]);
  await put([{ id: eventId('late') as AsideRow['id'] }]);
}, 300_000);
afterAll(() => county.close());

const ask = (text = '') => readKeptAsk(new URLSearchParams(text));

it('[AU384] five hundred torn events hide nobody’s late one: readable ones first, a few of a sender', async () => {
  const { desk } = county.room;
  const clerk = await county.person('shenhe');
  const first = await keptPage(desk, clerk, ask());
  expect(first.rows[0]?.id).toBe(eventId('late'));
  expect(first.rows.filter(({ code }) => code === 'MALFORMED')).toHaveLength(KEPT_OF_ONE);
  expect(first.folded).toMatchObject([{ personId: 'A01', more: FLOOD - KEPT_OF_ONE }]);
  expect(first.folded[0]?.who).not.toBe('');
  expect(await keptCount(desk, clerk)).toBe(FLOOD + 1);
  // Folded away is not gone: all of them, page by page.
  const seen = new Set<string>();
  for (let n = 1; n <= FLOOD / KEPT_PAGE; n++) {
    const page = await keptPage(desk, clerk, ask(`who=A01&n=${String(n)}`));
    expect(page).toMatchObject({ pages: FLOOD / KEPT_PAGE, total: FLOOD, page: n });
    for (const { id } of page.rows) seen.add(id);
  }
  expect(seen.size).toBe(FLOOD);
  for (const odd of ['n=0', 'n=-1', 'n=x', 'n=1e9', 'who=nobody'])
    expect((await keptPage(desk, clerk, ask(odd))).page).toBe(1);
});

it('[AU385] laid aside with a reason it is kept, told in the audit, and can be taken up or adopted', async () => {
  const { desk } = county.room;
  const clerk = await county.person('shenhe');
  const id = eventId('torn7x');
  const before = await keptCount(desk, clerk);
  for (const user of ['dengji', 'jtj-jingban', 'shenji', 'guanli', 'heyan']) {
    const done = await layAside(desk, await county.person(user), {
      id,
      reason: '乱发的',
      up: false,
    });
    expect(done, user).toBe(false);
  }
  expect(await layAside(desk, clerk, { id, reason: ' \u0000 ', up: false })).toBe(false);
  expect(await layAside(desk, clerk, { id, reason: '乱发的', up: true })).toBe(false);
  expect(await layAside(desk, clerk, { id, reason: '乱发的', up: false })).toBe(true);
  expect(await layAside(desk, clerk, { id, reason: '乱发的', up: false })).toBe(false);
  expect(await keptCount(desk, clerk)).toBe(before - 1);
  const laid = await keptPage(desk, clerk, ask('laid=1'));
  expect(laid.rows.map((row) => [row.id, row.laid])).toEqual([[id, true]]);
  const lines = await desk.db
    .selectFrom('audit')
    .selectAll()
    .where('note', '=', id)
    .where('action', '=', 'event.laid_aside')
    .execute();
  expect(lines).toMatchObject([{ person_id: clerk.personId, why: '乱发的' }]);
  const row = await desk.db.selectFrom('dead_letter').selectAll().where('id', '=', id).execute();
  expect(row).toMatchObject([{ raw: '{"t":7}', adopted_seq: null }]);
  expect(await layAside(desk, clerk, { id, reason: '再看看', up: true })).toBe(true);
  expect(await keptCount(desk, clerk)).toBe(before);
  // A torn one can be laid aside and not adopted: nobody can read it.
  const adopt = await adoptKeptRow(desk, clerk, { id, reason: '看看' });
  expect(adopt).toEqual({ ok: false, error: 'NOT_FOUND' });
});

it('[AU386] words on 暂存 wait for a reason, and each page that shows them leaves a line', async () => {
  const { desk } = county.room;
  const keeper = await county.person('mifeng1');
  const id = eventId('late');
  const lines = async () =>
    (
      await desk.db
        .selectFrom('audit')
        .selectAll()
        .where('case_id', '=', eventId('nocase'))
        .where('action', '=', 'view.logged')
        .execute()
    ).length;
  const own = async () => (await keptRows(desk, keeper)).find((row) => row.id === id);
  expect(await own()).toMatchObject({ raw: null, asks: true });
  expect(await lines()).toBe(0);
  const look = (code: string) => beginKeptLook(desk, keeper, { id, code, words: '' });
  expect([await look(''), await look('OTHER'), await lines()]).toEqual(['REASON', 'REASON', 0]);
  expect(await look('COMPARE')).toBe('begun');
  expect((await own())?.raw).toContain(WORDS);
  expect(await lines()).toBe(2);
  for (const user of ['shenhe', 'juzhang', 'shenji', 'dengji']) {
    const person = await county.person(user);
    const asked = { id, code: 'AUDIT', words: '' };
    expect(await beginKeptLook(desk, person, asked), user).toBe('NOTHING');
    expect(JSON.stringify(await keptRows(desk, person))).not.toContain(WORDS);
  }
});

it.each([
  ['respondent', { head: { respondent: { type: 'PERSON', name: '信访局宋主任' } }, bad: 1 }],
  ['name', { head: { respondent: { type: 'PERSON', name: '宋 嚴' } } }],
  ['words', { verbatim: '告的就是县信访局的宋严' }],
])('[AU395] who is named in the raw rows sees no row of an unknown case: %s', async (how, p) => {
  const { desk } = county.room;
  const caseId = eventId(`accuse-${how}`) as unknown as AsideRow['caseId'];
  const bad = eventId(`bad-${how}`) as AsideRow['id'];
  const rest = eventId(`rest-${how}`) as AsideRow['id'];
  const raw = JSON.stringify({ id: bad, t: 'case.drafted', v: 1, at: desk.now(), p });
  await put([{ id: bad, caseId, raw, code: 'PAYLOAD' } as Partial<AsideRow>]);
  await put([{ id: rest, caseId, personId: 'A03' } as Partial<AsideRow>]);
  const seen = async (user: string) => {
    const rows = await keptRows(desk, await county.person(user));
    return rows.filter((row) => row.caseId === caseId).length;
  };
  expect([await seen('mifeng1'), await seen('mifeng2')]).toEqual([0, 2]);
  const accused = await county.person('mifeng1');
  const asked = { id: rest, code: 'COMPARE', words: '' };
  expect(await beginKeptLook(desk, accused, asked)).toBe('NOTHING');
  const adopt = await adoptKeptRow(desk, accused, { id: rest, reason: '看看' });
  expect(adopt).toEqual({ ok: false, error: 'NOT_FOUND' });
});

it('[AU387] an act of the office that a tablet claims is adopted by nobody: the office does it itself', async () => {
  const { desk } = county.room;
  const id = eventId('claimed') as AsideRow['id'];
  const raw = JSON.stringify({ id, t: 'case.closed', v: 1, at: desk.now(), p: {} });
  await put([{ id, raw, code: 'ACTOR' }]);
  const clerk = await county.person('shenhe');
  const row = (await keptPage(desk, clerk, ask('who=A02'))).rows.find((one) => one.id === id);
  expect(row).toMatchObject({ mayAdopt: false, mayLay: true });
  const adopt = await adoptKeptRow(desk, clerk, { id, reason: '看看' });
  expect(adopt).toEqual({ ok: false, error: 'NOT_FOUND' });
});

it('[AU384] the page has its words in both languages', () => {
  for (const words of Object.values(deskKeptWords))
    for (const [name, word] of Object.entries(words)) expect(word, name).toBeTruthy();
});
