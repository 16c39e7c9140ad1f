/** A large exchange whose line breaks: both ends of the product, and a line that breaks by seeds. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { fieldExamples } from '../../src/lib/domain/testing/examples-field.ts';
import { partPath } from '../../src/lib/protocol/part.ts';
import type { ExchangeRequest, WireEvent } from '../../src/lib/protocol/sync.ts';
import { EXCHANGE_MEDIA_TYPE_2, RESUME_BYTES_MIN } from '../../src/lib/protocol/version.ts';
import {
  PARTS_BYTES_MAX,
  PARTS_PERSON_MAX,
  PART_SECONDS,
} from '../../src/lib/server/sync/limits.ts';
import { askedPart, createParts } from '../../src/lib/server/sync/parts.ts';
import { RESUME_ASKS_MAX, RESUMES_MAX, resumeWaitMs } from '../../src/lib/tablet/retry.ts';
import { httpTransport } from '../../src/lib/tablet/transport-http.ts';
import { digest, trafficCounty, type TrafficCounty } from './traffic.ts';

const id = (n: number) => Buffer.alloc(16, n).toString('base64url');
const REQ = id(200);
const PACKET = 1_400;
/** Words that no packing makes smaller. */
const noise = (n: number) => createHash('sha512').update(String(n)).digest('base64');
const said = (n: number) => Array.from({ length: 20 }, (_, i) => noise(100 * n + i)).join('');
const event = (ds: number, t: keyof typeof fieldExamples, more: object = {}): WireEvent => ({
  ...{ c: 0, ds, id: id(10 + ds), t, v: 1, at: '2026-06-20T00:59:00.000Z' },
  p: { ...fieldExamples[t], ...more },
});
const told = Array.from({ length: 11 }, (_, n) =>
  event(n + 2, 'dictation.recorded', { added: said(n) }),
);
const EVENTS = [event(1, 'case.drafted'), ...told];
const asked = (more: Partial<ExchangeRequest> = {}): ExchangeRequest => ({
  ...{ proto: 2, build: 't', schema: 1, dv: id(3), dsHi: 12, now: '2026-06-20T01:00:00.000Z' },
  ...{ cursor: null, wit: null, wits: [], hist: [], cases: [{ id: id(1), salt: id(2) }] },
  ...{ events: EVENTS, media: [], feedBytesMax: 1_000_000 },
  ...more,
});

let county: TrafficCounty;
let person = 0;
beforeEach(async () => {
  county = await trafficCounty();
  person += 1;
});
afterEach(() => county.close());

/** How one request fares: bytes until the line breaks, null for whole, 'answer' when that is cut. */
type Fate = number | 'answer' | null;

