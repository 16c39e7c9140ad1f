import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliDecompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Subject } from '../../domain/permissions.ts';
import type { ChunkReply } from '../../protocol/media.ts';
import { decodeFrame, encodeFrame } from '../../protocol/frame.ts';
import type { Digest } from '../../protocol/hash.ts';
import {
  enrolReplySchema,
  exchangeReplySchema,
  type ExchangeRequest,
  type WireEvent,
} from '../../protocol/sync.ts';
import { CHUNK_BYTES, EXCHANGE_MEDIA_TYPE } from '../../protocol/version.ts';
import { openContainer, type Container } from '../container.ts';
import { readEnv } from '../env.ts';
import { chunkEndpoint } from '../media/http.ts';
import { originalEndpoint } from '../media/view.ts';
import { enrolEndpoint, vaultLetter } from './enrol.ts';
import { exchangeEndpoint } from './http.ts';
import { BODY_BYTES_MAX, UNPACKED_BYTES_MAX } from './limits.ts';

const dataDir = mkdtempSync(path.join(tmpdir(), 'daiban-http-'));
const digest: Digest = async (bytes) => createHash('sha256').update(bytes).digest();
const id = (name: string) => name.padEnd(22, '_');
const VILLAGE = '230278200201';
const who = (personId: string, role = 'A', areaCode = VILLAGE) =>
  ({
    personId,
    name: personId,
    grants: [{ role, areaCode, unitId: null, from: '2026-01-01T00:00:00Z', to: null }],
  }) as unknown as Subject;
const wang = who('wang');
const req = id('req');

