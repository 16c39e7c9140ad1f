/** Unpacks bodies with limits, packs answers, and says refusals. */
import { brotliCompressSync, constants, gunzipSync, gzipSync } from 'node:zlib';
import { fail, ok, type Result } from '../../domain/values.ts';
import type { LockSaid, SyncError } from '../../protocol/sync.ts';
import { isDiskFull } from '../store/disk-full.ts';
import { isStoreAway } from '../store/store-away.ts';
import { PACK_BYTES_MIN } from './limits.ts';

export interface Refused {
  readonly status: number;
  readonly error: SyncError;
  readonly retryAfterSeconds?: number;
}

const TOO_LARGE: Refused = { status: 413, error: 'TOO_LARGE' };
const BAD_FRAME: Refused = { status: 400, error: 'BAD_FRAME' };

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** Undoes Content-Encoding `gzip`; stops as soon as the output is larger than `max`. */
export function unpack(
  bytes: Buffer,
  encoding: string | null,
  max: number,
): Result<string, Refused> {
  if (encoding !== null && encoding !== 'gzip' && encoding !== 'identity')
    return fail({ status: 415, error: 'MEDIA_TYPE' });
  if (encoding !== 'gzip') return bytes.length > max ? fail(TOO_LARGE) : ok(bytes.toString('utf8'));
  try {
    return ok(gunzipSync(bytes, { maxOutputLength: max }).toString('utf8'));
  } catch (error) {
    return fail(codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? TOO_LARGE : BAD_FRAME);
  }
}

export const takesBrotli = (accepts: string | null): boolean => /\bbr\b/.test(accepts ?? '');

/** Brotli at a level that a busy county can afford. */
export const packBrotli = (bytes: Uint8Array): Buffer =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });

/** Packs an answer in the best way the client understands. */
export function pack(
  text: string,
  accepts: string | null,
): { body: Buffer; encoding: string | null } {
  const plain = Buffer.from(text, 'utf8');
  if (plain.length < PACK_BYTES_MIN) return { body: plain, encoding: null };
  if (takesBrotli(accepts)) return { body: packBrotli(plain), encoding: 'br' };
  if (/\bgzip\b/.test(accepts ?? '')) return { body: gzipSync(plain), encoding: 'gzip' };
  return { body: plain, encoding: null };
}

/** A typed refusal; never an ack. */
export function refusal(
  { status, error, retryAfterSeconds }: Refused,
  beside: { readonly lock?: LockSaid } = {},
): Response {
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (retryAfterSeconds !== undefined) headers.set('retry-after', String(retryAfterSeconds));
  return Response.json({ error, ...beside }, { status, headers });
}

const SQLITE_BUSY = 5;

/** What a failed commit is to the tablet; null when it is nobody's business but ours. */
export function storageRefusal(error: unknown): Refused | null {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  if (isDiskFull(error)) return { status: 507, error: 'STORAGE_FULL', retryAfterSeconds: 60 };
  if (code === SQLITE_BUSY || isStoreAway(error))
    return { status: 503, error: 'BUSY', retryAfterSeconds: 5 };
  return null;
}
