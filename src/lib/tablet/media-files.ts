import { fail, ok, type Result } from '../domain/values.ts';
import type { ClockAndIds } from '../ports/clock-and-ids.ts';
import { StoreFailure, type MediaChunk, type TabletStore } from '../ports/tablet-store.ts';
import { toHex, type Digest } from '../protocol/hash.ts';
import { chunkCount } from '../protocol/media.ts';
import { CHUNK_BYTES, MEDIA_BYTES_MAX } from '../protocol/version.ts';
import { coarseDay } from './coarse-day.ts';
import { chunkPlace, mediaPlace } from './places.ts';
import type { SealedMedia } from './sealed-media.ts';
import type { Vault } from './vault.ts';
import type { AttachmentRef, CaptureRefusal } from './workspace-types.ts';

export interface MediaDeps {
  readonly store: TabletStore;
  readonly vault: Vault;
  readonly clock: ClockAndIds;
  readonly digest: Digest;
  /** Person whose vault it is; unknown before the first sign-in. */
  readonly by?: string | undefined;
}

/** What is known of a file besides its bytes. */
export type CaptureMeta = Omit<SealedMedia, 'sha256' | 'bytes' | 'capturedAt'> & {
  readonly capturedAt?: string;
};

/** Cuts bytes into sealed chunks of the size they travel in. */
async function sealChunks(vault: Vault, id: string, bytes: Uint8Array): Promise<MediaChunk[]> {
  const chunks: MediaChunk[] = [];
  for (let n = 0; n < chunkCount(bytes.length); n++) {
    const part = bytes.slice(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES);
    chunks.push({ n, body: await vault.captureBytes(part, chunkPlace(id, n)) });
  }
  return chunks;
}

/** Why the store did not take a file: full, or not working; each needs something else. */
export const captureRefusal = ({ code }: StoreFailure): CaptureRefusal =>
  code === 'STORAGE_FULL' ? 'STORAGE_FULL' : 'STORE_BROKEN';

/** A finished file: named by its hash, cut into chunks, strict on disk in one transaction. */
export async function keepFile(
  deps: MediaDeps,
  of: { readonly caseId: string; readonly id?: string },
  file: { readonly bytes: Uint8Array<ArrayBuffer>; readonly meta: CaptureMeta },
): Promise<Result<AttachmentRef, CaptureRefusal>> {
  const { bytes } = file;
  if (bytes.length === 0) return fail('EMPTY');
  if (bytes.length > MEDIA_BYTES_MAX) return fail('TOO_LARGE');
  const now = deps.clock.now();
  const meta: SealedMedia = {
    capturedAt: now,
    ...file.meta,
    ...{ bytes: bytes.length, sha256: toHex(await deps.digest(bytes)) },
  };
  const id = of.id ?? deps.clock.caseId();
  try {
    const chunks = await sealChunks(deps.vault, id, bytes);
    const record = {
      ...{ id, caseId: of.caseId, state: 'd' as const },
      ...{ bytes: bytes.length, chunks: chunks.length, day: coarseDay(now) },
      body: await deps.vault.capture(
        { ...meta, caseId: of.caseId, ...(deps.by === undefined ? {} : { by: deps.by }) },
        mediaPlace(id),
      ),
    };
    await deps.store.replaceMedia(record, chunks);
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
    return fail(captureRefusal(error));
  }
  return ok(refOf(meta));
}

/** A kept file as an event names it: the same object, its hash and mime read as their own types. */
export function refOf({ caseId: _caseId, by: _by, ...meta }: SealedMedia): AttachmentRef {
  return meta as unknown as AttachmentRef;
}

/** All bytes of a file that is here, checked against its hash; null when anything is missing. */
export async function readFile(
  deps: MediaDeps,
  id: string,
  meta: SealedMedia,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const out = new Uint8Array(meta.bytes);
  let at = 0;
  for (let n = 0; n < chunkCount(meta.bytes); n++) {
    const body = await deps.store.chunk(id, n);
    if (!body) return null;
    const part = await deps.vault.openBytes(body, chunkPlace(id, n));
    if (at + part.length > out.length) return null;
    out.set(part, at);
    at += part.length;
  }
  const whole = at === out.length && toHex(await deps.digest(out)) === meta.sha256;
  return whole ? out : null;
}
