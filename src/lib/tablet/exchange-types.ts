/** What the pure exchange functions take and give. */
import type { EventRow, SyncRecord } from '../ports/tablet-store.ts';
import type { ExchangeReply, ExchangeRequest, WireMedia } from '../protocol/sync.ts';
import type { SealedEvent } from './sealed-shapes.ts';

/** An unsent event, opened. */
export interface Pending {
  readonly row: EventRow;
  readonly sealed: SealedEvent;
  readonly salt: string;
}

export interface RequestInputs {
  readonly sync: SyncRecord;
  /** In (dv, ds) order. */
  readonly pending: readonly Pending[];
  /** Unsent events behind those. */
  readonly unopened?: number;
  /** Announced only when every pending event fits: text before pictures. */
  readonly media: readonly WireMedia[];
  readonly bytesMax: number;
  /** Events at the most, when so many came out too large packed; the protocol's limit when absent. */
  readonly eventsMax?: number;
  readonly feedBytesMax: number;
  readonly build: string;
  readonly schema: number;
  readonly now: string;
  readonly report?: ExchangeRequest['report'];
}

/** A request with what must be remembered until its answer. */
export interface Flight {
  readonly request: ExchangeRequest;
  readonly gen: number;
  /** The history that was known when it was asked. */
  readonly epoch: string;
  /** Hash at save time of every event sent, by id. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Unsent events that did not fit. */
  readonly rest: number;
}

/** Everything an answer needs that had to be sealed before the transaction. */
export interface SealedReply {
  /** Receipt or refusal of own events, by event id. */
  readonly notes: ReadonlyMap<string, Uint8Array>;
  /** Bodies of feed events, by event id. */
  readonly bodies: ReadonlyMap<string, Uint8Array>;
  /** Bodies of cases (salt), by case id. */
  readonly cases: ReadonlyMap<string, Uint8Array>;
  /** When the county said it (`heard.ts`). */
  readonly heard: string;
}

export interface ReplyInputs {
  readonly flight: Flight;
  readonly reply: ExchangeReply;
  readonly sealed: SealedReply;
  /** The answer's receipt equals the digest over our own hashes (see protocol/hash.ts). */
  readonly receiptMatches: boolean;
  /** A fresh device id, used only if the county says that ours is used by somebody else. */
  readonly spareDv: string;
  /** County minus tablet, seconds, measured with this answer. */
  readonly clockOffsetSeconds: number;
  /** Rows with an answer that the county alone opens: they go as soon as they stand in a checked backup. */
  readonly blind?: ReadonlySet<string>;
  /** Coarse day for rows written now. */
  readonly day: number;
}
