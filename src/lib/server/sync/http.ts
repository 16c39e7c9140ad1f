/**
 * The exchange over HTTP: who asks, how much, is it ours; then the state machine; then the answer
 * in its frame. Anything else than 200 with our media type is no ack.
 */
import { createHash } from 'node:crypto';
import type { Subject } from '../../domain/permissions.ts';
import { fail, ok, type Result } from '../../domain/values.ts';
import { decodeFrame, encodeFrame } from '../../protocol/frame.ts';
import type { Digest } from '../../protocol/hash.ts';
import {
  exchangeRequestSchema,
  type ExchangeReply,
  type ExchangeRequest,
} from '../../protocol/sync.ts';
import {
  EVENTS_MAX,
  EXCHANGE_MEDIA_TYPE,
  HISTORY_MAX,
  PROTOCOL_VERSION,
  WITNESSES_MAX,
} from '../../protocol/version.ts';
import { createRateLimiter } from '../auth/rate-limit.ts';
import type { Container } from '../container.ts';
import { createAdmission } from './admission.ts';
import { pack, readBytes, refusal, storageRefusal, unpack, type Refused } from './body.ts';
import { exchange } from './exchange.ts';
import { BODY_BYTES_MAX, BUSY_SECONDS, exchangePerson, UNPACKED_BYTES_MAX } from './limits.ts';
import { missingOf } from './media-rows.ts';

const digest: Digest = async (bytes) => createHash('sha256').update(bytes).digest();
const limiter = createRateLimiter(() => performance.now());
const admission = createAdmission({
  ...{ nowMs: () => performance.now(), random: Math.random },
  pause: () => new Promise((resolve) => setImmediate(resolve)),
});
const ID_LENGTH_MAX = 64;

interface Asked {
  readonly req: string;
  readonly request: ExchangeRequest;
}

const BAD_FRAME: Refused = { status: 400, error: 'BAD_FRAME' };

function inLimits(request: ExchangeRequest): boolean {
  const { proto, dv, events, cases, wits, hist, media } = request;
  const short = (text: string) => text.length <= ID_LENGTH_MAX;
  return (
    proto === PROTOCOL_VERSION &&
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

async function read(request: Request): Promise<Result<Asked, Refused>> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim();
  if (type !== EXCHANGE_MEDIA_TYPE) return fail({ status: 415, error: 'MEDIA_TYPE' });
  const bytes = await readBytes(request, BODY_BYTES_MAX);
  if (!bytes.ok) return bytes;
  const encoding = request.headers.get('content-encoding');
  const text = unpack(bytes.value, encoding, UNPACKED_BYTES_MAX);
  if (!text.ok) return text;
  const frame = await decodeFrame(digest, text.value);
  if (!frame.ok) return fail(BAD_FRAME);
  const parsed = exchangeRequestSchema.safeParse(frame.value.json);
  if (!parsed.success || !inLimits(parsed.data)) return fail(BAD_FRAME);
  return ok({ req: frame.value.req, request: parsed.data });
}

async function answer(
  container: Container,
  person: Subject,
  { request, accepts }: { request: Request; accepts: string | null },
): Promise<Response> {
  const asked = await read(request);
  if (!asked.ok) return refusal(asked.error);
  const done = await exchange(container.sync, person, asked.value.request);
  if (!done.ok) return refusal({ status: 403, error: done.error });
  const { reply, announced } = done.value;
  const spreadSeconds = admission.spreadSeconds(reply.spreadSeconds);
  const whole: ExchangeReply =
    reply.kind === 'exchange'
      ? { ...reply, spreadSeconds, missing: await missingOf(container.media, announced) }
      : { ...reply, spreadSeconds };
  const text = await encodeFrame(digest, { req: asked.value.req, json: whole });
  const { body, encoding } = pack(text, accepts);
  const headers = new Headers({ 'content-type': EXCHANGE_MEDIA_TYPE, 'cache-control': 'no-store' });
  headers.set('vary', 'Accept-Encoding');
  if (encoding !== null) headers.set('content-encoding', encoding);
  return new Response(new Uint8Array(body), { headers });
}

/** `POST /api/sync/exchange` by the signed-in person of the session. */
export async function exchangeEndpoint(
  container: Container,
  person: Subject | null,
  request: Request,
): Promise<Response> {
  if (person === null) return refusal({ status: 401, error: 'SIGN_IN' });
  const wait = limiter.take(exchangePerson, person.personId);
  if (wait > 0) return refusal({ status: 429, error: 'BUSY', retryAfterSeconds: wait });
  if (!container.open)
    return refusal({ status: 503, error: 'BUSY', retryAfterSeconds: BUSY_SECONDS });
  const later = admission.ask(person.personId);
  if (later !== null) return refusal(later);
  const leave = await admission.enter();
  try {
    const accepts = request.headers.get('accept-encoding');
    return await answer(container, person, { request, accepts });
  } catch (error) {
    const known = storageRefusal(error);
    if (known === null) throw error;
    return refusal(known);
  } finally {
    leave();
  }
}
