/** 清单: how many of a case's photos and recordings have come to the county, of how many taken. */
import type { CaseFile } from './case-file.ts';

export interface ManifestCount {
  readonly total: number;
  /** At the county, whole, and of the right hash. */
  readonly here: number;
}

export interface MediaManifest {
  readonly photos: ManifestCount;
  readonly recordings: ManifestCount;
  /** Everything else that was attached: signatures, thumbprints. */
  readonly others: ManifestCount;
}

const PHOTOS: ReadonlySet<string> = new Set(['photo', 'scan']);
const RECORDINGS: ReadonlySet<string> = new Set(['audio']);

/**
 * Counts by the events alone, so that tablet and desk say the same: an attachment counts as here
 * only by the county's `attachment.received`, never by what a tablet believes to have sent.
 */
export function mediaManifest(file: Pick<CaseFile, 'attachments'>): MediaManifest {
  const count = (wanted: (kind: string) => boolean): ManifestCount => {
    const of = file.attachments.filter(({ payload }) => wanted(payload.kind));
    return { total: of.length, here: of.filter(({ received }) => received).length };
  };
  return {
    photos: count((kind) => PHOTOS.has(kind)),
    recordings: count((kind) => RECORDINGS.has(kind)),
    others: count((kind) => !PHOTOS.has(kind) && !RECORDINGS.has(kind)),
  };
}
