import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Sha256 } from '../src/lib/domain/values.ts';
import { decodeFrame, encodeFrame } from '../src/lib/protocol/frame.ts';
import type { Digest } from '../src/lib/protocol/hash.ts';
import type { ExchangeReply, ExchangeRequest } from '../src/lib/protocol/sync.ts';
import { EXCHANGE_MEDIA_TYPE, EXCHANGE_MEDIA_TYPE_2 } from '../src/lib/protocol/version.ts';
import { gzipText, httpTransport } from '../src/lib/tablet/transport-http.ts';

const digest: Digest = async (b) => new Uint8Array(createHash('sha256').update(b).digest());
const request: ExchangeRequest = {
  ...{ proto: 1, build: 't', schema: 1, dv: 'dv1', dsHi: 0, now: '2026-06-08T02:00:00Z' },
  ...{ cursor: null, wit: null, wits: [], hist: [], cases: [], events: [], media: [] },
  feedBytesMax: 1000,
};
const reply: ExchangeReply = {
  ...{ kind: 'epoch', epoch: 'E1', head: 0, safe: 0, spreadSeconds: 1, minBuild: '', base: 0 },
  now: '2026-06-08T02:00:05Z',
};
const OURS = { 'content-type': EXCHANGE_MEDIA_TYPE };

type Answer = (frame: { req: string; text: string }) => Promise<Response> | Response;

/**
 * A transport whose network is one function over the frame that was sent. The county here is of the
 * first build: it knows version 1 of the wire only (version 2: tests/protocol/transport-2.test.ts).
 */
function over(answer: Answer, gzip = false) {
  const calls: RequestInit[] = [];
  const transport = httpTransport({
    fetch: async (_url, init) => {
      const { 'content-type': type } = (init?.headers ?? {}) as Record<string, string>;
      if (type === EXCHANGE_MEDIA_TYPE_2)
        return Response.json({ error: 'MEDIA_TYPE' }, { status: 415 });
      calls.push(init ?? {});
      const body = init?.body as string | Uint8Array<ArrayBuffer>;
      const bytes = gzip
        ? new Blob([body as Uint8Array<ArrayBuffer>])
            .stream()
            .pipeThrough(new DecompressionStream('gzip'))
        : (body as string);
      const text = await new Response(bytes).text();
      return answer({ text, req: text.split(' ')[1] ?? '' });
    },
    ...{ digest, origin: 'http://county', requestId: () => 'R'.repeat(22) },
    gzip: gzip ? gzipText : null,
  });
  return { transport, calls };
}
const good = async ({ req }: { req: string }): Promise<Response> =>
  new Response(await encodeFrame(digest, { req, json: reply }), { headers: OURS });

