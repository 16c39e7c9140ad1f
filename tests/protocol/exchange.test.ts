import { describe, expect, it } from 'vitest';
import type { EventId } from '../../src/lib/domain/values.ts';
import {
  eventHashSync,
  GENESIS_TAG,
  nextTagSync,
  receiptInput,
  receiptOf,
} from '../../src/lib/protocol/hash.ts';
import type { ExchangeReply, ExchangeRequest, WireEvent } from '../../src/lib/protocol/sync.ts';
import { COUNTY, countyInMemory, digest, person } from '../simulation/county.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { adoptAside, recordAtCounty } from '../../src/lib/server/sync/record.ts';

const id = (name: string) => name.padEnd(22, '_');
const CASE = { id: id('caseA'), salt: id('saltA') };
const wang = person('wang');
const li = person('li');
type Exchanged = Extract<ExchangeReply, { kind: 'exchange' }>;

const event = (ds: number, t = 'visit.recorded', more: Partial<WireEvent> = {}): WireEvent => ({
  c: 0,
  ds,
  id: id(`e${ds}`),
  t,
  v: 1,
  at: '2026-06-08T00:59:00Z',
  p: { said: `第${ds}条` },
  ...more,
});

const asked = (more: Partial<ExchangeRequest> = {}): ExchangeRequest => ({
  proto: 1,
  build: 'test',
  schema: 1,
  dv: id('dvA'),
  dsHi: 0,
  now: '2026-06-08T01:00:00Z',
  cursor: null,
  wit: null,
  wits: [],
  hist: [],
  cases: [CASE],
  events: [],
  media: [],
  feedBytesMax: 64_000,
  ...more,
});

async function county() {
  const { deps, store } = await countyInMemory();
  const ask = async (request: Partial<ExchangeRequest>, who = wang): Promise<ExchangeReply> => {
    const done = await exchange(deps, who, asked(request));
    if (!done.ok) throw new Error(done.error);
    return done.value.reply;
  };
  const trade = async (request: Partial<ExchangeRequest>, who = wang): Promise<Exchanged> => {
    const reply = await ask(request, who);
    if (reply.kind !== 'exchange') throw new Error('expected an exchange, got an epoch');
    return reply;
  };
  return { deps, store, ask, trade };
}

const first = [event(1, 'case.drafted'), event(2)];

