import { fail, type Result } from '../domain/values.ts';
import { coarseDay } from './coarse-day.ts';
import { keepFile, type MediaDeps } from './media-files.ts';
import { chunkPlace, mediaPlace } from './places.ts';
import type { SealedMedia } from './sealed-media.ts';
import { isLocked } from './vault.ts';
import type { AttachmentRef, CaptureRefusal, Gap } from './workspace-types.ts';

/** A slice is at most this long: what a kill can cost. */
export const SLICE_MS = 1_500;
/** Smaller slices carry a header and no sound. */
export const EMPTY_SLICE_BYTES = 64;
/** So many empty slices in a row, and the microphone is not really recording. */
export const EMPTY_SLICES_WARN = 3;

/**
 * The slices of one recording, each strict on disk before the next is asked for. The log knows
 * nothing of microphones, so a test can drive it; `dictation` feeds it.
 */
export class RecordingLog {
  readonly id: string;
  slices = 0;
  bytes = 0;
  emptyInARow = 0;
  private readonly deps: MediaDeps;
  private readonly caseId: string;
  private readonly meta: SealedMedia;
  private readonly gapList: Gap[] = [];
  private queue: Promise<unknown> = Promise.resolve();

  constructor(deps: MediaDeps, of: { readonly caseId: string; readonly mime: string }) {
    this.deps = deps;
    this.caseId = of.caseId;
    this.id = deps.clock.caseId();
    this.meta = {
      ...{ sha256: '', bytes: 0, mime: of.mime, kind: 'AUDIO', caption: '' },
      capturedAt: deps.clock.now(),
    };
  }

  get gaps(): readonly Gap[] {
    return this.gapList;
  }

  /** Keeps one slice; resolves when it is on the disk. Order is kept, rejections are passed on. */
  slice(bytes: Uint8Array, atSeconds: number): Promise<void> {
    this.emptyInARow = bytes.length <= EMPTY_SLICE_BYTES ? this.emptyInARow + 1 : 0;
    const n = this.slices++;
    this.bytes += bytes.length;
    const written = this.queue.then(async () => {
      const body = await this.deps.vault.captureBytes(bytes, chunkPlace(this.id, n));
      await this.deps.store.putMedia(await this.record(atSeconds), [{ n, body }]);
    });
    this.queue = written.catch(() => undefined);
    return written;
  }

  /** A stretch in which nothing was recorded although somebody may have spoken. */
  gap(gap: Gap): void {
    this.gapList.push(gap);
  }

  private async record(seconds: number) {
    const meta: SealedMedia = { ...this.meta, bytes: this.bytes, seconds, gaps: [...this.gapList] };
    return {
      ...{ id: this.id, caseId: this.caseId, state: 'r' as const, bytes: this.bytes },
      ...{ chunks: this.slices, day: coarseDay(this.meta.capturedAt) },
      body: await this.deps.vault.capture(meta, mediaPlace(this.id)),
    };
  }

  /** Closes the file; what could not be written before is reported, what was is kept. */
  async finish(seconds: number): Promise<Result<AttachmentRef, CaptureRefusal>> {
    await this.queue;
    const open = { id: this.id, caseId: this.caseId, chunks: this.slices };
    const meta = { ...this.meta, seconds, gaps: [...this.gapList] };
    try {
      return await closeRecording(this.deps, open, meta);
    } catch (error) {
      // Locked by a revocation: the slices are there, and are closed after the next unlock.
      if (isLocked(error)) return fail('STORE_BROKEN');
      throw error;
    }
  }
}

/** Joins the slices that are on the disk into one file under its hash. */
export async function closeRecording(
  deps: MediaDeps,
  open: { readonly id: string; readonly caseId: string; readonly chunks: number },
  meta: SealedMedia,
): Promise<Result<AttachmentRef, CaptureRefusal>> {
  const parts: Uint8Array[] = [];
  for (let n = 0; n < open.chunks; n++) {
    const body = await deps.store.chunk(open.id, n);
    if (body) parts.push(await deps.vault.openBytes(body, chunkPlace(open.id, n)));
  }
  const bytes = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  if (bytes.length <= EMPTY_SLICE_BYTES) {
    await deps.store.removeMedia(open.id);
    return fail('EMPTY');
  }
  const { capturedAt, mime, kind, caption, seconds, gaps } = meta;
  const rest = { ...(seconds === undefined ? {} : { seconds }), ...(gaps ? { gaps } : {}) };
  const file = { bytes, meta: { capturedAt, mime, kind, caption, ...rest } };
  return keepFile(deps, open, file);
}

/** Recordings that a kill left open, closed with what was saved; their end is marked as cut. */
export async function recoverRecordings(
  deps: MediaDeps,
  caseId: string,
  isRunning: (id: string) => Promise<boolean>,
): Promise<readonly AttachmentRef[]> {
  const found: AttachmentRef[] = [];
  for (const record of await deps.store.media(caseId)) {
    if (record.state !== 'r' || (await isRunning(record.id))) continue;
    const meta = (await deps.vault.open(record.body, mediaPlace(record.id))) as SealedMedia;
    const end = meta.seconds ?? 0;
    const cut: Gap = { fromSeconds: end, toSeconds: end, cause: 'KILLED' };
    const gaps = [...(meta.gaps ?? []), cut];
    const closed = await closeRecording(deps, record, { ...meta, gaps });
    if (closed.ok) found.push(closed.value);
  }
  return found;
}

/** Name of the Web Lock that a running recording holds, so that no other tab recovers it. */
export const recordingLock = (id: string): string => `recording:${id}`;
