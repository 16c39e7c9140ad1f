/** What stands between a tablet and the county may say all of this; none of it is an ack. */
import { brotliDecompressSync, constants, gunzipSync, inflateRawSync } from 'node:zlib';
import { toBytes } from '../../src/lib/protocol/v2/alphabet.ts';
import { WORDS } from '../../src/lib/protocol/v2/dictionary.ts';
import { squeezer as tablets } from '../../src/lib/tablet/squeezer.ts';
import { EXCHANGE_MEDIA_TYPE } from '../../src/lib/protocol/version.ts';
import type { Answer, Lie } from './liar.ts';

/** Bytes of a frame of version 2 before its first length. */
const FRAME_PARTS = 36;

const PAGE = Buffer.from(
  '<!doctype html><html lang="zh-CN"><title>登录上网</title><body><h1>请先认证上网</h1></body></html>',
);
const HTML = { 'content-type': 'text/html; charset=utf-8' };
const JSON_TYPE = { 'content-type': 'application/json' };
const OURS = { 'content-type': EXCHANGE_MEDIA_TYPE };

const fixed = (name: string, answer: Answer, asks: boolean): Lie => ({
  ...{ name, asks, stays: answer.status === 421 },
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

/** Bytes of a number of version 2, seven bits each. */
function numberAt(bytes: Buffer, from: number): { readonly value: number; readonly end: number } {
  let [value, end] = [0, from];
  do value += ((bytes[end] ?? 0) & 127) * 128 ** (end - from);
  while ((bytes[end++] ?? 0) > 127);
  return { value, end };
}

type Inflate = (text: Buffer, dictionary: Buffer, length: number) => Uint8Array | null;

const byZlib: Inflate = (text, dictionary) =>
  inflateRawSync(text, { dictionary, finishFlush: constants.Z_SYNC_FLUSH });
const byTablet: Inflate = (text, dictionary, length) => tablets.inflate(text, dictionary, length);

/** A frame of version 2 with its text unpacked: two of the same are the same message. */
function unpacked2(bytes: Buffer, inflate: Inflate): Buffer | null {
  if (bytes.subarray(0, 3).toString() !== 'PS2' || bytes[3] === 0) return bytes;
  const raw = numberAt(bytes, FRAME_PARTS);
  const text = numberAt(bytes, raw.end + raw.value);
  const dictionary = Buffer.from(toBytes(WORDS));
  const inflated = inflate(bytes.subarray(text.end), dictionary, text.value);
  return inflated && Buffer.concat([bytes.subarray(0, text.end), inflated]);
}

/** Unpacked as a browser does, which takes what came when the end of it is bent. */
function plainOf({ headers, body }: Answer): Buffer {
  const packed = headers['content-encoding'];
  const { BROTLI_OPERATION_FLUSH, Z_SYNC_FLUSH } = constants;
  if (packed === 'br') return brotliDecompressSync(body, { finishFlush: BROTLI_OPERATION_FLUSH });
  return packed === 'gzip' ? gunzipSync(body, { finishFlush: Z_SYNC_FLUSH }) : body;
}

/** What an answer says, whatever bits say it; null when this one cannot unpack it. */
function textOf(answer: Answer, inflate: Inflate): string | null {
  try {
    return unpacked2(plainOf(answer), inflate)?.toString('latin1') ?? null;
  } catch {
    return null;
  }
}

/** One bit of the county's answer is another one, and what it says with it. */
export const flipped = (share: number, bit: number, plain: boolean): Lie => ({
  ...{ name: `bit flipped in ${plain ? 'text' : 'packed'}`, asks: true, plain },
  says: (real) => {
    const whole = must(real);
    const flip = (at: number): Answer => {
      const body = Buffer.from(whole.body);
      body[at] = (body[at] ?? 0) ^ (1 << bit);
      return { ...whole, body };
    };
    const wanted = textOf(whole, byZlib);
    const isSame = (other: Answer): boolean =>
      [byZlib, byTablet].some((inflate) => textOf(other, inflate) === wanted);
    // A packed text can be said with other bits: behind its end, or where words stand twice. What
    // says the same is no lie, the next byte is bent instead.
    let at = Math.min(whole.body.length - 1, Math.floor(whole.body.length * share));
    while (at > 0 && isSame(flip(at))) at--;
    return flip(at);
  },
});

/** The county's true answer to another request: an earlier one, or another tablet's. */
export const stale = (earlier: Answer, asks: boolean): Lie => ({
  ...{ name: 'answer to an earlier request', asks },
  says: () => earlier,
});

/** Delivered twice; what comes back is the answer to the second. True, so it may count. */
export const twice: Lie = { name: 'delivered twice', asks: true, twice: true, says: must };