describe('push', () => {
  it('[SY1] stored: dense positions, running tag, a receipt over id and hash', async () => {
    const { trade, store } = await county();
    const reply = await trade({ events: first });
    expect(reply.results.map((r) => [r.s, r.id])).toEqual([
      ['stored', id('e1')],
      ['stored', id('e2')],
    ]);
    const log = store.log(COUNTY);
    let tag = GENESIS_TAG;
    for (const [index, row] of log.entries()) {
      expect(row.seq).toBe(index + 1);
      tag = nextTagSync(digest, tag, row);
      expect(row.tag).toBe(tag);
    }
    const links = first.map((e) => {
      const body = { id: e.id, caseId: CASE.id, type: e.t, v: e.v, occurredAt: e.at, payload: e.p };
      return { id: e.id, h: eventHashSync(digest, CASE.salt, body as never) };
    });
    expect(reply.receipt).toBe(receiptOf(digest(receiptInput(links))));
    expect(reply.dsLast).toBe(2);
  });

  it('[SY2] dup: the same push again changes nothing and gives the same places', async () => {
    const { trade, store } = await county();
    const one = await trade({ events: first });
    const before = store.log(COUNTY).length;
    const two = await trade({ events: first });
    expect(two.results.map((r) => r.s)).toEqual(['dup', 'dup']);
    expect(two.results.map((r) => 'seq' in r && r.seq)).toEqual(
      one.results.map((r) => 'seq' in r && r.seq),
    );
    expect(two.receipt).toBe(one.receipt);
    expect(store.log(COUNTY)).toHaveLength(before);
  });

  it('[SY2] conflict: the same id with other words is told nothing, kept aside, and the rest flows', async () => {
    const { trade, store } = await county();
    await trade({ events: first });
    const other = event(2, 'visit.recorded', { p: { said: '别的话' } });
    for (let times = 0; times < 2; times++) {
      const { results } = await trade({ events: [other, event(3)] });
      expect(results[0]).toEqual({ s: 'conflict', id: id('e2') });
      expect(results[1]?.s).toBe(times === 0 ? 'stored' : 'dup');
    }
    const aside = store.asideRows(COUNTY);
    expect(aside).toHaveLength(1);
    expect(aside[0]).toMatchObject({ code: 'ID_REUSE' });
    expect(aside[0]?.raw).toContain('别的话');
  });

  it('[SY4] gap: a hole in the device sequence is named and nothing behind it is taken', async () => {
    const { trade, store } = await county();
    const { results } = await trade({ events: [event(1, 'case.drafted'), event(3), event(4)] });
    expect(results.map((r) => r.s)).toEqual(['stored', 'gap']);
    expect(results[1]).toEqual({ s: 'gap', id: id('e3'), need: 2 });
    expect(store.log(COUNTY).filter(({ kind }) => kind === 'event')).toHaveLength(1);
  });

  it('[SY5] forked: a place taken by another event ends the push; renumbered ids leave no hole', async () => {
    const { trade } = await county();
    await trade({ events: first });
    const clone = event(2, 'visit.recorded', { id: id('x2') });
    const stopped = await trade({ events: [clone, event(3)] });
    expect(stopped.results).toEqual([{ s: 'forked', id: id('x2') }]);
    const events = [event(1, 'visit.recorded', { id: id('e2'), p: { said: '第2条' } })];
    const renumbered = { dv: id('dvB'), events: [...events, { ...clone, ds: 2 }] };
    const { results } = await trade(renumbered);
    expect(results.map((r) => r.s)).toEqual(['dup', 'stored']);
  });

  it('[SY6] rejected: kept raw, the sequence goes on, and offered again it is rejected again', async () => {
    const { trade, store } = await county();
    const bad = event(2, 'visit.recorded', { p: { bad: true, said: '𠮷' } });
    for (let times = 0; times < 2; times++) {
      const { results } = await trade({ events: [event(1, 'case.drafted'), bad, event(3)] });
      expect(results[1]).toEqual({ s: 'rejected', id: id('e2'), code: 'PAYLOAD' });
      expect(results[2]?.s).toBe(times === 0 ? 'stored' : 'dup');
    }
    const [aside] = store.asideRows(COUNTY);
    expect(JSON.parse(aside?.raw ?? '')).toMatchObject({ p: { said: '𠮷' } });
  });

  it('[SY6] malformed: depth, size, lone surrogates, NUL and a foreign salt each isolate themselves', async () => {
    const { trade, store } = await county();
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level++) deep = [deep];
    const faulty: WireEvent[] = [
      event(2, 'visit.recorded', { p: deep }),
      event(3, 'visit.recorded', { p: { said: 'a'.repeat(70_000) } }),
      event(4, 'visit.recorded', { p: { said: '\ud83d' } }),
      event(5, 'visit.recorded', { p: { said: 'a\0b' } }),
      event(6, 'visit.recorded', { c: 1 }),
      event(7, 'Not A Type'),
      event(8, 'visit.recorded', { at: 'yesterday' }),
    ];
    const cases = [CASE, { ...CASE, salt: id('other') }];
    const { results } = await trade({
      cases,
      events: [event(1, 'case.drafted'), ...faulty, event(9)],
    });
    expect(results.map((r) => (r.s === 'rejected' ? r.code : r.s))).toEqual([
      'stored',
      ...[
        'MALFORMED',
        'TOO_LARGE',
        'MALFORMED',
        'MALFORMED',
        'MALFORMED',
        'MALFORMED',
        'MALFORMED',
      ],
      'stored',
    ]);
    expect(store.asideRows(COUNTY)).toHaveLength(faulty.length);
    expect(store.asideRows(COUNTY)[0]?.raw.startsWith('{"ds":2,')).toBe(true);
  });

  it('[SY9] a K rule comes back with the place, its system event follows in the same commit', async () => {
    const { trade, store } = await county();
    const late = event(2, 'case.supplemented', { p: { rule: 'K01' } });
    const reply = await trade({ events: [event(1, 'case.drafted'), late] });
    expect(reply.results[1]).toMatchObject({ s: 'stored', rule: 'K01' });
    const types = store.log(COUNTY).map((row) => (row.kind === 'event' ? row.type : row.kind));
    expect(types).toEqual(['case.drafted', 'case.supplemented', 'conflict.detected']);
    const fed = reply.feed.rows.map((row) => (row.k === 'event' ? row.event.t : row.k));
    expect(fed).toEqual(['conflict.detected']);
  });

  it('[SY10] a vault belongs to one person', async () => {
    const { deps, trade } = await county();
    await trade({ events: first });
    expect(await exchange(deps, li, asked({ events: [event(3)] }))).toEqual({
      ok: false,
      error: 'DEVICE',
    });
  });

  it('[SY9] a query code that another case printed first is answered by the domain', async () => {
    const { trade, store } = await county();
    const p = { queryCode: '123456789012' };
    await trade({ events: [event(1, 'case.drafted', { p })] });
    const cases = [{ id: id('caseB'), salt: id('saltB') }];
    await trade(
      { dv: id('dvB'), cases, events: [event(1, 'case.drafted', { id: id('b1'), p })] },
      li,
    );
    const followed = store.log(COUNTY).filter((row) => row.kind === 'event' && row.dv === 'county');
    expect(followed).toMatchObject([{ caseId: id('caseB'), payload: { querySuffix: '2' } }]);
  });
});