let county: Container;
beforeAll(async () => {
  const env = readEnv({ DATA_DIR: dataDir });
  if (!env.ok) throw new Error(env.error.join());
  county = await openContainer(env.value);
});
afterAll(async () => {
  await county.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const asked = (more: Partial<ExchangeRequest>): ExchangeRequest => ({
  ...{ proto: 1, build: 't', schema: 1, dv: id('dv'), dsHi: 0, now: new Date().toISOString() },
  ...{ cursor: null, wit: null, wits: [], hist: [], cases: [], events: [], media: [] },
  feedBytesMax: 64_000,
  ...more,
});
const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  new Request('http://county/api/sync/exchange', {
    method: 'POST',
    body,
    headers: { 'content-type': EXCHANGE_MEDIA_TYPE, ...headers },
  });
const framed = async (more: Partial<ExchangeRequest> = {}) =>
  encodeFrame(digest, { req, json: asked(more) });

async function trade(more: Partial<ExchangeRequest>, person = wang) {
  const gzip = { 'content-encoding': 'gzip' };
  const response = await exchangeEndpoint(county, person, post(gzipSync(await framed(more)), gzip));
  expect(response.headers.get('content-type')).toBe(EXCHANGE_MEDIA_TYPE);
  const frame = await decodeFrame(digest, await response.text(), req);
  if (!frame.ok) throw new Error(frame.error);
  const reply = exchangeReplySchema.parse(frame.value.json);
  if (reply.kind !== 'exchange') throw new Error('expected an exchange');
  return reply;
}
const status = async (request: Request, person: Subject | null = wang) => {
  const response = await exchangeEndpoint(county, person, request);
  const { error } = (await response.json()) as { error: string };
  return [response.status, error];
};

describe('exchange endpoint', () => {
  it('[SY20] whatever is not a request of ours is refused by name and is no ack', async () => {
    const frame = await framed();
    expect(await status(post(frame), null)).toEqual([401, 'SIGN_IN']);
    expect(await status(post('<html>'))).toEqual([400, 'BAD_FRAME']);
    expect(await status(post(frame.slice(0, -1)))).toEqual([400, 'BAD_FRAME']);
    expect(await status(post(frame, { 'content-type': 'application/json' }))).toEqual([
      415,
      'MEDIA_TYPE',
    ]);
    expect(await status(post(frame, { 'content-encoding': 'br' }))).toEqual([415, 'MEDIA_TYPE']);
    expect(await status(post('not gzip', { 'content-encoding': 'gzip' }))).toEqual([
      400,
      'BAD_FRAME',
    ]);
    expect(await status(post(await framed({ proto: 2 })))).toEqual([400, 'BAD_FRAME']);
  });

  it('[SY20] a gzip bomb and a long body are stopped at their limit, one byte less is not', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    const before = process.memoryUsage().rss;
    const gzip = { 'content-encoding': 'gzip' };
    expect(await status(post(bomb, gzip))).toEqual([413, 'TOO_LARGE']);
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    const unpacked = (bytes: number) => post(gzipSync(Buffer.alloc(bytes, 'a')), gzip);
    expect(await status(unpacked(UNPACKED_BYTES_MAX + 1))).toEqual([413, 'TOO_LARGE']);
    expect(await status(unpacked(UNPACKED_BYTES_MAX))).toEqual([400, 'BAD_FRAME']);
    expect(await status(post('a'.repeat(BODY_BYTES_MAX + 1)))).toEqual([413, 'TOO_LARGE']);
    expect(await status(post('a'.repeat(BODY_BYTES_MAX)))).toEqual([400, 'BAD_FRAME']);
  });

  it('[SY20] a person who asks without end is told when to come again', async () => {
    const eager = who('eager');
    const statuses: number[] = [];
    let after: string | null = null;
    for (let times = 0; times < 40; times++) {
      const response = await exchangeEndpoint(county, eager, post('x'));
      statuses.push(response.status);
      after = response.headers.get('retry-after') ?? after;
    }
    expect(statuses.slice(0, 30).every((one) => one === 400)).toBe(true);
    expect(statuses.at(-1)).toBe(429);
    expect(Number(after)).toBeGreaterThan(0);
  });

  it('[SY18] the answer is packed when the client can unpack it', async () => {
    const events = [drafted(1, 'Z')];
    const body = await framed({ dv: id('dvZ'), cases: [caseOf('Z')], events });
    const answer = await exchangeEndpoint(
      county,
      who('zhao'),
      post(body, { 'accept-encoding': 'br' }),
    );
    expect(answer.headers.get('content-encoding')).toBe('br');
    const text = brotliDecompressSync(Buffer.from(await answer.arrayBuffer())).toString('utf8');
    expect((await decodeFrame(digest, text, req)).ok).toBe(true);
  });
});

const caseOf = (name: string) => ({ id: id(`case${name}`), salt: id(`salt${name}`) });
const photo = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(CHUNK_BYTES, 7)]);
const sha = createHash('sha256').update(photo).digest('hex');
const at = '2026-06-08T02:00:00Z';
const drafted = (ds: number, name = 'M'): WireEvent => ({
  ...{ c: 0, ds, id: id(`draft${name}${ds}`), t: 'case.drafted', v: 1, at },
  p: {
    ...{ areaCode: VILLAGE, channel: 'DL', xfDate: '2026-06-08', declaredBy: 'A' },
    ...{ temporaryNo: `临-${VILLAGE}-A01-A-0001`, form: { id: 'intake', version: 1 } },
  },
});
const attached = (ds: number): WireEvent => ({
  ...{ c: 0, ds, id: id(`photo${ds}`), t: 'attachment.added', v: 1, at },
  p: {
    ...{ sha256: sha, bytes: photo.length, mime: 'image/jpeg', kind: 'photo' },
    ...{ capturedAt: at, class: 'P3' },
  },
});

