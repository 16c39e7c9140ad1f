/**
 * PS/1 exchange: one request carries the push and asks for the pull; its answer carries both.
 *
 * Frame, both directions (text, the request gzipped, the answer encoded by HTTP):
 *
 *     PS1 <request id> <first 32 hex digits of SHA-256 over the JSON bytes>\n
 *     <JSON>
 *
 * A `cursor` of null asks from the very start. `tag`s are base64url, 22 characters; see hash.ts.
 * An answer that lacks media type, magic, the echo of our request id or the checksum is no answer.
 * Source: docs/PROTOCOL.md.
 */
import * as z from 'zod/mini';
import { KEY_WANTED, pushSignatureSchema } from './device-key.ts';
import { sealedAnswerSchema, sealedPushSchema } from './sealed-rows.ts';

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
  /** Bytes of feed the tablet is ready to take now; 0 asks for none. */
  feedBytesMax: z.int(),
  /** This device's signature over the hashes of `events`, where the county knows its key. */
  sig: z.optional(pushSignatureSchema),
  /** Work of a locked vault, or of another agent's, that this tablet only carries. */
  sealed: z.optional(sealedPushSchema),
  /** `at` of the list of the county's keys that is here; empty for none. */
  keysAt: z.optional(z.string()),
  /** What the county's page of devices shows; nothing is decided by it. */
  report: z.optional(
    z.object({
      unsent: z.int(),
      oldestUnsentAt: z.nullable(z.string()),
      storageLeftBytes: z.nullable(z.int()),
      persisted: z.nullable(z.boolean()),
      /** Files that events name and the county does not hold. */
      unsentMedia: z.optional(z.int()),
      /**
       * The vault that stood on this tablet before: thrown away by the browser, used by a second
       * tablet too, or put back to an older state. `unsent` entries of it were never sent. Under the
       * tablet's own `dv`: the county went back to before its `safe`; `unsent` may be missing there.
       */
      was: z.optional(
        z.object({
          dv: z.string(),
          why: z.enum(['EVICTED', 'CLONED', 'RESTORED']),
          unsent: z.int(),
        }),
      ),
    }),
  ),
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
  z.object({
    k: z.literal('event'),
    event: feedEventSchema,
    /** The case's salt, on the first event of a case that began visible to this person. */
    salt: z.optional(z.string()),
  }),
  // The whole case as it stood before position `seq`; replaces what the tablet has of it.
  z.object({
    k: z.literal('enter'),
    seq: z.int(),
    caseId: z.string(),
    salt: z.string(),
    events: z.array(feedEventSchema),
  }),
  // The case is no longer for these eyes: the readable copy goes, unsent work stays and is sent.
  z.object({ k: z.literal('leave'), seq: z.int(), caseId: z.string(), reason: z.string() }),
  // An event that was kept aside (`rejected`) now stands in the log at `seq`: q becomes a.
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
  /** Tag at `head`. A tablet keeps it as its highest witness: what it was shown depended on it. */
  headTag: z.optional(z.string()),
  /** Highest seq that stands in a copy which was restored and checked. */
  safe: z.int(),
  spreadSeconds: z.int(),
  minBuild: z.string(),
  now: z.string(),
  /** The county's keys (CountyKeys), when the request named an older list; read by what verifies it. */
  keys: z.optional(z.unknown()),
  /** This vault may not be read any more: its agent was revoked, or the tablet was reported lost. */
  bar: z.optional(z.enum(['revoked', 'lost'])),
  /** Cards of this person that open nothing any more. */
  cards: z.optional(z.array(z.string())),
  /** The county asks for this device's key by an enrolment; see KeyWanted. */
  key: z.optional(z.enum(KEY_WANTED)),
  /** Nothing is shown: this tablet's read secret is not the one that the county knows. Sign in again. */
  read: z.optional(z.enum(['wanted'])),
};

export const exchangeReplySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('exchange'),
    ...replyHead,
    results: z.array(pushResultSchema),
    /** Highest ds the county has an outcome for: above the tablet's own means it lost rows. */
    dsLast: z.optional(z.int()),
    /** `receiptOf(receiptInput(...))` over the stored and dup results; see hash.ts. */
    receipt: z.string(),
    /** What became of the sealed rows. */
    sealed: z.optional(sealedAnswerSchema),
    feed: z.object({
      /** Cursor of the request that this page answers; applied only if it is still the same. */
      from: z.nullable(cursorSchema),
      rows: z.array(feedRowSchema),
      cursor: cursorSchema,
      more: z.boolean(),
    }),
    /**
     * Per announced file: chunk numbers still missing; none and no `refused` means complete and
     * verified. `refused` isolates a file that the county will not take: see MediaRefusal.
     * `parts`: first bytes of a missing chunk that are here; the list stands there, also empty,
     * when the county takes pieces of chunks.
     */
    missing: z.array(
      z.object({
        sha: z.string(),
        chunks: z.array(z.int()),
        parts: z.optional(z.array(z.tuple([z.int(), z.int()]))),
        refused: z.optional(z.string()),
      }),
    ),
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
  | 'REVOKED'
  | 'SIGNATURE';