describe('history', () => {
  it('[SY11] an announced restore rewinds to the base of the new epoch, and the re-offer is taken', async () => {
    const { trade, ask, store } = await county();
    const one = await trade({ events: first });
    const snapshot = store.snapshot(COUNTY);
    const two = await trade({ events: [event(3)], cursor: one.feed.cursor });
    const at = '2026-06-09T00:00:00Z' as never;
    store.restore(COUNTY, snapshot, { id: 'e2', baseSeq: 2, reason: 'restore', at });
    const told = await ask({ events: [event(4)], cursor: two.feed.cursor });
    expect(told).toMatchObject({ kind: 'epoch', epoch: 'e2', base: 2 });
    expect(store.log(COUNTY)).toHaveLength(2);
    const again = await trade({ events: [...first, event(3), event(4)] });
    expect(again.results.map((r) => r.s)).toEqual(['dup', 'dup', 'stored', 'stored']);
  });

  it('[SY11] a copy put back in silence is found by cursor, witness, any of the witnesses, or head', async () => {
    const { trade, ask, store } = await county();
    const one = await trade({ events: first });
    const snapshot = store.snapshot(COUNTY);
    const two = await trade({ events: [event(3)], cursor: one.feed.cursor });
    store.restore(COUNTY, snapshot, null);
    const cursor = two.feed.cursor;
    const wit: [number, string] = [cursor.seq, cursor.tag];
    const hist: [number, string][] = [[one.feed.cursor.seq, one.feed.cursor.tag], wit];
    expect(await ask({ cursor, hist })).toMatchObject({ kind: 'epoch', base: 2 });
    expect(await ask({ cursor: one.feed.cursor, wit, hist })).toMatchObject({ kind: 'epoch' });
    expect(await ask({ wits: [wit] })).toMatchObject({ kind: 'epoch', base: 0 });
    await trade({ dv: id('dvB'), events: [event(1, 'visit.recorded', { id: id('other') })] });
    expect(await ask({ cursor, hist })).toMatchObject({ kind: 'epoch', base: 2 });
    expect(await ask({ cursor: { ...one.feed.cursor, epoch: 'foreign' } })).toMatchObject({
      base: 0,
    });
    expect((await ask({ cursor: one.feed.cursor, hist: [] })).kind).toBe('exchange');
  });
});

