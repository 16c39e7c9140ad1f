import { describe, expect, it } from 'vitest';
import { TabletDisk } from '../src/lib/ports/tablet-store-memory.ts';
import { NO_ACT, firstSync, type EventRow } from '../src/lib/ports/tablet-store.ts';
import type { ExchangeReply, FeedEvent, FeedRow, PushResult } from '../src/lib/protocol/sync.ts';
import { HISTORY_MAX } from '../src/lib/protocol/version.ts';
import { buildRequest, planReply, scopeOf } from '../src/lib/tablet/exchange-client.ts';
import { thinHistory } from '../src/lib/tablet/exchange-history.ts';
import { sealable } from '../src/lib/tablet/exchange-seal.ts';
import type { Flight, SealedReply } from '../src/lib/tablet/exchange-types.ts';
import type { SealedCase, SealedEvent } from '../src/lib/tablet/sealed-shapes.ts';
import { planSettled, settleScope } from '../src/lib/tablet/settle-sealed.ts';
import { decodePlain, encodePlain } from '../src/lib/tablet/vault.ts';

const sealAll = (reply: ExchangeReply): SealedReply => {
  const { notes, events, cases } = sealable(reply);
  const bodies = (list: readonly [string, unknown][]) =>
    new Map(list.map(([id, value]) => [id, encodePlain(value)]));
  return { notes: bodies(notes), bodies: bodies(events), cases: bodies(cases), heard: 'AQ' };
};

/** A tablet over the memory disk, with the county played by hand-written answers. */
class Tablet {
  readonly disk = new TabletDisk();
  private forks = 0;
  constructor() {
    this.disk.begin(firstSync('dv1'));
  }
  save(ids: readonly string[], caseId = 'c1'): void {
    const body = (id: string): SealedEvent => ({
      h: `h-${id}`,
      body: {
        ...{ id, caseId, type: 'visit.recorded', v: 1, occurredAt: '2026-06-08T01:30:00Z' },
        payload: { words: `话 ${id}` },
      } as SealedEvent['body'],
    });
    const salt: SealedCase = { salt: `salt-${caseId}` };
    this.disk.save({
      ...NO_ACT,
      events: ids.map((id) => ({ id, caseId, day: 1, body: encodePlain(body(id)) })),
      cases: [{ id: caseId, body: encodePlain(salt) }],
    });
  }
  flight(bytesMax = 256_000): Flight {
    const pending = this.disk.eventsIn('p').map((row) => ({
      row,
      sealed: decodePlain(row.body) as SealedEvent,
      salt: (decodePlain(this.disk.cases.get(row.caseId)!.body) as SealedCase).salt,
    }));
    return buildRequest({
      ...{ sync: this.disk.record!, pending, bytesMax, feedBytesMax: bytesMax, build: 't' },
      ...{ media: [], schema: 1, now: '2026-06-08T02:00:00Z' },
    });
  }
  answer(flight: Flight, reply: ExchangeReply, receiptMatches = true) {
    const spareDv = `fork${++this.forks}`;
    const inputs = { flight, reply, sealed: sealAll(reply), receiptMatches, spareDv };
    return this.disk.exchange(scopeOf(reply, this.disk.record!, flight), (view) =>
      planReply(view, { ...inputs, clockOffsetSeconds: 5, day: 2 }),
    );
  }
  states(): Record<string, string> {
    const rows = [...this.disk.events.values()];
    return Object.fromEntries(rows.map((r) => [r.id, `${r.state}${r.seq || ''}`]));
  }
  row(id: string): EventRow {
    return this.disk.events.get(id)!;
  }
}

