/** `PUT /api/media/{sha256}/{chunk}` for tablets and `GET /api/media/{sha256}?case=` for the desk. */
import { can, sightOf, type Subject } from '../../domain/permissions.ts';
import type { CaseId, Sha256 } from '../../domain/values.ts';
import type { MediaRow } from '../../ports/county-store.ts';
import type { PutFault } from '../../ports/media-store.ts';
import type { ChunkReply } from '../../protocol/media.ts';
import type { MediaRefusal } from '../../protocol/sync.ts';
import { CHUNK_BYTES } from '../../protocol/version.ts';
import { createRateLimiter } from '../auth/rate-limit.ts';
import type { Container } from '../container.ts';
import { readBytes, refusal, storageRefusal, type Refused } from '../sync/body.ts';
import { openLedger } from '../sync/ledger.ts';
import { BUSY_SECONDS, chunkPerson, CHUNKS_AT_ONCE_MAX, WRONG_HASH_MAX } from '../sync/limits.ts';
import { attachmentsArrived, senderOf } from '../sync/media-rows.ts';
import { mediaTypeOf } from './magic.ts';

const SHA_256 = /^[0-9a-f]{64}$/;
const limiter = createRateLimiter(() => performance.now());
/** How often a sender's file was not its hash, since the start of this process. */
const wrong = new Map<string, number>();
let inWork = 0;

const NOT_ANNOUNCED: Refused = { status: 404, error: 'NOT_ANNOUNCED' };
const PUT_REFUSALS: Readonly<Record<PutFault, Refused>> = {
  LENGTH: { status: 400, error: 'BAD_FRAME' },
  NO_SUCH_CHUNK: { status: 400, error: 'BAD_FRAME' },
  NOT_ITS_HASH: { status: 409, error: 'NOT_ANNOUNCED' },
  STORAGE_FULL: { status: 507, error: 'STORAGE_FULL', retryAfterSeconds: 60 },
};

const kept = (sha: Sha256, chunk: number, complete: boolean): Response => {
  const reply: ChunkReply = { magic: 'PS1', sha, chunk, complete };
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

interface Chunk {
  /** The asker's own rows of this file, one per case. */
  readonly mine: readonly MediaRow[];
  readonly wanted: MediaRow;
  readonly chunk: number;
  readonly bytes: Uint8Array;
}

async function keepWanted(
  container: Container,
  { mine, wanted, chunk, bytes }: Chunk,
): Promise<Response> {
  const { sha, personId } = wanted;
  const by = senderOf(personId);
  const put = await container.media.put({ sha, bytes: wanted.bytes, by }, chunk, bytes);
  if (!put.ok) {
    if (put.error === 'NOT_ITS_HASH') {
      const times = (wrong.get(`${sha}/${by}`) ?? 0) + 1;
      wrong.set(`${sha}/${by}`, times);
      if (times >= WRONG_HASH_MAX) await refuseFile(container, mine, 'MEDIA_NOT_ITS_HASH');
    }
    return refusal(PUT_REFUSALS[put.error]);
  }
  if (!put.value) return kept(sha, chunk, false);
  // Only now are these the bytes that the hash names: a wrong chunk condemns nobody's photo.
  const whole = await container.media.read(sha);
  if (whole === null || mediaTypeOf(whole) === null) {
    await refuseFile(container, mine, 'MEDIA_TYPE');
    return refusal({ status: 415, error: 'MEDIA_TYPE' });
  }
  await completed(container, mine, whole.length);
  return kept(sha, chunk, true);
}

async function keep(
  container: Container,
  mine: readonly MediaRow[],
  { chunk, bytes }: Pick<Chunk, 'chunk' | 'bytes'>,
): Promise<Response> {
  const sent = mine.find(({ state }) => state === 'complete');
  if (sent !== undefined) return kept(sent.sha, chunk, true);
  const wanted = mine.find(({ state }) => state === 'wanted');
  if (wanted !== undefined) return keepWanted(container, { mine, wanted, chunk, bytes });
  const announced = mine.length > 0;
  return refusal(announced ? { status: 415, error: 'MEDIA_TYPE' } : NOT_ANNOUNCED);
}

/** Takes one chunk of an announced file; the answer leaves after its fsync. */
export async function chunkEndpoint(
  container: Container,
  person: Subject | null,
  asked: { readonly request: Request; readonly sha: string; readonly chunk: string },
): Promise<Response> {
  const { request, sha, chunk } = asked;
  if (person === null) return refusal({ status: 401, error: 'SIGN_IN' });
  const wait = limiter.take(chunkPerson, person.personId);
  if (wait > 0) return refusal({ status: 429, error: 'BUSY', retryAfterSeconds: wait });
  if (inWork >= CHUNKS_AT_ONCE_MAX || !container.open)
    return refusal({ status: 503, error: 'BUSY', retryAfterSeconds: BUSY_SECONDS });
  if (!SHA_256.test(sha) || !/^\d{1,5}$/.test(chunk)) return refusal(NOT_ANNOUNCED);
  inWork += 1;
  try {
    const bytes = await readBytes(request, CHUNK_BYTES);
    if (!bytes.ok) return refusal(bytes.error);
    const rows = await container.store.transact(container.county, (tx) =>
      tx.media([sha as Sha256]),
    );
    const mine = rows.filter(({ personId }) => personId === person.personId);
    return await keep(container, mine, { chunk: Number(chunk), bytes: bytes.value });
  } catch (error) {
    const known = storageRefusal(error);
    if (known === null) throw error;
    return refusal(known);
  } finally {
    inWork -= 1;
  }
}

const gone = (): Response => new Response(null, { status: 404 });

/** A complete file, for whoever may see it in that case; everything else looks like "not there". */
export async function mediaEndpoint(
  container: Container,
  person: Subject | null,
  { sha, caseId }: { readonly sha: string; readonly caseId: string },
): Promise<Response> {
  if (person === null || !SHA_256.test(sha)) return gone();
  const { store, county, clock, media } = container;
  const found = await store.transact(county, (tx) => tx.cases([caseId as CaseId]));
  const file = found.get(caseId as CaseId)?.file;
  // Naming a hash is not having the file: this case itself must have got its bytes.
  const attachment = file?.attachments.find((one) => one.sha256 === sha && one.received);
  if (file === undefined || attachment === undefined) return gone();
  const scene = { object: sightOf(file), now: clock.now() };
  const strict = attachment.payload.class === 'P3' || attachment.payload.class === 'P4';
  if (!can(person, strict ? 'case.view_sensitive' : 'case.view', scene)) return gone();
  const bytes = await media.read(sha as Sha256);
  const type = bytes === null ? null : mediaTypeOf(bytes);
  if (bytes === null || type === null) return gone();
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${sha.slice(0, 12)}.${type.split('/')[1]}"`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    },
  });
}
