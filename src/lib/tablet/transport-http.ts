import type { ChunkOutcome, NoReply, Transport } from '../ports/transport.ts';
import type { Sha256 } from '../domain/values.ts';
import { chunkPath, chunkReplySchema } from '../protocol/media.ts';
import { CLIENT_HEADER } from '../protocol/version.ts';
import { negotiated } from './exchange-http.ts';
import { COMMON, foreign, mediaType, refusal, type HttpDeps } from './http-parts.ts';

export { gzipText } from './exchange-http.ts';
export type { HttpDeps } from './http-parts.ts';

/** How long one chunk may take before it counts as cut. */
export const CHUNK_TIMEOUT_MS = 60_000;

/**
 * PS/1 over HTTPS. An answer counts only when status, media type, magic, echo, checksum and shape
 * are right; a redirect is never followed, so that a portal's page can never look like a receipt.
 */
export function httpTransport(deps: HttpDeps): Transport {
  const exchange = negotiated(deps);
  return {
    exchange: (request) => guarded(() => exchange(request)),
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
  return { kind: 'kept', complete: parsed.data.complete, at: parsed.data.at };
}
