/**
 * The versions of the wire that this county reads: each request is answered in its own. Version 1
 * stays for as long as a tablet may have slept with it (180 days).
 */
import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '../../domain/values.ts';
import { decodeFrame, encodeFrame } from '../../protocol/frame.ts';
import type { Digest } from '../../protocol/hash.ts';
import {
  exchangeRequestSchema,
  type ExchangeReply,
  type ExchangeRequest,
} from '../../protocol/sync.ts';
import { decodeFrame2, encodeFrame2, isStored } from '../../protocol/v2/frame.ts';
import { knownIds, replyTables, requestOf } from '../../protocol/v2/messages.ts';
import {
  EVENTS_MAX,
  EXCHANGE_MEDIA_TYPE,
  EXCHANGE_MEDIA_TYPE_2,
  HISTORY_MAX,
  PROTOCOL_VERSION,
  PROTOCOL_VERSION_1,
  WITNESSES_MAX,
} from '../../protocol/version.ts';
import { pack, packBrotli, takesBrotli, unpack, type Refused } from './body.ts';
import {
  BODY_BYTES_MAX,
  BROTLI_BYTES_MIN,
  EXCHANGE_BODY_SECONDS,
  UNPACKED_BYTES_MAX,
} from './limits.ts';
import type { Part } from './parts.ts';
import { readBytes } from './read-body.ts';
import { squeezer } from './squeezer.ts';

const ID_LENGTH_MAX = 64;
const BAD_FRAME: Refused = { status: 400, error: 'BAD_FRAME' };
const TOO_LARGE: Refused = { status: 413, error: 'TOO_LARGE' };
const digest: Digest = async (bytes) => createHash('sha256').update(bytes).digest();

export interface Written {
  readonly type: string;
  readonly body: Uint8Array;
  readonly encoding: string | null;
}

/** A request that was read, and how its answer is written. */
export interface Asked {
  readonly request: ExchangeRequest;
  written(reply: ExchangeReply, accepts: string | null): Promise<Written>;
}

function inLimits(request: ExchangeRequest, version: number): boolean {
  const { proto, dv, events, cases, wits, hist, media } = request;
  const short = (text: string) => text.length <= ID_LENGTH_MAX;
  return (
    proto === version &&
    short(dv) &&
    dv.length > 0 &&
    events.length <= EVENTS_MAX &&
    cases.length <= EVENTS_MAX &&
    media.length <= EVENTS_MAX &&
    wits.length <= WITNESSES_MAX &&
    hist.length <= 2 * HISTORY_MAX &&
    cases.every(({ id, salt }) => short(id) && short(salt)) &&
    events.every(({ id, ds, c }) => short(id) && ds >= 1 && c >= 0 && c < cases.length)
  );
}

function requestIn(value: unknown, version: number): Result<ExchangeRequest, Refused> {
  const parsed = exchangeRequestSchema.safeParse(value);
  return parsed.success && inLimits(parsed.data, version) ? ok(parsed.data) : fail(BAD_FRAME);
}

async function read1(bytes: Buffer, encoding: string | null): Promise<Result<Asked, Refused>> {
  const text = unpack(bytes, encoding, UNPACKED_BYTES_MAX);
  if (!text.ok) return text;
  const frame = await decodeFrame(digest, text.value);
  if (!frame.ok) return fail(BAD_FRAME);
  const { req } = frame.value;
  const request = requestIn(frame.value.json, PROTOCOL_VERSION_1);
  if (!request.ok) return request;
  return ok({
    request: request.value,
    written: async (json, accepts) => {
      const packed = pack(await encodeFrame(digest, { req, json }), accepts);
      return { type: EXCHANGE_MEDIA_TYPE, ...packed };
    },
  });
}

async function read2(bytes: Buffer, encoding: string | null): Promise<Result<Asked, Refused>> {
  // The frame carries its own compression; another one around it is not ours.
  if (encoding !== null && encoding !== 'identity')
    return fail({ status: 415, error: 'MEDIA_TYPE' });
  const deps = { digest, squeezer };
  const frame = await decodeFrame2(deps, bytes, { textBytesMax: UNPACKED_BYTES_MAX });
  if (!frame.ok) return fail(frame.error === 'TOO_LARGE' ? TOO_LARGE : BAD_FRAME);
  const { req, tables } = frame.value;
  const request = requestIn(requestOf(tables), PROTOCOL_VERSION);
  if (!request.ok) return request;
  return ok({
    request: request.value,
    written: async (reply, accepts) => {
      const brotli = takesBrotli(accepts);
      const stored = (textBytes: number) => brotli && textBytes >= BROTLI_BYTES_MIN;
      const known = knownIds(request.value);
      const body = await encodeFrame2(deps, { req, tables: replyTables(reply), known, stored });
      const type = EXCHANGE_MEDIA_TYPE_2;
      if (!isStored(body)) return { type, body, encoding: null };
      return { type, body: packBrotli(body), encoding: 'br' };
    },
  });
}

const READERS = { [EXCHANGE_MEDIA_TYPE]: read1, [EXCHANGE_MEDIA_TYPE_2]: read2 };

/** A body that has come; `decoded` is the work on it. */
export interface Sent {
  decoded(): Promise<Result<Asked, Refused>>;
}

/**
 * Takes in a request of any version that this county knows, by its media type; `part` hears the
 * pieces, and brings what came of the same body before.
 */
export async function takeIn(request: Request, part?: Part): Promise<Result<Sent, Refused>> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim();
  const reader = Object.entries(READERS).find(([known]) => known === type)?.[1];
  if (reader === undefined) return fail({ status: 415, error: 'MEDIA_TYPE' });
  const before = part?.before ?? Buffer.alloc(0);
  const bytes = await readBytes(request, {
    ...{ max: BODY_BYTES_MAX - before.length, seconds: EXCHANGE_BODY_SECONDS },
    heard: type === EXCHANGE_MEDIA_TYPE_2 ? (piece) => part?.add(piece) : undefined,
    mayBeEmpty: before.length > 0,
  });
  if (!bytes.ok) return bytes;
  const encoding = request.headers.get('content-encoding');
  const whole = before.length > 0 ? Buffer.concat([before, bytes.value]) : bytes.value;
  return ok({ decoded: () => reader(whole, encoding) });
}
