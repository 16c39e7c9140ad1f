/** `PUT /api/media/{sha256}/{chunk}[?from=]`: chunks and pieces of chunks, from tablets. */
import type { Subject } from '../../domain/permissions.ts';
import type { PersonId, Sha256 } from '../../domain/values.ts';
import type { MediaRow } from '../../ports/county-store.ts';
import type { MediaKey, Piece, PutFault } from '../../ports/media-store.ts';
import type { ChunkReply } from '../../protocol/media.ts';
import type { MediaRefusal } from '../../protocol/sync.ts';
import { CHUNK_BYTES } from '../../protocol/version.ts';
import { createRateLimiter } from '../auth/rate-limit.ts';
import type { Container } from '../container.ts';
import { anySealed, sealFiles } from '../sealing/files.ts';
import { refusal, storageRefusal, type Refused } from '../sync/body.ts';
import { openLedger } from '../sync/ledger.ts';
import {
  BUSY_SECONDS,
  CHUNK_BODY_SECONDS,
  chunkPerson,
  CHUNKS_AT_ONCE_MAX,
  CHUNKS_AT_ONCE_PERSON_MAX,
  WRONG_HASH_MAX,
} from '../sync/limits.ts';
import { attachmentsArrived, senderOf } from '../sync/media-rows.ts';
import { readPiece, SLOW, type ReadBody } from '../sync/read-body.ts';
import { mediaTypeOf } from './magic.ts';

const SHA_256 = /^[0-9a-f]{64}$/;
const limiter = createRateLimiter(() => performance.now());
/** How often a sender's file was not its hash, since the start of this process. */
const wrong = new Map<string, number>();
/** Senders' files in `wrong`; the oldest misdeeds are forgiven together. */
const WRONG_KEPT_MAX = 10_000;
/** First bytes that tell what a file is. */
const MAGIC_BYTES = 4_096;
const CHUNK_NUMBER = /^\d{1,5}$/;
/** Chunks in work per person, and all together. */
const inWork = new Map<string, number>();
let places = 0;

const NOT_ANNOUNCED: Refused = { status: 404, error: 'NOT_ANNOUNCED' };
const BAD_FRAME: Refused = { status: 400, error: 'BAD_FRAME' };
const PUT_REFUSALS: Readonly<Record<PutFault, Refused>> = {
  LENGTH: BAD_FRAME,
  NO_SUCH_CHUNK: BAD_FRAME,
  // The next exchange says from where.
  GAP: { status: 409, error: 'NOT_ANNOUNCED' },
  NOT_ITS_HASH: { status: 409, error: 'NOT_ANNOUNCED' },
  STORAGE_FULL: { status: 507, error: 'STORAGE_FULL', retryAfterSeconds: 60 },
};

const kept = (
  { sync }: Container,
  { sha, chunk, complete }: Pick<ChunkReply, 'chunk' | 'complete'> & { readonly sha: Sha256 },
): Response => {
  const at = complete ? { at: sync.clock.now() } : {};
  const reply: ChunkReply = { magic: 'PS1', sha, chunk, complete, ...at };
  return Response.json(reply, { headers: { 'cache-control': 'no-store' } });
};

async function refuseFile(
  { store, county }: Container,
  mine: readonly MediaRow[],
  refused: MediaRefusal,
) {
  const media = mine.map((row): MediaRow => ({ ...row, state: 'refused', refused }));
  await store.transact(county, (tx) => tx.write({ media }));
}

/** The file is whole: every case for which it was sent gets its `attachment.received`. */
async function completed(
  { sync, store, county }: Container,
  mine: readonly MediaRow[],
  bytes: number,
): Promise<void> {
  const head = await store.transact(county, async (tx) => {
    const cases = mine.map(({ caseId }) => caseId);
    const ledger = openLedger(sync, await tx.head(), await tx.cases(cases));
    // What came to a merged case came to its master too.
    const masters = cases.flatMap((id) => ledger.record(id)?.file.mergedInto?.caseId ?? []);
    ledger.learn(await tx.cases(masters));
    const complete = { bytes, state: 'complete', refused: '', completeAt: ledger.now } as const;
    await tx.write({ media: mine.map((row) => ({ ...row, ...complete })) });
    await attachmentsArrived(tx, ledger, [...cases, ...masters]);
    await tx.write(ledger.take());
    return ledger.head();
  });
  sync.committed?.(head.seq);
}

/** A chunk of a file that its sender announced. */
export interface Chunk {
  /** The asker's own rows of this file, one per case. */
  readonly mine: readonly MediaRow[];
  readonly wanted: MediaRow;
  readonly piece: Piece;
  /** The body came as long as the chunk is from `from` on, or says itself that it is a piece. */
  readonly isPiece: boolean;
  /**
   * Who carried it in a hand-in file. His bytes lie apart from the owner's, and what is wrong with
   * them is his: the owner's rows hear of the file when it is whole and is its hash.
   */
  readonly carrier?: PersonId;
}

/** Whose bytes these are: the sender's, or those of one carrier for him. */
export const bytesOf = (personId: PersonId, carrier?: PersonId): string =>
  senderOf(carrier === undefined ? personId : `${carrier} for ${personId}`);

/** Counts a file that was not its hash; true once its sender has sent that too often. */
function wrongAgain(name: string): boolean {
  const times = (wrong.get(name) ?? 0) + 1;
  wrong.set(name, times);
  if (wrong.size > WRONG_KEPT_MAX) wrong.clear();
  return times >= WRONG_HASH_MAX;
}

