/**
 * PS/1 exchange: one request carries the push and asks for the pull; its answer carries both.
 *
 * Frame, both directions (text, the request gzipped, the answer encoded by HTTP):
 *
 *     PS1 <request id> <first 32 hex digits of SHA-256 over the JSON bytes>\n
 *     <JSON>
 *
 * An answer that lacks media type, magic, the echo of our request id or the checksum is no answer.
 * Source: docs/PROTOCOL.md.
 */
import * as z from 'zod/mini';

const position = z.tuple([z.int(), z.string()]); // [seq, tag]

export const cursorSchema = z.object({ epoch: z.string(), seq: z.int(), tag: z.string() });
export type Cursor = z.infer<typeof cursorSchema>;

/** One event on the wire. `c` points into `cases`, which carries the salt once per case. */
export const wireEventSchema = z.object({
  c: z.int(),
  ds: z.int(),
  id: z.string(),
  t: z.string(),
  v: z.int(),
  at: z.string(),
  p: z.unknown(),
});
export type WireEvent = z.infer<typeof wireEventSchema>;

/** A media file the tablet holds; the answer names the chunks the county still lacks. */
export const wireMediaSchema = z.object({
  sha: z.string(),
  bytes: z.int(),
  mime: z.string(),
  caseId: z.string(),
});
export type WireMedia = z.infer<typeof wireMediaSchema>;

export const exchangeRequestSchema = z.object({
  proto: z.int(),
  build: z.string(),
  schema: z.int(),
  dv: z.string(),
  /** Highest ds this vault has taken: the county sees a cloned or restored tablet by it. */
  dsHi: z.int(),
  /** Device time when the request was made; the answer's `now` gives the offset. */
  now: z.string(),
  cursor: z.nullable(cursorSchema),
  /** Witnesses of the history this tablet has seen: highest ack, unverified acks, sparse history. */
  wit: z.nullable(position),
  wits: z.array(position),
  hist: z.array(position),
  cases: z.array(z.object({ id: z.string(), salt: z.string() })),
  events: z.array(wireEventSchema),
  media: z.array(wireMediaSchema),
  /** Bytes of feed the tablet is ready to take now. */
  feedBytesMax: z.int(),
});
export type ExchangeRequest = z.infer<typeof exchangeRequestSchema>;

/** Answer per event, in the order sent; a `gap` or `forked` ends the list. */
export const pushResultSchema = z.discriminatedUnion('s', [
  z.object({
    s: z.literal('stored'),
    id: z.string(),
    seq: z.int(),
    tag: z.string(),
    at: z.string(),
    rule: z.optional(z.string()), // K01..K27: applied with a conflict that people will see
  }),
  z.object({
    s: z.literal('dup'),
    id: z.string(),
    seq: z.int(),
    tag: z.string(),
    at: z.string(),
  }),
  z.object({ s: z.literal('conflict'), id: z.string() }),
  z.object({ s: z.literal('rejected'), id: z.string(), code: z.string() }),
  z.object({ s: z.literal('gap'), id: z.string(), need: z.int() }),
  z.object({ s: z.literal('forked'), id: z.string() }),
]);
export type PushResult = z.infer<typeof pushResultSchema>;

const actorSchema = z.object({
  code: z.string(),
  personId: z.string(),
  name: z.string(),
  areaCode: z.optional(z.string()),
  unitId: z.optional(z.string()),
});

/** An event as the county holds it. */
export const feedEventSchema = z.object({
  seq: z.int(),
  tag: z.string(),
  id: z.string(),
  caseId: z.string(),
  t: z.string(),
  v: z.int(),
  at: z.string(),
  p: z.unknown(),
  receivedAt: z.string(),
  offset: z.number(),
  actor: actorSchema,
  dv: z.string(),
  ds: z.int(),
});
export type FeedEvent = z.infer<typeof feedEventSchema>;

/** Rows of the feed, ascending by the county's position. */
export const feedRowSchema = z.discriminatedUnion('k', [
  z.object({ k: z.literal('event'), event: feedEventSchema }),
  z.object({
    k: z.literal('enter'),
    seq: z.int(),
    caseId: z.string(),
    salt: z.string(),
    events: z.array(feedEventSchema),
  }),
  z.object({ k: z.literal('leave'), seq: z.int(), caseId: z.string(), reason: z.string() }),
  z.object({
    k: z.literal('adopted'),
    seq: z.int(),
    tag: z.string(),
    id: z.string(),
    at: z.string(),
  }),
]);
export type FeedRow = z.infer<typeof feedRowSchema>;

const replyHead = {
  epoch: z.string(),
  head: z.int(),
  /** Highest seq that stands in a copy which was restored and checked. */
  safe: z.int(),
  spreadSeconds: z.int(),
  minBuild: z.string(),
  now: z.string(),
};

export const exchangeReplySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('exchange'),
    ...replyHead,
    results: z.array(pushResultSchema),
    feed: z.object({
      /** Cursor of the request that this page answers; applied only if it is still the same. */
      from: z.nullable(cursorSchema),
      rows: z.array(feedRowSchema),
      cursor: cursorSchema,
      more: z.boolean(),
    }),
    /** Per announced file: chunk numbers still missing; empty means complete and verified. */
    missing: z.array(z.object({ sha: z.string(), chunks: z.array(z.int()) })),
  }),
  /** Histories part above `base`: rewind, offer everything again. */
  z.object({ kind: z.literal('epoch'), ...replyHead, base: z.int() }),
]);
export type ExchangeReply = z.infer<typeof exchangeReplySchema>;

/** Why an event was kept aside at the county instead of joining the log. */
export type RejectionCode =
  | 'MALFORMED'
  | 'TOO_LARGE'
  | 'ID_REUSE'
  | 'UNKNOWN_TYPE'
  | 'UNKNOWN_CASE'
  | 'NOT_THIS_COUNTY'
  | 'ACTOR'
  | 'PAYLOAD'
  | 'REVOKED';
