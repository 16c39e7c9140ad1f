import type { Sha256 } from '../domain/values.ts';
import type { MediaRecord } from '../ports/tablet-store.ts';
import type { NoReply } from '../ports/transport.ts';
import type { WireMedia } from '../protocol/sync.ts';
import { ANNOUNCED_MEDIA_MAX } from '../protocol/version.ts';
import type { SealedMedia } from './sealed-media.ts';
import type { Missing, SyncDeps } from './sync-round.ts';

/** A file to send, with what its sealed metadata says. */
export interface Outgoing {
  readonly record: MediaRecord;
  readonly meta: SealedMedia;
}

/** Files that events name and the county does not hold, nearest deadline first. */
export async function outgoingMedia(
  deps: SyncDeps,
  dueOf: (caseId: string) => string,
): Promise<readonly Outgoing[]> {
  const waiting = (await deps.store.media()).filter((m) => m.state === 'p');
  const opened = await Promise.all(
    waiting.map(async (record) => ({
      record,
      meta: (await deps.vault.open(record.body)) as SealedMedia,
    })),
  );
  const due = (o: Outgoing): string => dueOf(o.record.caseId) || '9';
  return opened.sort(
    (a, b) => compare(due(a), due(b)) || a.record.bytes - b.record.bytes || compare(a, b),
  );
}

const text = (x: string | Outgoing): string => (typeof x === 'string' ? x : x.record.id);
const compare = (a: string | Outgoing, b: string | Outgoing): number =>
  text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0;

/** What an exchange says about them. */
export const announce = (files: readonly Outgoing[]): WireMedia[] =>
  files.slice(0, ANNOUNCED_MEDIA_MAX).map(({ record, meta }) => ({
    ...{ sha: meta.sha256, bytes: meta.bytes, mime: meta.mime, caseId: record.caseId },
  }));

export interface UploadWatch {
  /** True when text waits: the rest of the pictures comes after it. */
  interrupted(): boolean;
  /** Per file the share of its chunks at the county, 0..1. */
  progress(sha: string, sent: number): void;
}

export type Upload =
  | { readonly kind: 'done'; readonly finished: number; readonly unfinished: number }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly outcome: NoReply };

/**
 * Sends the chunks that an answer named as missing, file by file. A file counts as received only
 * when the county says that the whole has its hash; a break in between costs one chunk.
 */
export async function uploadMissing(
  deps: SyncDeps,
  work: { readonly files: readonly Outgoing[]; readonly missing: Missing },
  watch: UploadWatch,
): Promise<Upload> {
  const lacking = new Map(work.missing.map((m) => [m.sha, m]));
  let finished = 0;
  let unfinished = 0;
  for (const file of work.files) {
    const lack = lacking.get(file.meta.sha256);
    if (!lack) continue;
    if (lack.refused !== undefined) {
      await deps.store.setMediaState(file.record.id, 'q');
      continue;
    }
    if (lack.chunks.length === 0) {
      await deps.store.setMediaState(file.record.id, 'a');
      finished++;
      continue;
    }
    const sent = await sendFile(deps, { file, chunks: lack.chunks }, watch);
    if (sent.kind !== 'done') return sent;
    if (sent.finished > 0) finished++;
    else unfinished++;
  }
  return { kind: 'done', finished, unfinished };
}

async function sendFile(
  deps: SyncDeps,
  { file, chunks }: { readonly file: Outgoing; readonly chunks: readonly number[] },
  watch: UploadWatch,
): Promise<Upload> {
  let left = chunks.length;
  let complete = false;
  for (const n of chunks) {
    if (watch.interrupted()) return { kind: 'interrupted' };
    const body = await deps.store.chunk(file.record.id, n);
    if (!body) return { kind: 'done', finished: 0, unfinished: 1 };
    const bytes = await deps.vault.openBytes(body);
    const outcome = await deps.transport.putChunk(file.meta.sha256 as Sha256, n, bytes);
    if (outcome.kind !== 'kept') return { kind: 'failed', outcome };
    complete = outcome.complete;
    left--;
    watch.progress(file.meta.sha256, 1 - left / Math.max(1, file.record.chunks));
  }
  if (complete) await deps.store.setMediaState(file.record.id, 'a');
  return { kind: 'done', finished: complete ? 1 : 0, unfinished: complete ? 0 : 1 };
}
