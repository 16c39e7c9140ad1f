/** What stands between a tablet and the county may say all of this; none of it is an ack. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { EXCHANGE_MEDIA_TYPE } from '../../src/lib/protocol/version.ts';
import type { Answer, Lie } from './liar.ts';

const PAGE = Buffer.from(
  '<!doctype html><html lang="zh-CN"><title>登录上网</title><body><h1>请先认证上网</h1></body></html>',
);
const HTML = { 'content-type': 'text/html; charset=utf-8' };
const JSON_TYPE = { 'content-type': 'application/json' };
const OURS = { 'content-type': EXCHANGE_MEDIA_TYPE };

const fixed = (name: string, answer: Answer, asks: boolean): Lie => ({
  name,
  asks,
  says: () => answer,
});

const page = (status: number, headers: Answer['headers'] = HTML, body: Buffer = PAGE): Answer => ({
  ...{ status, headers, body },
});

const nothing = Buffer.alloc(0);

/** Answers that say nothing about the request; each with and without the county behind. */
const PORTALS: readonly (readonly [string, Answer])[] = [
  ['200 page', page(200)],
  ['200 {}', page(200, JSON_TYPE, Buffer.from('{}'))],
  ['200 {} with our media type', page(200, OURS, Buffer.from('{}'))],
  ['200 page with our media type', page(200, OURS)],
  ['200 empty with our media type', page(200, OURS, nothing)],
  ['200 {"ok":true}', page(200, JSON_TYPE, Buffer.from('{"ok":true}'))],
  ['204', page(204, {}, nothing)],
  ['302 to a page', page(302, { ...HTML, location: '/portal' })],
  ['307 to itself', page(307, { location: '/api/sync/exchange' }, nothing)],
  ['304', page(304, {}, nothing)],
  ['206 page', page(206)],
  ['400 page', page(400)],
  ['404 page', page(404)],
  ['408 page', page(408)],
  ['413 page', page(413)],
  ['421 page', page(421)],
  ['431 page', page(431)],
  ['500 json', page(500, JSON_TYPE, Buffer.from('{"error":"INTERNAL"}'))],
  ['502 page', page(502)],
  ['503 with Retry-After', page(503, { ...JSON_TYPE, 'retry-after': '1' }, Buffer.from('{}'))],
  ['504 page', page(504)],
  ['507 json', page(507, JSON_TYPE, Buffer.from('{"error":"STORAGE_FULL"}'))],
];

export const portalLies: readonly Lie[] = PORTALS.flatMap(([name, answer]) => [
  fixed(`${name}, county not asked`, answer, false),
  fixed(`${name}, county asked`, answer, true),
]);

const must = (real: Answer | null): Answer => {
  if (!real) throw new Error('the county was not asked');
  return real;
};

/** The county's answer up to byte k, framed as if it were whole. */
export const truncated = (share: number, plain: boolean): Lie => ({
  ...{ name: `truncated ${plain ? 'text' : 'packed'}`, asks: true, plain },
  says: (real) => {
    const { status, headers, body } = must(real);
    const keep = Math.min(body.length - 1, Math.floor(body.length * share));
    return { status, headers, body: body.subarray(0, keep) };
  },
});

/** The text of an answer; null when it cannot be unpacked. */
function textOf({ headers, body }: Answer): string | null {
  try {
    const packed = headers['content-encoding'];
    const plain = packed === 'br' ? brotliDecompressSync(body) : body;
    return (packed === 'gzip' ? gunzipSync(body) : plain).toString('latin1');
  } catch {
    return null;
  }
}

/** One bit of the county's answer is another one, and the text with it. */
export const flipped = (share: number, bit: number, plain: boolean): Lie => ({
  ...{ name: `bit flipped in ${plain ? 'text' : 'packed'}`, asks: true, plain },
  says: (real) => {
    const whole = must(real);
    const flip = (at: number): Answer => {
      const body = Buffer.from(whole.body);
      body[at] = (body[at] ?? 0) ^ (1 << bit);
      return { ...whole, body };
    };
    // The last byte is left alone: bits behind the end of a deflated text mean nothing, the text
    // and its checksum are the same. Every other bit of a frame was tried and is noticed.
    const last = Math.max(0, whole.body.length - 2);
    const bent = flip(Math.min(last, Math.floor(whole.body.length * share)));
    // A few bits of a packed text mean nothing; a text that is the same is no lie.
    return textOf(bent) === textOf(whole) ? flip(0) : bent;
  },
});

/** The county's true answer to another request: an earlier one, or another tablet's. */
export const stale = (earlier: Answer, asks: boolean): Lie => ({
  ...{ name: 'answer to an earlier request', asks },
  says: () => earlier,
});

/** Delivered twice; what comes back is the answer to the second. True, so it may count. */
export const twice: Lie = { name: 'delivered twice', asks: true, twice: true, says: must };
