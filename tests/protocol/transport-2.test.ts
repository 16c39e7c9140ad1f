/** Both ends of version 2 over HTTP, a county that knows version 1 only, and whatever else answers. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import { idBytes } from '../../src/lib/protocol/ids.ts';
import type { ExchangeReply, ExchangeRequest, WireEvent } from '../../src/lib/protocol/sync.ts';
import { decodeFrame2, encodeFrame2 } from '../../src/lib/protocol/v2/frame.ts';
import { knownIds, requestTables } from '../../src/lib/protocol/v2/messages.ts';
import { EVENTS_MAX_1, EXCHANGE_MEDIA_TYPE_2 } from '../../src/lib/protocol/version.ts';
import { squeezer as zlib } from '../../src/lib/server/sync/squeezer.ts';
import { gzipText } from '../../src/lib/tablet/exchange-http.ts';
import { SLICE_BYTES, squeezer as fflate } from '../../src/lib/tablet/squeezer.ts';
import { httpTransport } from '../../src/lib/tablet/transport-http.ts';
import { digest, trafficCounty, type TrafficCounty } from './traffic.ts';

const id = (n: number) => Buffer.alloc(16, n).toString('base64url');
const REQ = id(200);
const CASE = { id: id(1), salt: id(2) };
const event = (ds: number, t: keyof typeof fieldExamples): WireEvent => ({
  ...{ c: 0, ds, id: id(10 + ds), t, v: 1, at: '2026-06-20T00:59:00.000Z', p: fieldExamples[t] },
});
const EVENTS = [event(1, 'case.drafted'), event(2, 'dictation.recorded')];
const asked = (more: Partial<ExchangeRequest> = {}): ExchangeRequest => ({
  ...{ proto: 2, build: 't', schema: 1, dv: id(3), dsHi: 2, now: '2026-06-20T01:00:00.000Z' },
  ...{ cursor: null, wit: null, wits: [], hist: [], cases: [CASE], events: EVENTS, media: [] },
  feedBytesMax: 1_000_000,
  ...more,
});

let county: TrafficCounty;
let person = 0;
beforeEach(async () => {
  county = await trafficCounty();
  person += 1;
});
afterEach(() => county.close());

type Meddle = (request: Request, answer: () => Promise<Response>) => Promise<Response>;
function transport(meddle: Meddle = (_, answer) => answer()) {
  const types: string[] = [];
  const ours = httpTransport({
    fetch: async (input, init) => {
      const request = new Request(input as string, init);
      types.push(request.headers.get('content-type')?.slice(-4) ?? '');
      return meddle(request, () => county.ask(`T${String(person)}`, request));
    },
    ...{ digest, origin: 'http://county', requestId: () => REQ, gzip: gzipText },
  });
  return { exchange: ours.exchange, types };
}
const only1: Meddle = async (request, answer) =>
  request.headers.get('content-type') === EXCHANGE_MEDIA_TYPE_2
    ? Response.json({ error: 'MEDIA_TYPE' }, { status: 415 })
    : answer();

async function good(
  outcome: Promise<unknown>,
): Promise<Extract<ExchangeReply, { kind: 'exchange' }>> {
  const got = (await outcome) as { kind: string; reply: ExchangeReply };
  expect(got.kind).toBe('reply');
  if (got.reply.kind !== 'exchange') throw new Error('an epoch');
  return got.reply;
}

describe('version 2 over HTTP', () => {
  it('[SY43] says what version 1 says, but for the tags that are no witness', async () => {
    const two = transport();
    const one = transport(only1);
    const first = await good(two.exchange(asked()));
    const again = await good(one.exchange(asked()));
    expect([two.types, one.types]).toEqual([['.ps2'], ['.ps2', '.ps1']]);
    expect(first.results.map((r) => [r.s, r.id])).toEqual(EVENTS.map((e) => ['stored', e.id]));
    expect(again.results.map((r) => [r.s, r.id])).toEqual(EVENTS.map((e) => ['dup', e.id]));
    expect(first.receipt).toBe(again.receipt);
    const tags = [first, again].map(({ results }) => results.map((r) => 'tag' in r && r.tag));
    expect(tags[0]).toEqual(['', tags[1]?.[1]]);
    expect([first.feed.from, first.head]).toEqual([null, again.head]);
    expect(first.feed.cursor).toEqual(again.feed.cursor);
    const pulled = asked({ dv: id(4), cases: [], events: [] });
    const [all1, all2] = [await good(one.exchange(pulled)), await good(two.exchange(pulled))];
    const untagged = (reply: typeof all1) =>
      reply.feed.rows.map((row) => (row.k === 'event' ? { ...row.event, tag: '' } : row));
    expect(untagged(all2)).toEqual(untagged(all1));
    expect(all2.feed.rows).toHaveLength(EVENTS.length);
  });

  it('[SY44] an older county is spoken to in its version from then on, in this session only', async () => {
    const { exchange, types } = transport(only1);
    await good(exchange(asked()));
    await good(exchange(asked({ events: [] })));
    expect(types).toEqual(['.ps2', '.ps1', '.ps1']);
    await good(transport().exchange(asked({ events: [] })));
    const many = Array.from({ length: EVENTS_MAX_1 + 1 }, () => event(1, 'case.drafted'));
    expect(await exchange(asked({ events: many }))).toMatchObject({ status: 413 });
  });

  it('[SY44] one broken request does not make the county an old one', async () => {
    let breaks = 1;
    const { exchange, types } = transport(async (request, answer) =>
      breaks-- > 0 || request.headers.get('content-type') !== EXCHANGE_MEDIA_TYPE_2
        ? Response.json({ error: 'BAD_FRAME' }, { status: 400 })
        : answer(),
    );
    expect(await exchange(asked())).toMatchObject({ kind: 'refused', status: 400 });
    await good(exchange(asked()));
    expect(types).toEqual(['.ps2', '.ps1', '.ps2']);
  });

  it('[SY18] a portal, a cut, a flipped byte or another’s answer is no answer', async () => {
    let whole = new Uint8Array();
    await good(
      transport(async (_, answer) => {
        const response = await answer();
        whole = new Uint8Array(await response.clone().arrayBuffer());
        return response;
      }).exchange(asked()),
    );
    const headers = { 'content-type': EXCHANGE_MEDIA_TYPE_2 };
    const hears = (bytes: Uint8Array<ArrayBuffer>) =>
      transport(async () => new Response(bytes, { headers })).exchange(asked());
    const how = { echo: idBytes(REQ), known: knownIds(asked()) };
    const told = await decodeFrame2({ digest, squeezer: zlib }, whole, how);
    expect(told.ok).toBe(true);
    // As the tablet reads it.
    const read = (bytes: Uint8Array) => decodeFrame2({ digest, squeezer: fflate }, bytes, how);
    expect(await read(whole)).toEqual(told);
    for (let cut = 0; cut < whole.length; cut++)
      expect((await read(whole.slice(0, cut))).ok).toBe(false);
    for (let at = 0; at < whole.length; at++)
      for (let bit = 1; bit < 256; bit *= 2) {
        const flipped = whole.slice();
        flipped[at] = (flipped[at] ?? 0) ^ bit;
        const other = await read(flipped);
        // A deflated text can be said with other bits: then it says the same.
        if (other.ok) expect(other).toEqual(told);
      }
    expect((await hears(whole)).kind).toBe('reply');
    expect((await hears(whole.slice(0, -5))).kind).toBe('not_the_county');
    const page = new TextEncoder().encode('<html>请先登录 WiFi</html>');
    expect((await hears(page)).kind).toBe('not_the_county');
    const lie = transport(async (_, answer) => new Response(await (await answer()).arrayBuffer()));
    expect((await lie.exchange(asked())).kind).toBe('not_the_county');
  });
});

describe('newer tablets', () => {
  it('[ST21] members that this county does not know come back to every reader, unknown types join the log unread', async () => {
    const later = { addedLater: { words: '新版加的', list: [1, null] } };
    const added = { ...event(2, 'dictation.recorded') };
    const p = { ...fieldExamples['dictation.recorded'], ...later };
    const strange = { ...event(3, 'visit.recorded'), t: 'future.thing_done', p: later };
    const { exchange } = transport();
    const events = [event(1, 'case.drafted'), { ...added, p }, strange];
    const { results } = await good(exchange(asked({ events })));
    expect(results.map(({ s }) => s)).toEqual(['stored', 'stored', 'stored']);
    const pulled = await good(exchange(asked({ dv: id(5), cases: [], events: [] })));
    const row = pulled.feed.rows.find((one) => one.k === 'event' && one.event.id === added.id);
    expect(row?.k === 'event' && row.event.p).toEqual(JSON.parse(JSON.stringify(p)));
    const unread = pulled.feed.rows.flatMap((one) => (one.k === 'event' ? [one.event] : []));
    expect(unread.find((one) => one.id === strange.id)?.p).toEqual(
      JSON.parse(JSON.stringify(later)),
    );
    const { store, county: code } = county.container;
    const kept = await store.transact(code, (tx) => tx.aside(strange.id as never));
    expect(JSON.parse(kept?.raw ?? '')).toMatchObject({ t: 'future.thing_done', p: later });
  });
});

describe('a large batch', () => {
  it('[SY55] is deflated in slices between which the page is free, and reads the same', async () => {
    const said = Array.from({ length: 400 }, (_, n) => `第${String(n)}户反映井水浑浊，${REQ}`);
    const text = new TextEncoder().encode(said.join('').repeat(5));
    expect(text.length).toBeGreaterThan(4 * SLICE_BYTES);
    const words = new TextEncoder().encode('井水浑浊');
    let turns = 0;
    let over = false;
    const page = () => {
      turns += 1;
      if (!over) setImmediate(page);
    };
    setImmediate(page);
    const squeezed = new Uint8Array(await fflate.deflate(text, words));
    over = true;
    expect(turns).toBeGreaterThanOrEqual(4);
    expect(squeezed.length).toBeLessThan(text.length / 3);
    for (const end of [zlib, fflate])
      expect(Buffer.compare(end.inflate(squeezed, words, text.length) ?? squeezed, text)).toBe(0);
  });
});

describe('limits of version 2', () => {
  const post = async (body: Uint8Array<ArrayBuffer>, more: Record<string, string> = {}) => {
    const headers = { 'content-type': EXCHANGE_MEDIA_TYPE_2, ...more };
    const request = new Request('http://county/api/sync/exchange', {
      method: 'POST',
      body,
      headers,
    });
    const response = await county.ask(`L${String((person += 1))}`, request);
    return [response.status, ((await response.clone().json()) as { error: string }).error];
  };
  const deps = { digest, squeezer: zlib };
  const req = new Uint8Array(16);

  it('[SY20] a bomb is stopped at the length it names, or not begun', async () => {
    const squeezed = deflateRawSync(Buffer.alloc(200_000_000));
    const frame = (length: number[]) =>
      new Uint8Array([...Buffer.from('PS2'), 1, ...req, ...req, 0, ...length, ...squeezed]);
    const before = process.memoryUsage().rss;
    expect(await post(frame([0x80, 0x84, 0x5f]))).toEqual([413, 'TOO_LARGE']);
    expect(await post(frame([0xff, 0xff, 0x3f]))).toEqual([400, 'BAD_FRAME']);
    expect(await post(frame([0xff, 0xff, 0xff, 0xff]))).toEqual([400, 'BAD_FRAME']);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  it('[SY20] wrong proto, wrong place, a table that nobody knows and HTTP’s packing are refused', async () => {
    const made = (tables: readonly (readonly unknown[])[]) => encodeFrame2(deps, { req, tables });
    const [head, cases = [], events = []] = requestTables(asked());
    expect(await post(await made([head ?? [], cases, events, [], ['later']]))).toEqual([
      400,
      'BAD_FRAME',
    ]);
    expect(
      await post(await made([[{ ...(head?.[0] as object), proto: 1 }], cases, events])),
    ).toEqual([400, 'BAD_FRAME']);
    expect(await post(await made([[], cases, events]))).toEqual([400, 'BAD_FRAME']);
    const stray = [{ ...EVENTS[0], c: 7 }];
    expect(await post(await made([head ?? [], cases, stray]))).toEqual([400, 'BAD_FRAME']);
    const fine = await made([head ?? [], cases, events]);
    expect(await post(new Uint8Array(gzipSync(fine)), { 'content-encoding': 'gzip' })).toEqual([
      415,
      'MEDIA_TYPE',
    ]);
    expect(await post(new Uint8Array(brotliCompressSync(fine)))).toEqual([400, 'BAD_FRAME']);
  });

  it('[SY6] an event that is too deep, too large or not clean isolates itself', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 2_000; level++) deep = [deep];
    const odd = [deep, { said: 'a'.repeat(70_000) }, { said: '\ud83d' }, { said: 'a\0b' }];
    const events = odd.map((p, n) => ({ ...event(n + 2, 'visit.recorded'), p }));
    const { exchange } = transport();
    const all = [event(1, 'case.drafted'), ...events];
    const { results } = await good(exchange(asked({ events: all })));
    expect(results.map((r) => (r.s === 'rejected' ? r.code : r.s))).toEqual([
      ...['stored', 'MALFORMED', 'TOO_LARGE', 'MALFORMED', 'MALFORMED'],
    ]);
  });

  it('[SY43] both ends squeeze alike: what one deflates the other inflates, and no byte more', async () => {
    const tables = requestTables(asked());
    for (const [one, other] of [
      [zlib, fflate],
      [fflate, zlib],
    ] as const) {
      const bytes = await encodeFrame2({ digest, squeezer: one }, { req, tables });
      const read = await decodeFrame2({ digest, squeezer: other }, bytes);
      expect(read).toMatchObject({ ok: true, value: { tables } });
      const text = new Uint8Array(createHash('sha512').update('x').digest());
      const none = new Uint8Array();
      const squeezed = new Uint8Array(await one.deflate(text, none));
      expect(other.inflate(squeezed, none, 64)).toHaveLength(64);
      expect(other.inflate(squeezed, none, 63)).toBeNull();
      expect(other.inflate(squeezed, none, 65)).toBeNull();
    }
  });
});