describe('feed', () => {
  it('[SY7] a hand-over moves one case: leave for the one, enter with all events for the other', async () => {
    const { deps, trade } = await county();
    const mine = await trade({ events: first });
    const idle = await trade({ dv: id('dvL') }, li);
    expect(idle.feed.rows).toEqual([]);
    const actor = { code: 'T', personId: 'town', name: '乡里' } as never;
    const events = [{ type: 'case.handed_over', payload: { to: 'li' } }];
    await recordAtCounty(deps, { actor, caseId: CASE.id as never, events });
    const left = await trade({ cursor: mine.feed.cursor });
    expect(left.feed.rows).toMatchObject([{ k: 'leave', caseId: CASE.id, reason: 'HANDED_OVER' }]);
    const entered = await trade({ dv: id('dvL'), cursor: idle.feed.cursor }, li);
    const [row] = entered.feed.rows;
    expect(row).toMatchObject({ k: 'enter', caseId: CASE.id, salt: CASE.salt });
    expect(row?.k === 'enter' && row.events.map(({ t }) => t)).toEqual([
      'case.drafted',
      'visit.recorded',
      'case.handed_over',
    ]);
    const late = await trade({ cursor: left.feed.cursor, events: [event(3)] });
    expect(late.results[0]?.s).toBe('stored');
    expect(late.feed.rows).toEqual([]);
    const heard = await trade({ dv: id('dvL'), cursor: entered.feed.cursor }, li);
    expect(heard.feed.rows).toMatchObject([{ k: 'event', event: { id: id('e3') } }]);
  });

  it('[SY7] a sealed case and ended grants take it away; a tablet far behind never sees it', async () => {
    const { deps, trade } = await county();
    const one = await trade({ events: first });
    const actor = { code: 'O', personId: 'office', name: '县局' } as never;
    const seal = [{ type: 'case.sealed', payload: {} }];
    await recordAtCounty(deps, { actor, caseId: CASE.id as never, events: seal });
    const next = await trade({ cursor: one.feed.cursor });
    expect(next.feed.rows).toMatchObject([{ k: 'leave', reason: 'SEALED' }]);
    const fromStart = await trade({ dv: id('dvNew') });
    expect(fromStart.feed.rows).toMatchObject([{ k: 'leave', reason: 'SEALED' }]);
  });

  it('[SY7] ended grants take every open case', async () => {
    const { trade } = await county();
    const one = await trade({ events: first });
    const gone = await trade({ cursor: one.feed.cursor }, { ...wang, grants: '' });
    expect(gone.feed.rows).toMatchObject([{ k: 'leave', reason: 'GRANT_ENDED' }]);
    const back = await trade({ cursor: gone.feed.cursor });
    expect(back.feed.rows).toMatchObject([{ k: 'enter', caseId: CASE.id }]);
  });

  it('[SY7] a second tablet of the same person gets everything, with the salt at the beginning', async () => {
    const { trade } = await county();
    await trade({ events: first });
    const other = await trade({ dv: id('dvB') });
    expect(other.feed.rows).toMatchObject([
      { k: 'event', salt: CASE.salt, event: { id: id('e1') } },
      { k: 'event', event: { id: id('e2') } },
    ]);
    expect(other.feed.rows[1]).not.toHaveProperty('salt');
  });

  it('[SY8] pages end at a row, the cursor moves to the last row scanned, and nothing is missing', async () => {
    const { trade } = await county();
    const events = Array.from({ length: 60 }, (_, n) =>
      event(n + 1, n ? 'visit.recorded' : 'case.drafted'),
    );
    await trade({ events });
    const seen: string[] = [];
    let cursor: ExchangeRequest['cursor'] = null;
    let pages = 0;
    for (let more = true; more; pages++) {
      const { feed } = await trade({ dv: id('dvB'), cursor, feedBytesMax: 2_000 });
      for (const row of feed.rows) if (row.k === 'event') seen.push(row.event.id);
      ({ cursor, more } = feed);
    }
    expect(seen).toEqual(events.map((e) => e.id));
    expect(pages).toBeGreaterThan(5);
    expect(cursor?.seq).toBe(60);
  });

  it('[SY6] an adopted event joins the log and its tablet is told', async () => {
    const { deps, trade, store } = await county();
    const bad = event(2, 'visit.recorded', { p: { bad: true } });
    const one = await trade({ events: [event(1, 'case.drafted'), bad] });
    const actor = { code: 'O', personId: 'office', name: '县局' } as never;
    const ask = { id: bad.id as EventId, actor, reason: '核实过' };
    expect((await adoptAside(deps, ask)).ok).toBe(true);
    expect(await adoptAside(deps, ask)).toEqual({ ok: false, error: 'ALREADY_ADOPTED' });
    const next = await trade({ cursor: one.feed.cursor });
    const seq = store.log(COUNTY).find((row) => row.id === bad.id)?.seq;
    expect(next.feed.rows.map((row) => row.k)).toEqual(['event', 'event', 'adopted']);
    expect(next.feed.rows[2]).toMatchObject({ id: bad.id, seq });
    const offered = await trade({ cursor: next.feed.cursor, events: [bad] });
    expect(offered.results[0]).toMatchObject({ s: 'dup', seq });
  });

  it('[SY8] an idle poll writes nothing', async () => {
    const { trade, store } = await county();
    const one = await trade({ events: first });
    const before = store.log(COUNTY).length;
    const two = await trade({ cursor: one.feed.cursor });
    expect(two.feed).toMatchObject({ rows: [], more: false, cursor: { seq: before } });
    expect(store.log(COUNTY)).toHaveLength(before);
  });
});