const head = (rest: Partial<ExchangeReply> = {}) => ({
  ...{ epoch: 'E1', head: 9, safe: 0, spreadSeconds: 120, minBuild: '' },
  ...{ now: '2026-06-08T02:00:05Z' },
  ...rest,
});
const cursor = (seq: number) => ({ epoch: 'E1', seq, tag: `t${seq}` });
const exchange = (
  flight: Flight,
  results: PushResult[],
  feed: { rows?: FeedRow[]; to?: number; safe?: number; epoch?: string } = {},
): ExchangeReply => {
  const from = flight.request.cursor;
  const to = feed.to === undefined ? (from ?? cursor(0)) : cursor(feed.to);
  return {
    ...head({ safe: feed.safe ?? 0, epoch: feed.epoch ?? 'E1' }),
    ...{ kind: 'exchange', results, dsLast: 0, receipt: '', missing: [] },
    feed: { from, rows: feed.rows ?? [], cursor: to, more: false },
  };
};
const place = (id: string, seq: number) => ({
  ...{ id, seq, tag: `t${seq}`, at: '2026-06-08T02:00:04Z' },
});
const stored = (id: string, seq: number): PushResult => ({ s: 'stored', ...place(id, seq) });
const dup = (id: string, seq: number): PushResult => ({ s: 'dup', ...place(id, seq) });
const fromCounty = (id: string, seq: number, caseId = 'c1'): FeedEvent => ({
  ...{ seq, tag: `t${seq}`, id, caseId, t: 'case.received', v: 1, at: '2026-06-08T02:00:00Z' },
  ...{ p: {}, receivedAt: '2026-06-08T02:00:00Z', offset: 0, dv: 'county', ds: 0 },
  actor: { code: 'S', personId: 'system', name: '县局' },
});

describe('requests', () => {
  it('[TB7] carries unsent events in ds order, each case and its salt once', () => {
    const t = new Tablet();
    t.save(['a', 'b']);
    t.save(['c'], 'c2');
    t.save(['d']);
    const { request, rest } = t.flight();
    expect(request.events.map((e) => [e.id, e.ds, e.c])).toEqual([
      ...[
        ['a', 1, 0],
        ['b', 2, 0],
        ['c', 3, 1],
        ['d', 4, 0],
      ],
    ]);
    expect(request.cases).toEqual([
      ...[
        { id: 'c1', salt: 'salt-c1' },
        { id: 'c2', salt: 'salt-c2' },
      ],
    ]);
    expect([request.dsHi, rest]).toEqual([4, 0]);
  });

  it('[TB17] one event goes however small the batch; pictures wait for the last text', () => {
    const t = new Tablet();
    t.save(['a', 'b', 'c']);
    const small = t.flight(10);
    expect([small.request.events.length, small.rest]).toEqual([1, 2]);
    const media = [{ sha: 's', bytes: 1, mime: 'image/jpeg', caseId: 'c1' }];
    const base = { sync: t.disk.record!, feedBytesMax: 9, build: 't', schema: 1, now: 'n', media };
    const pending = t.disk.eventsIn('p').map((row) => ({
      ...{ row, salt: 's', sealed: decodePlain(row.body) as SealedEvent },
    }));
    expect(buildRequest({ ...base, pending, bytesMax: 10 }).request.media).toEqual([]);
    expect(buildRequest({ ...base, pending, bytesMax: 99_999 }).request.media).toEqual(media);
  });
});