/** Whether this carrier's slices of the file are taken any longer. */
export const isCarrierOut = (sha: string, owner: PersonId, carrier: PersonId): boolean =>
  (wrong.get(`${sha}/${bytesOf(owner, carrier)}`) ?? 0) >= WRONG_HASH_MAX;

/** Keeps a chunk of a wanted file; with the last the file is verified and its case hears of it. */
export async function keepWanted(
  container: Container,
  { mine, wanted, piece, isPiece, carrier }: Chunk,
): Promise<Response> {
  const { media } = container;
  const { sha, personId } = wanted;
  const sealed = await anySealed(container, mine);
  const by = bytesOf(personId, carrier);
  const key: MediaKey = { sha, bytes: wanted.bytes, by, sealed };
  const put = isPiece
    ? await media.putPiece(key, piece)
    : await media.put(key, piece.index, piece.bytes);
  if (!put.ok) {
    if (put.error === 'NOT_ITS_HASH') {
      const often = wrongAgain(`${sha}/${by}`);
      if (often && carrier === undefined) await refuseFile(container, mine, 'MEDIA_NOT_ITS_HASH');
    }
    return refusal(PUT_REFUSALS[put.error]);
  }
  if (!put.value) return kept(container, { sha, chunk: piece.index, complete: false });
  // Only now are these the bytes that the hash names: a wrong chunk condemns nobody's photo.
  const head = await media.slice(sha, 0, MAGIC_BYTES);
  if (head === null || mediaTypeOf(head) === null) {
    if (carrier === undefined) await refuseFile(container, mine, 'MEDIA_TYPE');
    await media.forget(key);
    return refusal({ status: 415, error: 'MEDIA_TYPE' });
  }
  await completed(container, mine, wanted.bytes);
  // Its case was sealed while this came.
  if (!sealed && (await anySealed(container, mine)))
    await sealFiles(container, new Set(mine.map(({ caseId }) => caseId)));
  await media.forget(key);
  return kept(container, { sha, chunk: piece.index, complete: true });
}

interface Sent {
  readonly index: number;
  readonly from: number | null;
  readonly body: ReadBody;
}

async function keep(
  container: Container,
  mine: readonly MediaRow[],
  { index, from, body }: Sent,
): Promise<Response> {
  const done = mine.find(({ state }) => state === 'complete');
  if (done !== undefined) return kept(container, { sha: done.sha, chunk: index, complete: true });
  const wanted = mine.find(({ state }) => state === 'wanted');
  if (wanted === undefined) return refusal(NOT_ANNOUNCED);
  const piece: Piece = { index, from: from ?? 0, bytes: body.bytes };
  const answer = await keepWanted(container, {
    ...{ mine, wanted, piece, isPiece: from !== null || body.end !== 'whole' },
  });
  // What a broken line left is kept for the next exchange to name; there is nobody to answer.
  return body.end === 'slow' ? refusal(SLOW) : answer;
}

/** Takes a place for this person's chunk; gives the place back by the returned function. */
function takePlace(personId: string): (() => void) | null {
  const his = inWork.get(personId) ?? 0;
  if (his >= CHUNKS_AT_ONCE_PERSON_MAX || places >= CHUNKS_AT_ONCE_MAX) return null;
  places += 1;
  inWork.set(personId, his + 1);
  return () => {
    places -= 1;
    const left = (inWork.get(personId) ?? 1) - 1;
    if (left > 0) inWork.set(personId, left);
    else inWork.delete(personId);
  };
}

export interface AskedChunk {
  readonly request: Request;
  readonly sha: string;
  readonly chunk: string;
  /** `?from=`: first byte within the chunk; null when the body is the whole chunk. */
  readonly from?: string | null;
}

/**
 * Keeps one chunk, or a piece of one, that an exchange announced; the answer leaves after fsync.
 * `complete` stands only after the whole was checked and its case has it on record.
 */
export async function chunkEndpoint(
  container: Container,
  person: Subject | null,
  { request, sha, chunk, from = null }: AskedChunk,
): Promise<Response> {
  if (person === null) return refusal({ status: 401, error: 'SIGN_IN' });
  const { personId } = person;
  const wait = limiter.take(chunkPerson, personId);
  if (wait > 0) return refusal({ status: 429, error: 'BUSY', retryAfterSeconds: wait });
  const leave = container.open ? takePlace(personId) : null;
  if (leave === null)
    return refusal({ status: 503, error: 'BUSY', retryAfterSeconds: BUSY_SECONDS });
  try {
    if (!SHA_256.test(sha) || !CHUNK_NUMBER.test(chunk)) return refusal(NOT_ANNOUNCED);
    if (from !== null && !/^\d{1,5}$/.test(from)) return refusal(BAD_FRAME);
    const body = await readPiece(request, { max: CHUNK_BYTES, seconds: CHUNK_BODY_SECONDS });
    if (!body.ok) return refusal(body.error);
    const rows = await container.store.transact(container.county, (tx) =>
      tx.media([sha as Sha256]),
    );
    const mine = rows.filter((row) => row.personId === personId);
    const start = from === null ? null : Number(from);
    return await keep(container, mine, { index: Number(chunk), from: start, body: body.value });
  } catch (error) {
    const known = storageRefusal(error);
    if (known === null) throw error;
    return refusal(known);
  } finally {
    leave();
  }
}
