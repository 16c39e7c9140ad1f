/**
 * `GET /media/{sha256}?case=[&size=thumb]` and `GET /media/{sha256}/original?case=`: what a person
 * may see and hear of a case. Everything else, and everything that is not his, is "not there".
 *
 * A photo is shown only as the copy that the county made itself; sound goes out as it came, under
 * the type of its own first bytes; the original of both only as an attachment.
 */
import type { Kysely } from 'kysely';
import { can, type CaseSight, sightOf, type Subject } from '../../domain/permissions.ts';
import type { CaseId, Sha256 } from '../../domain/values.ts';
import type { MediaType } from '../../protocol/media.ts';
import type { Container } from '../container.ts';
import { isItsAgent, lastLook, writeLook } from '../desk/looks.ts';
import type { CountyTables } from '../store/tables.ts';
import { BUSY_SECONDS } from '../sync/limits.ts';
import { mediaTypeOf } from './magic.ts';
import { pictures, type PictureSize } from './pictures.ts';
import { rangeOf } from './range.ts';

const SHA_256 = /^[0-9a-f]{64}$/;
/** First bytes that tell what a file is. */
const MAGIC_BYTES = 4_096;
/** Bytes that a slow listener holds in memory. */
const STREAM_BYTES = 128 * 1024;
const decoder = pictures();

export interface AskedMedia {
  readonly sha: string;
  readonly caseId: string;
  readonly size?: PictureSize;
  /** The header `Range`, if any. */
  readonly range?: string | null;
}

const gone = (): Response => new Response(null, { status: 404 });

interface Seen {
  readonly sha: Sha256;
  readonly type: MediaType;
  readonly bytes: number;
}

/** A look at the case's page stands in the audit; its own agent's begins with the file. */
async function looksNow(
  { db, store, county, clock }: Container,
  person: Subject,
  sight: CaseSight,
): Promise<boolean> {
  const deps = { db: db as unknown as Kysely<CountyTables>, store, county, now: clock.now() };
  if ((await lastLook(deps, person, sight.caseId)) !== null) return true;
  if (!isItsAgent(person, sight)) return false;
  const classes = sight.sealed ? 'P4' : 'P3';
  await writeLook(deps, person, { caseId: sight.caseId, classes, why: '' });
  return true;
}

/** The file, when this person may see it in that case: the case itself must have got its bytes. */
async function seenFile(
  container: Container,
  person: Subject | null,
  asked: AskedMedia & { readonly original: boolean },
): Promise<Seen | null> {
  const { store, county, clock, media } = container;
  const caseId = asked.caseId as CaseId;
  const sha = asked.sha as Sha256;
  if (person === null || !SHA_256.test(sha)) return null;
  const found = await store.transact(county, (tx) => tx.cases([caseId]));
  const file = found.get(caseId)?.file;
  const attachment = file?.attachments.find((one) => one.sha256 === sha && one.received);
  if (file === undefined || attachment === undefined) return null;
  const object = sightOf(file);
  const scene = { object, now: clock.now() };
  const { class: privacy } = attachment.payload;
  const strict = asked.original || object.sealed || privacy === 'P3' || privacy === 'P4';
  if (!can(person, 'case.view', scene)) return null;
  // A photo of her yard, a recording of her voice: not for the unit that it is about.
  if (!can(person, strict ? 'case.view_sensitive' : 'case.view_words', scene)) return null;
  if (strict && !(await looksNow(container, person, object))) return null;
  const bytes = await media.size(sha);
  const head = bytes === null ? null : await media.slice(sha, 0, MAGIC_BYTES);
  const type = head === null ? null : mediaTypeOf(head);
  return bytes === null || type === null ? null : { sha, type, bytes };
}

const ENDINGS: Readonly<Record<MediaType, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'audio/webm': 'webm',
  'audio/ogg': 'ogg',
  'audio/mp4': 'm4a',
};