/** A tablet's transport over a line whose fate is told per request; `crossed` counts its bytes. */
function line(fate: (path: string, bytes: number) => Fate) {
  const seen = { crossed: 0, length: 0, paths: [] as string[], waits: [] as number[] };
  const { exchange } = httpTransport({
    fetch: async (input, init) => {
      const { pathname, search } = new URL(input as string);
      const body = (init?.body ?? new Uint8Array()) as Uint8Array;
      seen.length = Math.max(seen.length, body.length);
      seen.paths.push(search);
      const end = fate(pathname + search, body.length);
      const through = typeof end === 'number' ? Math.min(end, body.length) : body.length;
      seen.crossed += through;
      let at = 0;
      const stream = new ReadableStream<Uint8Array>({
        pull: (to) => {
          if (at < through) {
            to.enqueue(body.slice(at, (at = Math.min(through, at + PACKET))));
          } else if (typeof end === 'number') to.error(new Error('reset'));
          else to.close();
        },
      });
      const headers = new Headers(init?.headers);
      headers.set('content-length', String(body.length));
      const whole = { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit;
      const empty = body.length === 0 && end === null;
      const request = new Request(input as string, empty ? { method: 'POST', headers } : whole);
      const answer = await county.ask(`R${String(person)}`, request);
      if (end !== null) throw new TypeError('Failed to fetch');
      return answer;
    },
    ...{ digest, origin: 'http://county', requestId: () => REQ, gzip: null, random: () => 0.5 },
    pause: async (ms) => void seen.waits.push(ms),
  });
  return { exchange, seen };
}
const dice = (seed: number) => {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 4_294_967_296;
};

describe('a request whose line breaks', () => {
  it('[SY54] goes on where the county’s end stopped, over 12 lines that break by seeds', async () => {
    let [breaks, replies] = [0, 0];
    for (let seed = 1; seed <= 12; seed++) {
      person += 1;
      const random = dice(seed);
      const { exchange, seen } = line((_, bytes) => {
        if (random() > 0.6) return null;
        breaks += 1;
        return random() < 0.2 ? 'answer' : Math.floor(1 + random() * bytes);
      });
      const outcome = await exchange(asked({ dv: id(seed) }));
      if (outcome.kind === 'reply') {
        const results = outcome.reply.kind === 'exchange' ? outcome.reply.results : [];
        expect(results.map((r) => r.id)).toEqual(EVENTS.map((e) => e.id));
        // Every byte crosses once.
        expect(seen.crossed).toBe(seen.length);
      } else expect(seen.paths.length).toBeGreaterThan(RESUME_ASKS_MAX);
      replies += outcome.kind === 'reply' ? 1 : 0;
    }
    expect(breaks).toBeGreaterThan(12);
    expect(replies).toBeGreaterThan(7);
  }, 300_000);

  it('[SY54] is not sent again when only its answer was lost', async () => {
    const fates: Fate[] = ['answer', null, null];
    const { exchange, seen } = line(() => fates.shift() ?? null);
    expect(await exchange(asked())).toMatchObject({ kind: 'reply' });
    expect(seen.crossed).toBe(seen.length);
    const rest = `?part=${REQ}&from=${String(seen.length)}`;
    expect(seen.paths).toEqual(['', `?part=${REQ}`, rest]);
  });

  it('[SY54] a small one, an older county and one that forgot: a cut as it always was', async () => {
    const small = line(() => 9);
    expect(await small.exchange(asked({ events: EVENTS.slice(0, 1) }))).toEqual({
      kind: 'offline',
    });
    expect(small.seen.paths).toEqual(['']);
    // Nothing of it came, twice: the loop decides what to send next.
    const none = line((path) => (path.includes('part') ? null : 0));
    expect(await none.exchange(asked({ dv: id(9) }))).toEqual({ kind: 'offline' });
    expect(none.seen.paths).toEqual(['', `?part=${REQ}`, '', `?part=${REQ}`]);
    // Once is no more than an early cut.
    const fates: Fate[] = [0, null, null];
    const early = line(() => fates.shift() ?? null);
    expect(await early.exchange(asked({ dv: id(8) }))).toMatchObject({ kind: 'reply' });
    expect(early.seen.paths).toEqual(['', `?part=${REQ}`, '']);
    const away = line(() => 0);
    expect(await away.exchange(asked())).toEqual({ kind: 'offline' });
    expect(away.seen.waits).toHaveLength(RESUME_ASKS_MAX);
    const never = line((path) => (path.includes('part') && !path.includes('from') ? null : 1));
    expect(await never.exchange(asked())).toEqual({ kind: 'offline' });
    expect(never.seen.paths.length).toBeLessThanOrEqual(2 * RESUMES_MAX + 2);
  });

  it('[SY54] the first question comes at once, the next ones after four seconds at most', () => {
    expect(resumeWaitMs(0, () => 0.999)).toBeLessThan(250);
    expect(resumeWaitMs(30, () => 1)).toBe(4_000);
  });
});

describe('what is kept of it', () => {
  const frame = (n: number, length: number) => {
    const bytes = new Uint8Array(length).fill(n);
    bytes.set(Buffer.from(id(n), 'base64url'), 4);
    return bytes;
  };
  const put = (parts: ReturnType<typeof createParts>, who: string, bytes: Uint8Array) => {
    const part = parts.begin(who, bytes.length);
    for (let at = 0; at < bytes.length; at += 1_400) part.add(bytes.subarray(at, at + 1_400));
  };

  it('[SY53] belongs to the person who sent it and counts only as this very request', async () => {
    const { exchange } = line((path) => (path.includes('part') ? 0 : 10_000));
    expect((await exchange(asked())).kind).toBe('offline');
    const ask = async (who: string, path: string, body?: Uint8Array<ArrayBuffer>) => {
      const headers = { 'content-type': EXCHANGE_MEDIA_TYPE_2 };
      const init = { method: 'POST', headers, ...(body ? { body } : {}) };
      const answer = await county.ask(who, new Request(`http://county${path}`, init));
      return [answer.status, await answer.json()];
    };
    const his = `R${String(person)}`;
    const told = (have: number) => [200, { magic: 'PS2', part: REQ, have }];
    expect(await ask(his, partPath(REQ))).toEqual(told(10_000));
    expect(await ask('R-other', partPath(REQ))).toEqual(told(0));
    const gone = [409, { error: 'BAD_FRAME' }];
    expect(await ask('R-other', partPath(REQ, 10_000), new Uint8Array(9))).toEqual(gone);
    expect(await ask(his, partPath(REQ, 10_001), new Uint8Array(9))).toEqual(gone);
    // A strange rest joins to no frame.
    expect(await ask(his, partPath(REQ, 10_000), new Uint8Array(9_000))).toEqual(gone);
    const strange = [400, { error: 'BAD_FRAME' }];
    for (const odd of [`?part=x`, `?part=${REQ}&from=-1`, '?from=3', `?part=${REQ}&from=1e3`])
      expect(await ask(his, `/api/sync/exchange${odd}`)).toEqual(strange);
    expect(askedPart('http://county/api/sync/exchange')).toBeNull();
  });

  it('[SY53] is bounded in bytes, in number and in time', () => {
    let now = 0;
    const parts = createParts(() => now);
    put(parts, 'a', frame(1, RESUME_BYTES_MIN - 1));
    expect(parts.have('a', id(1))).toBe(0);
    put(parts, 'a', frame(1, RESUME_BYTES_MIN));
    expect(parts.have('a', id(1))).toBe(RESUME_BYTES_MIN);
    for (let n = 2; n < 3 + PARTS_PERSON_MAX; n++) put(parts, 'a', frame(n, 10_000));
    expect([1, 2, 3].map((n) => parts.have('a', id(n)))).toEqual([0, 0, 10_000]);
    const many = PARTS_BYTES_MAX / 400_000 + 5;
    for (let n = 0; n < many; n++) put(parts, `p${String(n)}`, frame(60, 400_000));
    const kept = Array.from({ length: Math.floor(many) }, (_, n) =>
      parts.have(`p${String(n)}`, id(60)),
    );
    expect(kept.filter((have) => have > 0).length * 400_000).toBeLessThanOrEqual(PARTS_BYTES_MAX);
    expect([kept[0], kept.at(-1)]).toEqual([0, 400_000]);
    now += PART_SECONDS * 1_000 + 1;
    expect(parts.have(`p${String(kept.length - 1)}`, id(60))).toBe(0);
  });

  it('[SY53] what an old line brings late changes nothing of what goes on', () => {
    const parts = createParts(() => 0);
    const bytes = frame(7, 20_000);
    const old = parts.begin('a', bytes.length);
    old.add(bytes.subarray(0, 9_000));
    const next = parts.goOn('a', id(7), 8_500);
    old.add(bytes.subarray(9_000, 12_000));
    expect(next?.before).toEqual(Buffer.from(bytes.subarray(0, 8_500)));
    next?.add(bytes.subarray(8_500, 15_000));
    expect(parts.have('a', id(7))).toBe(15_000);
    expect(parts.goOn('a', id(7), 15_001)).toBeNull();
  });
});
