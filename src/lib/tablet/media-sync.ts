import type { MediaRecord } from '../ports/tablet-store.ts';
import type { WireMedia } from '../protocol/sync.ts';
import { ANNOUNCED_MEDIA_MAX } from '../protocol/version.ts';
import { MediaLane, type Outgoing, type Upload, type UploadWatch } from './media-lane.ts';
import type { MediaPace } from './media-pace.ts';
import { mediaPlace } from './places.ts';
import type { SealedMedia } from './sealed-media.ts';
import type { Missing, SyncDeps } from './sync-round.ts';
import { aboutTheBody, isBlind } from './vault.ts';

export type { Outgoing };

/** Files that events name and the county does not hold: nearest deadline first, then oldest. */
export async function outgoingMedia(
  deps: SyncDeps,
  dueOf: (caseId: string) => string,
): Promise<readonly Outgoing[]> {
  const waiting: MediaRecord[] = [];
  for (const m of await deps.store.media())
    if (m.state === 'p' && !(await isBlind(deps.vault, m.body))) waiting.push(m);
  const opened: Outgoing[] = [];
  const torn: MediaRecord[] = [];
  for (const record of waiting)
    try {
      opened.push({
        record,
        meta: (await deps.vault.open(record.body, mediaPlace(record.id))) as SealedMedia,
      });
    } catch (error) {
      aboutTheBody(error);
      torn.push(record);
    }
  // A vault that opens nothing is closed; one that opens the others tells which one is torn.
  if (opened.length > 0) for (const record of torn) await setAside(deps, record);
  const due = new Map(opened.map(({ record }) => [record.caseId, dueOf(record.caseId) || '9']));
  const key = ({ record, meta }: Outgoing): readonly string[] => [
    ...[due.get(record.caseId) ?? '9', meta.capturedAt, record.id],
  ];
  return opened.sort((a, b) => compare(key(a), key(b)));
}

/** What it was called cannot be read any more: it says so, and holds nobody up. */
async function setAside(deps: SyncDeps, record: MediaRecord): Promise<void> {
  const meta: SealedMedia = {
    ...{ sha256: '', bytes: record.bytes, mime: '', kind: 'PHOTO', caption: '' },
    ...{ capturedAt: '', fault: 'BROKEN_HERE' },
  };
  const body = await deps.vault.seal(meta, mediaPlace(record.id));
  await deps.store.putMedia({ ...record, state: 'q', body }, []);
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (const [at, one] of a.entries()) {
    const other = b[at] ?? '';
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

/** What an exchange says about them. */
export const announce = (files: readonly Outgoing[], most = ANNOUNCED_MEDIA_MAX): WireMedia[] =>
  files.slice(0, Math.min(most, ANNOUNCED_MEDIA_MAX)).map(({ record, meta }) => ({
    ...{ sha: meta.sha256, bytes: meta.bytes, mime: meta.mime, caseId: record.caseId },
  }));

/**
 * Sends the chunks that an answer named as missing. A file counts as received only when the
 * county says that the whole has its hash.
 */
export const uploadMissing = (
  deps: SyncDeps,
  work: {
    readonly files: readonly Outgoing[];
    readonly missing: Missing;
    readonly pace: MediaPace;
  },
  watch: UploadWatch,
): Promise<Upload> => new MediaLane(deps, work.pace, watch).run(work.files, work.missing);
