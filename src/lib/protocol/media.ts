/**
 * Media on the wire: content-addressed chunks, `PUT /api/media/{sha256}/{chunk}`.
 *
 * A file is announced in an exchange first (`media`), whose answer names the missing chunks and how
 * far the begun ones have come. A PUT carries the plain bytes of one chunk, or with `?from=` of a
 * piece of it, and is idempotent; its answer leaves after fsync.
 */
import * as z from 'zod/mini';
import { CHUNK_BYTES, MEDIA_PATH } from './version.ts';

/** How many chunks a file of that many bytes has; an empty file has none. */
export const chunkCount = (bytes: number): number => Math.ceil(bytes / CHUNK_BYTES);

/** Bytes of chunk `index` of a file of `bytes` bytes. */
export const chunkLength = (bytes: number, index: number): number =>
  Math.min(CHUNK_BYTES, bytes - index * CHUNK_BYTES);

/** `from` given: the body is a piece of the chunk that begins at this byte of it. */
export const chunkPath = (sha: string, index: number, from?: number): string =>
  `${MEDIA_PATH}/${sha}/${index}${from === undefined ? '' : `?from=${from}`}`;

/** Answer of a chunk's PUT, status 200; anything else is no receipt for the chunk. */
export const chunkReplySchema = z.object({
  magic: z.literal('PS1'),
  sha: z.string(),
  chunk: z.int(),
  /** The whole file stands at the county and its SHA-256 is right. */
  complete: z.boolean(),
  /** County time of this receipt; an older county names none. */
  at: z.optional(z.string()),
});
export type ChunkReply = z.infer<typeof chunkReplySchema>;

/** What the county takes as media; told apart by the first bytes, never by the name. */
export const MEDIA_TYPES = [
  'image/jpeg',
  'image/webp',
  'image/png',
  'audio/webm',
  'audio/ogg',
  'audio/mp4',
] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];