describe('media', () => {
  const announce = { sha, bytes: photo.length, mime: 'image/jpeg', caseId: caseOf('M').id };
  const put = (chunk: number, bytes: Uint8Array, person: Subject | null = wang) => {
    const request = new Request('http://county/x', { method: 'PUT', body: new Uint8Array(bytes) });
    return chunkEndpoint(county, person, { request, sha, chunk: String(chunk) });
  };
  const [first, second] = [photo.subarray(0, CHUNK_BYTES), photo.subarray(CHUNK_BYTES)];

  it('[MD6] announced, named missing, sent in any order, complete, and the case hears of it', async () => {
    expect((await put(0, first)).status).toBe(404);
    const one = await trade({
      cases: [caseOf('M')],
      events: [drafted(1), attached(2)],
      media: [announce],
    });
    expect(one.results.map((r) => r.s)).toEqual(['stored', 'stored']);
    expect(one.missing).toEqual([{ sha, chunks: [0, 1], parts: [] }]);
    expect((await put(0, first, null)).status).toBe(401);
    const part = (await (await put(1, second)).json()) as ChunkReply;
    expect(part).toEqual({ magic: 'PS1', sha, chunk: 1, complete: false });
    const two = await trade({ cursor: one.feed.cursor, media: [announce] });
    expect(two.missing).toEqual([{ sha, chunks: [0], parts: [] }]);
    expect((await put(0, second)).status).toBe(400);
    const whole = async () => (await (await put(0, first)).json()) as ChunkReply;
    const [done, again] = [await whole(), await whole()];
    expect([done, again]).toMatchObject(Array(2).fill({ magic: 'PS1', complete: true }));
    const three = await trade({ cursor: two.feed.cursor, media: [announce] });
    expect(three.missing).toEqual([{ sha, chunks: [] }]);
    // The county's time of each receipt, between the answers around it.
    const times = [two.now, done.at, again.at, three.now].map((at) => Date.parse(at ?? ''));
    expect(times.every(Number.isFinite)).toBe(true);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const fed = three.feed.rows.map((row) => row.k === 'event' && row.event.t);
    expect(fed).toEqual(['attachment.received']);
  });

  it('[MD7] is shown to who may see the case, as a harmless attachment; to all others it is not there', async () => {
    const see = (person: Subject | null, caseId = caseOf('M').id) =>
      originalEndpoint(county, person, { sha, caseId });
    const shown = await see(wang);
    expect(Buffer.from(await shown.arrayBuffer()).equals(photo)).toBe(true);
    expect(shown.headers.get('content-type')).toBe('image/jpeg');
    expect(shown.headers.get('content-disposition')).toMatch(/^attachment; /);
    expect(shown.headers.get('content-security-policy')).toContain('sandbox');
    const others = [null, who('li'), who('unit', 'D'), who('admin', 'ADMIN')];
    for (const other of others) expect((await see(other)).status).toBe(404);
    expect((await see(wang, caseOf('Z').id)).status).toBe(404);
  });

  it('[MD8] a file of a foreign kind or size isolates itself', async () => {
    const page = Buffer.from('<html>not a photo</html>');
    const fake = createHash('sha256').update(page).digest('hex');
    const files = [
      { sha: fake, bytes: page.length, mime: 'image/jpeg', caseId: caseOf('M').id },
      { sha: 'a'.repeat(64), bytes: 10, mime: 'text/html', caseId: caseOf('M').id },
      { sha: 'b'.repeat(64), bytes: 2 ** 30, mime: 'image/png', caseId: caseOf('M').id },
    ];
    const one = await trade({ media: files });
    expect(one.missing.map(({ refused }) => refused)).toEqual([
      undefined,
      'MEDIA_TYPE',
      'MEDIA_TOO_LARGE',
    ]);
    const request = new Request('http://county/x', { method: 'PUT', body: new Uint8Array(page) });
    const put = await chunkEndpoint(county, wang, { request, sha: fake, chunk: '0' });
    expect(put.status).toBe(415);
    expect((await trade({ media: files })).missing[0]).toMatchObject({ refused: 'MEDIA_TYPE' });
  });
});

describe('enrolment', () => {
  const enrol = (dv: string, person: Subject | null) =>
    enrolEndpoint(
      county,
      person,
      new Request('http://county/x', { method: 'POST', body: JSON.stringify({ dv, build: 't' }) }),
    );
  it('[SY10] an agent gets his number, villages and one letter per vault, for ever the same', async () => {
    const sun = who('sun', 'A');
    const read = async (dv: string) => enrolReplySchema.parse(await (await enrol(dv, sun)).json());
    const one = await read(id('dvS1'));
    expect(one).toMatchObject({ deviceLetter: 'A', county: { code: '230278000000' } });
    expect(one.agentId).toMatch(/^A\d\d$/);
    expect(one.villages.map(({ code }) => code)).toEqual([VILLAGE]);
    expect((await read(id('dvS2'))).deviceLetter).toBe('B');
    expect(await read(id('dvS1'))).toMatchObject({ deviceLetter: 'A', agentId: one.agentId });
    expect((await enrol(id('dvS1'), wang)).status).toBe(403);
    expect((await enrol(id('dvO'), who('office', 'O1'))).status).toBe(403);
    expect((await enrol(id('dvN'), null)).status).toBe(401);
    expect([0, 25, 26, 27, 701, 702].map(vaultLetter)).toEqual(['A', 'Z', 'AA', 'AB', 'ZZ', 'AAA']);
  });
});
