import type { ChunkOutcome, ExchangeOutcome, NoReply, Transport } from '../ports/transport.ts';
import type { Sha256 } from '../domain/values.ts';
import { decodeFrame, encodeFrame } from '../protocol/frame.ts';
import type { Digest } from '../protocol/hash.ts';
import { chunkPath, chunkReplySchema } from '../protocol/media.ts';
import { exchangeReplySchema, type ExchangeRequest, type SyncError } from '../protocol/sync.ts';
import { CLIENT_HEADER, EXCHANGE_MEDIA_TYPE, EXCHANGE_PATH } from '../protocol/version.ts';
import { outcomeOf } from './http-status.ts';

export interface HttpDeps {
  readonly fetch: typeof fetch;
  readonly digest: Digest;
  /** 128 random bits, base64url: the id that the answer must repeat. */
  requestId(): string;
  /** Undefined where the browser cannot compress: the frame travels as text. */
  readonly gzip: ((text: string) => Promise<Uint8Array<ArrayBuffer>>) | null;
  readonly origin: string;
}

/** How long one exchange or one chunk may take before it counts as cut: 2G needs minutes. */
export const EXCHANGE_TIMEOUT_MS = 120_000;
export const CHUNK_TIMEOUT_MS = 60_000;

/** gzip by the browser's own stream. */
export async function gzipText(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * PS/1 over HTTPS. An answer counts only when status, media type, magic, echo, checksum and shape
 * are right; a redirect is never followed, so that a portal's page can never look like a receipt.
 */
export function httpTransport(deps: HttpDeps): Transport {
  return {
    exchange: (request) => guarded(() => exchange(deps, request)),
    putChunk: (sha, index, bytes) => guarded(() => putChunk(deps, { sha, index }, bytes)),
    putPiece: (sha, place, bytes) => guarded(() => putChunk(deps, { sha, ...place }, bytes)),
  };
}

async function guarded<T>(attempt: () => Promise<T>): Promise<T | NoReply> {
  try {
    return await attempt();
  } catch {
    // fetch throws for every way a network can break, and for a body that was cut.
    return { kind: 'offline' };
  }
}

async function exchange(deps: HttpDeps, request: ExchangeRequest): Promise<ExchangeOutcome> {
  const req = deps.requestId();
  const frame = await encodeFrame(deps.digest, { req, json: request });
  const body = deps.gzip ? await deps.gzip(frame) : frame;
  const response = await deps.fetch(`${deps.origin}${EXCHANGE_PATH}`, {
    ...COMMON,
    method: 'POST',
    headers: {
      'content-type': EXCHANGE_MEDIA_TYPE,
      accept: EXCHANGE_MEDIA_TYPE,
      [CLIENT_HEADER]: request.build,
      ...(deps.gzip ? { 'content-encoding': 'gzip' } : {}),
    },
    body,
    signal: AbortSignal.timeout(EXCHANGE_TIMEOUT_MS),
  });
  if (response.status !== 200) return refusal(response);
  if (mediaType(response) !== EXCHANGE_MEDIA_TYPE) return foreign('media type');
  const text = await response.text();
  const decoded = await decodeFrame(deps.digest, text, req);
  if (!decoded.ok) return foreign(decoded.error);
  const reply = exchangeReplySchema.safeParse(decoded.value.json);
  if (!reply.success) return foreign('shape');
  return { kind: 'reply', reply: reply.data, bytes: body.length + text.length };
}

async function putChunk(
  deps: HttpDeps,
  { sha, index, from }: { readonly sha: Sha256; readonly index: number; readonly from?: number },
  bytes: Uint8Array,
): Promise<ChunkOutcome> {
  const response = await deps.fetch(`${deps.origin}${chunkPath(sha, index, from)}`, {
    ...COMMON,
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', [CLIENT_HEADER]: '1' },
    body: bytes.slice(),
    signal: AbortSignal.timeout(CHUNK_TIMEOUT_MS),
  });
  if (response.status !== 200) return refusal(response);
  if (mediaType(response) !== 'application/json') return foreign('media type');
  const parsed = chunkReplySchema.safeParse(JSON.parse(await response.text()));
  if (!parsed.success || parsed.data.sha !== sha || parsed.data.chunk !== index)
    return foreign('shape');
  return { kind: 'kept', complete: parsed.data.complete };
}

const COMMON = {
  redirect: 'manual',
  cache: 'no-store',
  credentials: 'same-origin',
  referrerPolicy: 'no-referrer',
} as const satisfies RequestInit;

const foreign = (why: string): NoReply => ({ kind: 'not_the_county', why });
const mediaType = (response: Response): string =>
  (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** Anything but a verified 200: told apart so that the screen can name the reason. */
const refusal = async (response: Response): Promise<NoReply> =>
  outcomeOf({
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    error: await errorCode(response),
    isPage: mediaType(response) === 'text/html',
  });

async function errorCode(response: Response): Promise<SyncError | null> {
  try {
    const { error } = JSON.parse(await response.text()) as { error?: unknown };
    return typeof error === 'string' ? (error as SyncError) : null;
  } catch {
    return null;
  }
}
