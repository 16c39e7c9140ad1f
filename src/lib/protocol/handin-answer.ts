/**
 * What the county says to a piece of a hand-in file, and how an ack file is asked for.
 *
 * `POST /api/sync/handin`, body: a hand-in file of at most `HANDIN_PIECE_BYTES_MAX` (head, slips, items,
 * frames); long files are cut into such pieces at records, each with head and the slips it needs. An
 * answer counts only when `got` is the SHA-256 of the very bytes that were sent.
 */
import * as z from 'zod/mini';
import { sealedResultSchema } from './sealed-rows.ts';

export const HANDIN_PATH = '/api/sync/handin';
export const ACK_PATH = '/api/sync/ack';
export const HANDIN_MEDIA_TYPE = 'application/vnd.daiban.psb';
export const ACK_MEDIA_TYPE = 'application/vnd.daiban.psa';
/** Bytes of one piece as it is sent. */
export const HANDIN_PIECE_BYTES_MAX = 448 * 1024;
/** Events that one ack file is asked for. */
export const ACK_ASK_MAX = 4_000;

const place = { dv: z.string(), ds: z.int(), id: z.string() };

export const handInAnswerSchema = z.object({
  magic: z.literal('PS1'),
  /** SHA-256 of the body, hex. */
  got: z.string(),
  epoch: z.string(),
  safe: z.int(),
  /** One for each item of the piece, in its order. */
  items: z.array(z.object({ ...place, result: sealedResultSchema })),
  /** As that of sealed rows: over id and SHA-256 of the copy of what is stored or was here. */
  receipt: z.string(),
  /** Files of the piece: what was kept of them, and whether the whole is there and verified. */
  files: z.array(
    z.object({
      fileId: z.string(),
      kept: z.int(),
      complete: z.boolean(),
      /** Lies in the carrier's name: its tablet signs what it describes, and did not sign this. */
      unsigned: z.optional(z.boolean()),
      /** Slices of the file in all, and how many of them are still not at the county; not for whole ones. */
      of: z.optional(z.int()),
      lacks: z.optional(z.int()),
      /** Number of its case, where who brings it may see the case. */
      no: z.optional(z.string()),
    }),
  ),
});
export type HandInAnswer = z.infer<typeof handInAnswerSchema>;

export const ackAskSchema = z.object({
  items: z.array(z.object(place)).check(z.maxLength(ACK_ASK_MAX)),
});
export type AckAsk = z.infer<typeof ackAskSchema>;
