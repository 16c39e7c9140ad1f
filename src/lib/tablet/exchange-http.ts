/**
 * The exchange over HTTP in version 2 of the wire, and in version 1 where the county knows no other.
 *
 *     2 ── 415 MEDIA_TYPE, 400 BAD_FRAME ──► the same request in 1 ── verified answer ──► 1 from now on
 *
 * What a county speaks is remembered as long as this transport lives, not longer: it may be newer
 * tomorrow. An answer counts only when status, media type, magic, echo, checksum and shape are right.
 */
import type { ExchangeOutcome } from '../ports/transport.ts';
import { decodeFrame, encodeFrame } from '../protocol/frame.ts';
import { idBytes } from '../protocol/ids.ts';
import { exchangeReplySchema, type ExchangeRequest } from '../protocol/sync.ts';
import { decodeFrame2, encodeFrame2 } from '../protocol/v2/frame.ts';
import { knownIds, replyOf, requestTables } from '../protocol/v2/messages.ts';
import {
  CLIENT_HEADER,
  DEVICE_HEADER,
  EVENTS_MAX_1,
  EXCHANGE_MEDIA_TYPE,
  EXCHANGE_MEDIA_TYPE_2,
  EXCHANGE_PATH,
  PROTOCOL_VERSION_1,
  WIRE_BYTES_MAX,
} from '../protocol/version.ts';
import { COMMON, foreign, mediaType, refusal, type HttpDeps } from './http-parts.ts';
import { EXCHANGE_TIMEOUT_MS, sendWhole } from './exchange-resume.ts';
import { squeezer as ownSqueezer } from './squeezer.ts';
import { turn } from './turn.ts';

type Attempt = (deps: HttpDeps, request: ExchangeRequest) => Promise<ExchangeOutcome>;

/** gzip by the browser's own stream. */
export async function gzipText(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A transport's exchange, which finds out what the county speaks. */
export function negotiated(deps: HttpDeps): (request: ExchangeRequest) => Promise<ExchangeOutcome> {
  let speaks1 = false;
  return async (request) => {
    if (speaks1) return exchange1(deps, request);
    const outcome = await exchange2(deps, request);
    if (!isStrange(outcome)) return outcome;
    const older = await exchange1(deps, request);
    speaks1 = older.kind === 'reply';
    return isStrange(older) ? outcome : older;
  };
}

/** The county does not know this kind of message at all. */
const isStrange = (outcome: ExchangeOutcome): boolean =>
  outcome.kind === 'refused' &&
  ((outcome.status === 415 && outcome.error === 'MEDIA_TYPE') ||
    (outcome.status === 400 && outcome.error === 'BAD_FRAME'));

/** One event goes whatever it weighs: it has its own limit. */
const isTooLarge = (
  { length }: { readonly length: number },
  { events }: ExchangeRequest,
): boolean => length > WIRE_BYTES_MAX && events.length > 1;

const exchange2: Attempt = async (deps, request) => {
  const deps2 = { digest: deps.digest, squeezer: deps.squeezer ?? ownSqueezer, turn };
  const id = deps.requestId();
  const req = idBytes(id);
  const body = await encodeFrame2(deps2, { req, tables: requestTables(request) });
  if (isTooLarge(body, request)) return { kind: 'too_large', packed: body.length };
  const heard = await sendWhole(deps, {
    ...{ id, build: request.build, dv: request.dv, bytes: body },
  });
  const { response, body: bytes } = heard;
  if (response.status !== 200) return refusal(response);
  if (mediaType(response) !== EXCHANGE_MEDIA_TYPE_2) return foreign('media type');
  const frame = await decodeFrame2(deps2, bytes, {
    echo: req,
    known: knownIds(request),
  });
  if (!frame.ok) return foreign(frame.error);
  await turn();
  const reply = exchangeReplySchema.safeParse(replyOf(frame.value.tables, request));
  if (!reply.success) return foreign('shape');
  // Packed by HTTP, the answer's own length is what travelled.
  const packed = Number(response.headers.get('content-length') ?? 0) || bytes.length;
  return { kind: 'reply', reply: reply.data, bytes: body.length + packed };
};

const exchange1: Attempt = async (deps, newer) => {
  if (newer.events.length > EVENTS_MAX_1) {
    // As the county would say it: the next batch is smaller.
    return { kind: 'refused', status: 413, error: 'TOO_LARGE', retryAfterSeconds: null };
  }
  const request = { ...newer, proto: PROTOCOL_VERSION_1 };
  const req = deps.requestId();
  const frame = await encodeFrame(deps.digest, { req, json: request });
  const body = deps.gzip ? await deps.gzip(frame) : frame;
  if (isTooLarge(body, newer)) return { kind: 'too_large', packed: body.length };
  const type = EXCHANGE_MEDIA_TYPE;
  const response = await deps.fetch(`${deps.origin}${EXCHANGE_PATH}`, {
    ...COMMON,
    method: 'POST',
    headers: {
      ...{ 'content-type': type, [CLIENT_HEADER]: request.build, [DEVICE_HEADER]: request.dv },
      ...(deps.gzip ? { 'content-encoding': 'gzip' } : {}),
    },
    body,
    signal: AbortSignal.timeout(EXCHANGE_TIMEOUT_MS),
  });
  if (response.status !== 200) return refusal(response);
  if (mediaType(response) !== type) return foreign('media type');
  const text = await response.text();
  const decoded = await decodeFrame(deps.digest, text, req);
  if (!decoded.ok) return foreign(decoded.error);
  const reply = exchangeReplySchema.safeParse(decoded.value.json);
  if (!reply.success) return foreign('shape');
  return { kind: 'reply', reply: reply.data, bytes: body.length + text.length };
};