/** Names are made here, never taken from anybody (RFC 6266: plain, and in Chinese). */
function disposition(
  kind: 'inline' | 'attachment',
  { sha, type }: Pick<Seen, 'sha' | 'type'>,
): string {
  const [plain, chinese] = type.startsWith('image/') ? ['photo', '照片'] : ['recording', '录音'];
  const rest = `${sha.slice(0, 12)}.${ENDINGS[type]}`;
  return `${kind}; filename="${plain}-${rest}"; filename*=UTF-8''${encodeURIComponent(chinese)}-${rest}`;
}

const headersOf = (seen: Pick<Seen, 'sha' | 'type'>, kind: 'inline' | 'attachment'): Headers =>
  new Headers({
    'content-type': seen.type,
    'content-disposition': disposition(kind, seen),
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store',
  });

/** The bytes as they are read, a stretch at a time: a long recording never stands in memory. */
function streamOf(
  { media }: Container,
  { sha, from, to }: { readonly sha: Sha256; readonly from: number; readonly to: number },
): ReadableStream<Uint8Array> {
  let at = from;
  return new ReadableStream(
    {
      async pull(controller) {
        const piece = at < to ? await media.slice(sha, at, Math.min(to, at + STREAM_BYTES)) : null;
        if (piece === null || piece.length === 0) return controller.close();
        at += piece.length;
        controller.enqueue(piece);
      },
    },
    { highWaterMark: 1 },
  );
}

/** A file as it came, whole or the part that was asked for. */
function sent(
  container: Container,
  seen: Seen,
  { kind, range }: { readonly kind: 'inline' | 'attachment'; readonly range: string | null },
): Response {
  const { sha, bytes } = seen;
  const headers = headersOf(seen, kind);
  headers.set('accept-ranges', 'bytes');
  const asked = rangeOf(range, bytes);
  if (asked.kind === 'none') {
    headers.set('content-range', `bytes */${bytes}`);
    return new Response(null, { status: 416, headers });
  }
  const { from, to } = asked.kind === 'part' ? asked : { from: 0, to: bytes };
  headers.set('content-length', String(to - from));
  if (asked.kind === 'part') headers.set('content-range', `bytes ${from}-${to - 1}/${bytes}`);
  const status = asked.kind === 'part' ? 206 : 200;
  return new Response(streamOf(container, { sha, from, to }), { status, headers });
}

async function pictureOf({ media }: Container, seen: Seen, size: PictureSize): Promise<Response> {
  const file = media.file(seen.sha);
  if (file === null) return gone();
  const copy = (await media.isSealed(seen.sha))
    ? await decoder.fresh(() => media.read(seen.sha), size)
    : await decoder.copy(file, size);
  const headers = headersOf({ sha: seen.sha, type: 'image/jpeg' }, 'inline');
  if (copy.ok) return new Response(new Uint8Array(copy.value), { headers });
  if (copy.error === 'BUSY') {
    const later = { 'retry-after': String(BUSY_SECONDS), 'cache-control': 'no-store' };
    return new Response(null, { status: 503, headers: later });
  }
  // It is there, and nothing here decodes it: the original can still be had.
  return new Response(null, { status: 415, headers: { 'cache-control': 'no-store' } });
}

/** What the pages show: the county's own copy of a photo, or sound in which a player may jump. */
export async function mediaEndpoint(
  container: Container,
  person: Subject | null,
  asked: AskedMedia,
): Promise<Response> {
  const seen = await seenFile(container, person, { ...asked, original: false });
  if (seen === null) return gone();
  if (seen.type.startsWith('image/')) return pictureOf(container, seen, asked.size ?? 'view');
  return sent(container, seen, { kind: 'inline', range: asked.range ?? null });
}

/** The file as it was taken: evidence, for those who may see everything; each look is on record. */
export async function originalEndpoint(
  container: Container,
  person: Subject | null,
  asked: AskedMedia,
): Promise<Response> {
  const seen = await seenFile(container, person, { ...asked, original: true });
  if (seen === null || person === null) return gone();
  const { store, county, clock } = container;
  const line = {
    ...{ at: clock.now(), personId: person.personId, action: 'original.fetched' },
    ...{ caseId: asked.caseId as CaseId, note: seen.sha },
  };
  await store.transact(county, (tx) => tx.write({ audit: [line] }));
  return sent(container, seen, { kind: 'attachment', range: asked.range ?? null });
}