describe('answers', () => {
  it('[SY103] what was refused is offered again once a county day, at its own place', () => {
    const t = new Tablet();
    const at = (now: string, results: PushResult[] = []) => {
      const flight = t.flight();
      t.answer(flight, { ...exchange(flight, results), now } as ExchangeReply);
      return t.states();
    };
    t.save(['a', 'b']);
    const refusal: PushResult = { s: 'rejected', id: 'a', code: 'MALFORMED' };
    expect(at('2026-06-08T02:00:00Z', [refusal, stored('b', 5)])).toEqual({ a: 'q', b: 'a5' });
    expect(at('2026-06-08T15:59:59Z')).toEqual({ a: 'q', b: 'a5' });
    expect(at('2026-06-08T16:00:00Z')).toEqual({ a: 'p', b: 'a5' });
    expect([t.row('a').dv, t.row('a').ds]).toEqual(['dv1', 1]);
    // The same answer again: refused, and left in peace until the next day.
    expect(at('2026-06-08T16:00:01Z', [refusal])).toEqual({ a: 'q', b: 'a5' });
    expect(at('2026-06-08T16:00:02Z')).toEqual({ a: 'q', b: 'a5' });
    // Somebody else stands at that place by now: it goes under the new device's next place.
    expect(at('2026-06-09T16:00:00Z')).toEqual({ a: 'p', b: 'a5' });
    expect(at('2026-06-09T16:00:01Z', [{ s: 'forked', id: 'a' }])).toEqual({ a: 'p', b: 'a5' });
    expect([t.row('a').dv, t.row('a').ds]).toEqual([t.disk.record?.dv, 1]);
  });

  it('[TB7] stored and dup are acknowledged with position, epoch and one witness', () => {
    const t = new Tablet();
    t.save(['a', 'b']);
    const f = t.flight();
    t.answer(f, exchange(f, [stored('a', 7), dup('b', 3)]));
    expect(t.states()).toEqual({ a: 'a7', b: 'a3' });
    expect(t.row('a')).toMatchObject({ epoch: 'E1', tag: 't7' });
    expect(decodePlain(t.row('a').note!)).toEqual({ receivedAt: '2026-06-08T02:00:04Z' });
    expect(t.disk.record).toMatchObject({ wit: [7, 't7'], wits: [[7, 't7']], epoch: 'E1' });
    const next = t.flight();
    expect(next.request.wits).toEqual([[7, 't7']]);
    t.answer(next, exchange(next, []));
    expect(t.disk.record).toMatchObject({ wit: [7, 't7'], wits: [] });
  });

  it('[TB8] rejected and conflict are kept aside with their code, the rest flows', () => {
    const t = new Tablet();
    t.save(['a', 'b', 'c']);
    const f = t.flight();
    const no: PushResult = { s: 'rejected', id: 'a', code: 'PAYLOAD' };
    t.answer(f, exchange(f, [no, { s: 'conflict', id: 'b' }, stored('c', 1)]));
    expect(t.states()).toEqual({ a: 'q', b: 'q', c: 'a1' });
    expect(decodePlain(t.row('a').note!)).toEqual({ code: 'PAYLOAD' });
    expect(decodePlain(t.row('b').note!)).toEqual({ code: 'ID_REUSE' });
  });

  it('[TB9] gap brings everything from there back, acknowledged or not', () => {
    const t = new Tablet();
    t.save(['a', 'b', 'c']);
    let f = t.flight();
    t.answer(f, exchange(f, [stored('a', 1), stored('b', 2)]));
    f = t.flight();
    t.answer(f, exchange(f, [{ s: 'gap', id: 'c', need: 2 }]));
    expect(t.states()).toEqual({ a: 'a1', b: 'p', c: 'p' });
    expect(t.row('b')).toMatchObject({ ds: 2, seq: 0, tag: '', epoch: '' });
  });

  it('[TB10] forked, or a gap that nobody can fill: new device id, ids stay', () => {
    for (const answer of ['forked', 'gap'] as const) {
      const t = new Tablet();
      t.save(['a', 'b', 'c']);
      let f = t.flight();
      t.answer(f, exchange(f, [stored('a', 1)], { safe: 1 }));
      t.disk.events.delete('a');
      f = t.flight();
      const r: PushResult =
        answer === 'gap' ? { s: 'gap', id: 'b', need: 1 } : { s: 'forked', id: 'b' };
      t.answer(f, exchange(f, [r]));
      expect(t.disk.record?.dv).toMatch(/^fork/);
      expect(t.disk.eventsIn('p').map((r) => [r.id, r.ds, r.dv])).toEqual([
        ...[
          ['b', 1, t.disk.record!.dv],
          ['c', 2, t.disk.record!.dv],
        ],
      ]);
      expect(t.disk.record?.dsNext).toBe(3);
    }
  });

  it('[TB11] a parted history: copies of others go, all own work is offered again', () => {
    const t = new Tablet();
    t.save(['a', 'b', 'c']);
    let f = t.flight();
    const rows: FeedRow[] = [1, 4].map((n) => ({ k: 'event', event: fromCounty(`x${n}`, n) }));
    const no: PushResult = { s: 'rejected', id: 'c', code: 'ACTOR' };
    t.answer(f, exchange(f, [stored('a', 2), stored('b', 3), no], { rows, to: 4, safe: 2 }));
    expect(t.states()).toEqual({ a: 'f2', b: 'a3', c: 'q', x1: 'f1', x4: 'f4' });
    f = t.flight();
    t.answer(f, { ...head({ epoch: 'E2' }), kind: 'epoch', base: 1 });
    expect(t.states()).toEqual({ a: 'p', b: 'p', c: 'p' });
    expect(t.disk.record).toMatchObject({
      ...{ epoch: 'E2', gen: 1, cursor: null, wit: null, wits: [], hist: [], safe: 0 },
    });
  });

  it('[SY144] a history that parts below what was safe is told, with what is not here any more', () => {
    const t = new Tablet();
    t.save(['a', 'b', 'c']);
    const f = t.flight();
    t.answer(f, exchange(f, [stored('a', 1), stored('b', 2), stored('c', 3)], { safe: 3 }));
    t.disk.events.delete('b');
    const back = (base: number) =>
      t.answer(t.flight(), { ...head({ epoch: 'E2' }), kind: 'epoch', base });
    const before = t.disk.record;
    back(3);
    expect(t.disk.record?.was).toBeUndefined();
    t.disk.record = before;
    back(1);
    expect(t.disk.record?.was).toMatchObject({ dv: before?.dv, why: 'RESTORED', unsent: 1 });
    expect(t.states()).toEqual({ a: expect.any(String), c: 'p' });
  });

  it('[TB12] an answer to an older generation, device or history changes nothing', () => {
    const t = new Tablet();
    t.save(['a']);
    const old = t.flight();
    t.answer(old, { ...head({ epoch: 'E2' }), kind: 'epoch', base: 0 });
    expect(t.answer(old, exchange(old, [stored('a', 1)]))).toBeNull();
    let f = t.flight();
    t.answer(f, exchange(f, [], { to: 3, epoch: 'E2' }));
    f = t.flight();
    expect(f.request.cursor).not.toBeNull();
    expect(t.answer(f, exchange(f, [stored('a', 1)], { epoch: 'E1' }))).toBeNull();
    expect(t.states()).toEqual({ a: 'p' });
  });

  it('[SY118] without a cursor the county cannot see that histories parted: the tablet does, and offers all again', () => {
    const t = new Tablet();
    t.save(['a', 'b']);
    // A drain of the locked vault, or an ack file: places of this history, and no cursor.
    const items = [{ dv: 'dv1', ds: 1, id: 'a', seq: 1, tag: 't1' }];
    const settled = { epoch: 'E1', safe: 0, items };
    t.disk.exchange(settleScope(settled), (view) => planSettled(view, settled));
    expect([t.states(), t.disk.record?.cursor]).toEqual([{ a: 'a1', b: 'p' }, null]);
    let f = t.flight();
    // Put back to a place behind that witness, so nothing shown to it is wrong.
    expect(t.answer(f, exchange(f, [stored('b', 2)], { epoch: 'E2' }))).not.toBeNull();
    expect(t.states()).toEqual({ a: 'p', b: 'p' });
    expect(t.disk.record).toMatchObject({ epoch: 'E2', gen: 1, cursor: null, wit: null });
    f = t.flight();
    t.answer(f, exchange(f, [dup('a', 1), dup('b', 2)], { epoch: 'E2', to: 2 }));
    expect(t.states()).toEqual({ a: 'a1', b: 'a2' });
  });

  it('[TB12] a receipt over other hashes acknowledges nothing', () => {
    const t = new Tablet();
    t.save(['a']);
    const f = t.flight();
    t.answer(f, exchange(f, [stored('a', 1)]), false);
    expect(t.states()).toEqual({ a: 'p' });
  });

  it('[TB13] only what stands in a checked backup of this history becomes a plain copy', () => {
    const t = new Tablet();
    t.save(['a', 'b']);
    let f = t.flight();
    t.answer(f, exchange(f, [stored('a', 1), stored('b', 2)]));
    f = t.flight();
    t.answer(f, exchange(f, [], { safe: 1 }));
    expect(t.states()).toEqual({ a: 'f1', b: 'a2' });
  });
});