/** Why a file is not wanted; the case goes on without it and people are told. */
export type MediaRefusal = 'MEDIA_TYPE' | 'MEDIA_TOO_LARGE' | 'MEDIA_NOT_ITS_HASH';

/** `leave.reason`: why a case went away from this person's tablets. */
export type LeaveReason = 'SEALED' | 'HANDED_OVER' | 'RECUSED' | 'GRANT_ENDED';

/**
 * Answers with another status than 200 are plain JSON `{"error": SyncError}` and never an ack:
 * 400 BAD_FRAME, 401 SIGN_IN, 403 ORIGIN, DEVICE (the vault belongs to another person) or, of an
 * enrolment, NOT_AN_AGENT, CODE_NEEDED, CODE_WRONG, CODE_SPENT, CODE_EXPIRED (enrolRefusalSchema),
 * 413 TOO_LARGE, 415 MEDIA_TYPE, 429 and 503 BUSY with Retry-After in seconds, 507 STORAGE_FULL.
 */
export type SyncError =
  | 'BAD_FRAME'
  | 'SIGN_IN'
  | 'ORIGIN'
  | 'DEVICE'
  | 'NOT_AN_AGENT'
  | 'CODE_NEEDED'
  | 'CODE_WRONG'
  | 'CODE_SPENT'
  | 'CODE_EXPIRED'
  | 'TOO_LARGE'
  | 'MEDIA_TYPE'
  | 'NOT_ANNOUNCED'
  | 'BUSY'
  | 'STORAGE_FULL';

/**
 * Beside `error` in a 401 or 403 of the exchange, as `lock`: what the county says to the vault of the
 * device that the request named in its header, whoever is signed in. `bar` null: it may be read.
 */
export const lockSaidSchema = z.object({
  bar: z.nullable(z.enum(['revoked', 'lost'])),
  cards: z.optional(z.array(z.string()).check(z.maxLength(256))),
});
export type LockSaid = z.infer<typeof lockSaidSchema>;

/** `POST /api/sync/enrol`, JSON, by a signed-in agent: binds the vault's `dv` to the person. */
export const enrolRequestSchema = z.object({
  dv: z.string(),
  build: z.string(),
  /** 登记码 as it was typed: asked of a tablet that the county does not know. */
  code: z.optional(z.string()),
  /** What the answer of an enrolment before gave this tablet; stands for a code. */
  pass: z.optional(z.string()),
  /** Public half of the device's key (device-key.ts), printed; older tablets have none. */
  key: z.optional(z.string()),
  /** From this place on it signs what leaves it sealed, too; older tablets do not. */
  sealedFrom: z.optional(z.int()),
  /** It signs the descriptions of photos and recordings that leave it sealed. */
  filesSigned: z.optional(z.boolean()),
  /** Asks only whether this device is his: one that the county does not know is not bound. */
  known: z.optional(z.literal(true)),
});
export type EnrolRequest = z.infer<typeof enrolRequestSchema>;

/** `label` as people say it, e.g. `县局值班`; `number` as dialled: digits, `+` and `-`. */
export const dutyNumberSchema = z.object({ label: z.string(), number: z.string() });
export type DutyNumber = z.infer<typeof dutyNumberSchema>;

export const enrolReplySchema = z.object({
  magic: z.literal('PS1'),
  county: z.object({ code: z.string(), name: z.string() }),
  person: z.object({ id: z.string(), name: z.string() }),
  /** Number of the agent in the county, e.g. `A01`: part of every temporary number. */
  agentId: z.string(),
  /** One letter per vault of the agent (A..Z, then AA..), so that numbers never meet. */
  deviceLetter: z.string(),
  villages: z.array(z.object({ code: z.string(), name: z.string() })),
  epoch: z.string(),
  now: z.string(),
  /**
   * Telephone numbers for danger, in the order to show them: the county's duty desk first, then
   * the police of the agent's townships. Only what the county filled in; an older county has none.
   */
  dutyNumbers: z.optional(z.array(dutyNumberSchema)),
  /** What the tablet seals to (CountyKeys); an older county has none. */
  keys: z.optional(z.unknown()),
  /** Name of the key that the county holds of this device, once it has one. */
  key: z.optional(z.string()),
  /** A tablet that is signed in anew gets a vault. */
  vaults: z.optional(z.boolean()),
  /** To be kept, and shown with the next enrolment: by it the county knows its tablet again. */
  pass: z.optional(z.string()),
});
export type EnrolReply = z.infer<typeof enrolReplySchema>;

/** Why a tablet was not enrolled, and whom to call about it; an older county says no numbers. */
export const enrolRefusalSchema = z.object({
  error: z.string(),
  dutyNumbers: z.optional(z.array(dutyNumberSchema)),
  /** RESET: somebody else set his passphrase lately. Others may come; an older county says none. */
  because: z.optional(z.string()),
});