describe('what counts as an answer of the county', () => {
  it('[AU321] a refusal brings the word to this device’s vault, named by its device id', async () => {
    const say = (lock: unknown): Answer => {
      return () => Response.json({ error: 'SIGN_IN', lock }, { status: 401 });
    };
    const { transport, calls } = over(say({ bar: 'lost', cards: ['c'] }));
    expect(await transport.exchange(request)).toMatchObject({
      ...{ kind: 'refused', status: 401, error: 'SIGN_IN', lock: { bar: 'lost', cards: ['c'] } },
    });
    expect(calls[0]?.headers).toMatchObject({ 'x-daiban-device': 'dv1' });
    expect(await over(say({ bar: null })).transport.exchange(request)).toMatchObject({
      lock: { bar: null },
    });
    for (const strange of [undefined, null, 'lost', { bar: 'gone' }, {}])
      expect(await over(say(strange)).transport.exchange(request)).not.toHaveProperty('lock');
  });

  it('[TB16] type, magic, echo, checksum and shape together', async () => {
    const { transport, calls } = over(good);
    expect(await transport.exchange(request)).toMatchObject({ kind: 'reply', reply });
    expect(calls[0]).toMatchObject({ redirect: 'manual', cache: 'no-store', method: 'POST' });
  });

  it('[TB16] the request travels gzipped and whole', async () => {
    let got = '';
    const { transport } = over((f) => ((got = f.text), good(f)), true);
    expect((await transport.exchange(request)).kind).toBe('reply');
    const frame = await decodeFrame(digest, got);
    expect(frame).toMatchObject({ ok: true, value: { json: { dv: 'dv1' } } });
  });

  const portal = '<html>请先登录 WiFi</html>';
  const text = async (req: string): Promise<string> => encodeFrame(digest, { req, json: reply });
  const foreign: Record<string, Answer> = {
    'a portal with 200 HTML': () =>
      new Response(portal, { headers: { 'content-type': 'text/html' } }),
    'a portal with our media type': () => new Response(portal, { headers: OURS }),
    'our frame under another type': async ({ req }) =>
      new Response(await text(req), { headers: { 'content-type': 'text/plain' } }),
    'the answer to another request': async () =>
      new Response(await text('Q'.repeat(22)), { headers: OURS }),
    'one changed letter': async ({ req }) =>
      new Response((await text(req)).replace('E1', 'E2'), { headers: OURS }),
    'a cut body': async ({ req }) =>
      new Response((await text(req)).slice(0, -9), { headers: OURS }),
    'a right frame of another shape': async ({ req }) =>
      new Response(await encodeFrame(digest, { req, json: { kind: 'ok' } }), { headers: OURS }),
    'a redirect': () =>
      new Response(null, { status: 302, headers: { location: 'http://portal/' } }),
    'a login page with 403': () =>
      new Response(portal, { status: 403, headers: { 'content-type': 'text/html' } }),
  };
  for (const [name, answer] of Object.entries(foreign))
    it(`[TB16] ${name} is no answer`, async () => {
      const outcome = await over(answer).transport.exchange(request);
      expect(outcome.kind).toBe('not_the_county');
    });

  it('[TB16] a broken line is no answer and throws nothing', async () => {
    const { transport } = over(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await transport.exchange(request)).toEqual({ kind: 'offline' });
    const sha = 'a'.repeat(64) as Sha256;
    expect(await transport.putChunk(sha, 0, new Uint8Array(3))).toEqual({ kind: 'offline' });
  });

  it('[TB16] a typed refusal is told apart from a foreign page', async () => {
    const json = { 'content-type': 'application/json' };
    const refuse =
      (status: number, error: string, more = {}): Answer =>
      () =>
        new Response(JSON.stringify({ error }), { status, headers: { ...json, ...more } });
    const ask = (answer: Answer) => over(answer).transport.exchange(request);
    expect(await ask(refuse(401, 'SIGN_IN'))).toEqual({
      ...{ kind: 'refused', status: 401, error: 'SIGN_IN', retryAfterSeconds: null },
    });
    expect(await ask(refuse(503, 'BUSY', { 'retry-after': '7' }))).toEqual({
      ...{ kind: 'busy', retryAfterSeconds: 7 },
    });
  });

  it('[TB16] a chunk counts only when the county names it', async () => {
    const sha = 'b'.repeat(64) as Sha256;
    const say =
      (json: unknown, type = 'application/json'): Answer =>
      () =>
        new Response(JSON.stringify(json), { headers: { 'content-type': type } });
    const put = (answer: Answer) => over(answer).transport.putChunk(sha, 2, new Uint8Array(3));
    const right = { magic: 'PS1', sha, chunk: 2, complete: true };
    expect(await put(say(right))).toEqual({ kind: 'kept', complete: true });
    const at = '2026-06-08T09:42:00.000Z';
    expect(await put(say({ ...right, at }))).toEqual({ kind: 'kept', complete: true, at });
    expect(await put(say({ ...right, at: 9 }))).toMatchObject({ kind: 'not_the_county' });
    expect((await put(say({ ...right, chunk: 1 }))).kind).toBe('not_the_county');
    expect((await put(say({ ...right, magic: 'X' }))).kind).toBe('not_the_county');
    expect((await put(say(right, 'text/html'))).kind).toBe('not_the_county');
  });
});