describe('the feed', () => {
  it('[TB14] rows and cursor come together, and only for the cursor that asked', () => {
    const t = new Tablet();
    const f = t.flight();
    const rows: FeedRow[] = [{ k: 'event', event: fromCounty('x', 1), salt: 'S' }];
    t.answer(f, exchange(f, [], { rows, to: 5 }));
    expect(t.states()).toEqual({ x: 'f1' });
    expect(t.disk.record?.cursor).toEqual(cursor(5));
    expect(decodePlain(t.disk.cases.get('c1')!.body)).toEqual({ salt: 'S' });
    t.answer(f, exchange(f, [], { rows: [{ k: 'event', event: fromCounty('y', 2) }], to: 9 }));
    expect(t.states()).toEqual({ x: 'f1' });
    expect(t.disk.record?.cursor?.seq).toBe(5);
  });

  it('[TB15] leave takes copies at once, own work only when it is safe', () => {
    const t = new Tablet();
    t.save(['a']);
    let f = t.flight();
    const rows: FeedRow[] = [{ k: 'event', event: fromCounty('x', 1), salt: 'S' }];
    t.answer(f, exchange(f, [stored('a', 2)], { rows, to: 2 }));
    t.save(['b']);
    f = t.flight();
    const leave: FeedRow = { k: 'leave', seq: 3, caseId: 'c1', reason: 'HANDED_OVER' };
    t.answer(f, exchange(f, [], { rows: [leave], to: 3 }));
    expect(t.states()).toEqual({ a: 'a2', b: 'p' });
    expect(t.disk.cases.get('c1')?.left).toBe(1);
    f = t.flight();
    t.answer(f, exchange(f, [stored('b', 4)], { to: 4, safe: 4 }));
    expect(t.states()).toEqual({});
    expect(t.disk.cases.has('c1')).toBe(false);
  });

  it('[TB15] enter replaces the copies of a case and keeps what is ours', () => {
    const t = new Tablet();
    t.save(['a']);
    let f = t.flight();
    const old: FeedRow[] = [{ k: 'event', event: fromCounty('x', 1), salt: 'S' }];
    t.answer(f, exchange(f, [], { rows: old, to: 1 }));
    f = t.flight();
    const events = [fromCounty('y', 1), fromCounty('a', 2)];
    const rows: FeedRow[] = [{ k: 'enter', seq: 5, caseId: 'c1', salt: 'S', events }];
    t.answer(f, exchange(f, [], { rows, to: 5 }));
    expect(t.states()).toEqual({ a: 'p', y: 'f1' });
  });

  it('[TB8] what the office adopts is acknowledged', () => {
    const t = new Tablet();
    t.save(['a']);
    let f = t.flight();
    t.answer(f, exchange(f, [{ s: 'rejected', id: 'a', code: 'ACTOR' }]));
    f = t.flight();
    const rows: FeedRow[] = [{ k: 'adopted', seq: 8, tag: 't8', id: 'a', at: 'now' }];
    t.answer(f, exchange(f, [], { rows, to: 8 }));
    expect(t.states()).toEqual({ a: 'a8' });
  });

  it('[TB11] the history kept stays sparse and short', () => {
    let hist: readonly (readonly [number, string])[] = [];
    for (let n = 1; n <= 500; n++) hist = thinHistory(hist, [n, `t${n}`]);
    expect(hist.length).toBeLessThanOrEqual(HISTORY_MAX);
    expect(hist.at(-1)?.[0]).toBe(500);
    expect(hist[0]?.[0]).toBeLessThan(400);
  });
});
