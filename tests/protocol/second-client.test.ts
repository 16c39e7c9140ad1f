/** docs/PROTOCOL.md is enough to write a client from: one that was, against the county as it is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import { exchange, newId, receiptOf, type Asked } from './second-client.ts';
import { trafficCounty, type TrafficCounty } from './traffic.ts';

let county: TrafficCounty;
beforeAll(async () => void (county = await trafficCounty()));
afterAll(() => county.close());
const ask = (request: Request) => county.ask('second', request);

const cases = [
  { id: newId(), salt: newId() },
  { id: newId(), salt: newId() },
];
const at = '2026-06-20T00:59:00Z';
const types = ['case.drafted', 'dictation.recorded', 'visit.recorded'] as const;
/** Rare signs and a twin of a long text: every way of the alphabet and of the columns. */
const odd = '𠮷龘é\u0007“—”，俺家的地，他给占了。\u001b后来又占了一垄';
const said = { verbatim: odd, tidy: odd, speaker: '周桂芹', language: '东北官话', present: [odd] };
const events = cases.flatMap((_, c) =>
  types.map((t, i) => {
    const p = t === 'dictation.recorded' ? said : fieldExamples[t];
    return { c, ds: c * types.length + i + 1, id: newId(), t, v: 1, at, p };
  }),
);
const asked = (more: Partial<Asked> = {}): Asked => ({
  ...{ dv: newId(), now: county.now(), cursor: null, wit: null, cases: [], events: [] },
  ...more,
});

describe('a client that was written from the page alone', () => {
  it('[SY52] pushes, knows its receipt, is known the second time and pulls what it said', async () => {
    const push = asked({ cases, events });
    const first = await exchange(ask, push);
    const n = events.length;
    expect(first.runs).toMatchObject([{ s: 'stored', n, seq: 1 }]);
    expect(first.head.receipt).toBe(receiptOf(cases, events));
    const again = await exchange(ask, { ...push, wit: first.head.top });
    expect(again.runs).toMatchObject([{ s: 'dup', n, seq: 1 }]);
    expect(again.head).toMatchObject({ kind: 'exchange', receipt: first.head.receipt });

    const pulled = await exchange(ask, asked());
    const got = pulled.rows.map(({ k, salt, event }) => ({ k, salt, ...event }));
    expect(got).toMatchObject(
      events.map(({ c, ds, id, t, v, p }, i) => ({
        ...{ k: 'event', seq: i + 1, id, t, v, p, dv: push.dv, ds, caseId: cases[c]?.id },
        ...(t === 'case.drafted' ? { salt: cases[c]?.salt } : {}),
      })),
    );
    const { epoch, cursor, headTag } = pulled.head;
    expect(cursor.seq).toBe(n);
    const rest = { epoch, seq: cursor.seq, tag: cursor.tag ?? headTag };
    const nothing = await exchange(ask, asked({ dv: push.dv, cursor: rest, wit: rest }));
    expect([nothing.head.kind, nothing.rows]).toEqual(['exchange', []]);
    const wrong = { ...rest, tag: newId() };
    const parted = await exchange(ask, asked({ dv: push.dv, cursor: wrong }));
    expect(parted.head.kind).toBe('epoch');
  });
});
