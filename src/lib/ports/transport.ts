/**
 * The way from a tablet to the county. It never throws: whatever a network does ends in one of
 * these outcomes, and only `reply` may change what the tablet believes.
 */
import type { ExchangeReply, ExchangeRequest, LockSaid, SyncError } from '../protocol/sync.ts';
import type { Sha256 } from '../domain/values.ts';

/** Nothing was learned: the request may or may not have arrived. */
export type NoReply =
  /** Cut, timed out, no route. */
  | { readonly kind: 'offline' }
  /** Something answered that is not the county: a portal, a proxy, a cut or changed answer. */
  | { readonly kind: 'not_the_county'; readonly why: string }
  /** The county asks to come later; `retryAfterSeconds` is null when it named no time. */
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number | null }
  /** The county refused the request as a whole; nothing in it counts as received. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly error: SyncError | null;
      /** When the refusal named a time to come again (507). */
      readonly retryAfterSeconds?: number | null;
      /** The county's word to this device's vault, which needs nobody who is signed in. */
      readonly lock?: LockSaid;
    };

export type ExchangeOutcome =
  | { readonly kind: 'reply'; readonly reply: ExchangeReply; readonly bytes: number }
  /** Nothing was sent: packed, its several events are more than one request may be; fewer fit. */
  | { readonly kind: 'too_large'; readonly packed: number }
  | NoReply;

export type ChunkOutcome =
  /** `at`: county time of the receipt for a whole file; an older county names none. */
  { readonly kind: 'kept'; readonly complete: boolean; readonly at?: string | undefined } | NoReply;

/** Where a piece belongs: `from` counts bytes within the chunk. */
export interface PiecePlace {
  readonly index: number;
  readonly from: number;
}

export interface Transport {
  exchange(request: ExchangeRequest): Promise<ExchangeOutcome>;
  putChunk(sha: Sha256, index: number, bytes: Uint8Array): Promise<ChunkOutcome>;
  /** A stretch of a chunk, for links that break; a way that knows none sends whole chunks. */
  putPiece?(sha: Sha256, place: PiecePlace, bytes: Uint8Array): Promise<ChunkOutcome>;
}

/** The honest version in memory: calls the county's handler directly, as a perfect network. */
export function directTransport(
  handle: (request: ExchangeRequest) => Promise<ExchangeReply>,
  keep: (sha: Sha256, index: number, bytes: Uint8Array) => Promise<boolean>,
): Transport {
  return {
    exchange: async (request) => {
      // Through JSON, as on the wire: nothing is shared between the two ends.
      const asked = JSON.parse(JSON.stringify(request)) as ExchangeRequest;
      const reply = JSON.stringify(await handle(asked));
      return { kind: 'reply', reply: JSON.parse(reply) as ExchangeReply, bytes: reply.length };
    },
    putChunk: async (sha, index, bytes) => ({
      kind: 'kept',
      complete: await keep(sha, index, bytes.slice()),
    }),
  };
}
