/** Limits of the sync and media endpoints, all in one place. */
import { EXCHANGE_BYTES_MAX } from '../../protocol/version.ts';
import type { Limit } from '../auth/rate-limit.ts';

/** Bytes of a request's body as it comes over the wire. */
export const BODY_BYTES_MAX = 2 * EXCHANGE_BYTES_MAX;
/** Bytes of a request after unpacking: one more than the client's own limit needs. */
export const UNPACKED_BYTES_MAX = 4 * EXCHANGE_BYTES_MAX;
/** Exchanges in work or waiting; the next one is told to come later before its body is read. */
export const EXCHANGES_AT_ONCE_MAX = 300;
/** Chunks in work at once, and those of one person: one slow link never holds all places. */
export const CHUNKS_AT_ONCE_MAX = 64;
export const CHUNKS_AT_ONCE_PERSON_MAX = 8;
/** Longest that a chunk's body may take: 64 KiB at 2 kB/s are 32 s, a tablet gives up after 60. */
export const CHUNK_BODY_SECONDS = 75;
/** Longest that an exchange's body may take: at 2 kB/s 256 kB are 128 s, a tablet gives up after 120. */
export const EXCHANGE_BODY_SECONDS = 130;
/** Broken bodies of large exchanges: of all, of one person (his tablets), and how long. */
export const PARTS_BYTES_MAX = 32 * 1024 * 1024;
export const PARTS_PERSON_MAX = 3;
export const PART_SECONDS = 600;
/** The same for a few words, as of an enrolment. */
export const SMALL_BODY_SECONDS = 45;
/** Exchanges of one person whose bodies are still coming: his tablets and their late tries. */
export const READING_PERSON_MAX = 8;
/** Bytes of media that one person may announce in one county day; the rest waits for the next. */
export const MEDIA_DAY_BYTES_MAX = 1024 * 1024 * 1024;
/** What a tablet is told to wait when everything is busy. */
export const BUSY_SECONDS = 5;
/** Times a file may arrive that is not its hash before it is isolated. */
export const WRONG_HASH_MAX = 3;
/** Less room than this on the data folder's disk, and `/readyz` asks for help. */
export const FREE_BYTES_MIN = 32 * 1024 * 1024;
/** From so many bytes of text on brotli packs an answer better than the dictionary does. */
export const BROTLI_BYTES_MIN = 48 * 1024;
/** Answers shorter than this are not packed. */
export const PACK_BYTES_MIN = 400;

/** Pieces of hand-in files in work at once, of all; bytes of a question for an ack file. */
export const HANDINS_AT_ONCE_MAX = 16;
export const ACK_BYTES_MAX = EXCHANGE_BYTES_MAX * 2;
/** Pieces of hand-in files of one person: 120 a minute are 50 MB. */
export const handInPerson: Limit = { name: 'hand-in person', perMinute: 120, burst: 60 };
/**
 * Sealed rows that lie unopened, in all and of one carrier: each is tried again every day, and nobody
 * may take the room of the others. A tablet of a year without network has fewer.
 */
export const HELD_ROWS_MAX = 10_000;
export const HELD_ROWS_OF_ONE_MAX = 3_000;
/** Characters of them. */
export const HELD_CHARS_MAX = 48 * 1024 * 1024;
export const HELD_CHARS_OF_ONE_MAX = 16 * 1024 * 1024;
/** Exchanges of one person, whatever tablets he uses. */
export const exchangePerson: Limit = { name: 'exchange person', perMinute: 120, burst: 30 };
/** Chunks of one person: 300 a minute are 20 MB. */
export const chunkPerson: Limit = { name: 'chunk person', perMinute: 600, burst: 600 };
