/** Photos and recordings of a hand-in file: sealed slices become chunks of the owner's files. */
import type { Subject } from '../../domain/permissions.ts';
import type { DeviceId, Sha256 } from '../../domain/values.ts';
import type { MediaRow } from '../../ports/county-store.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import type { HandInFrame, HandInHead } from '../../protocol/handin.ts';
import { chunkLength } from '../../protocol/media.ts';
import type { CopiedFile } from '../../protocol/sealed-event.ts';
import type { Slip } from '../../protocol/slip.ts';
import type { Container } from '../container.ts';
import { keepWanted } from '../media/http.ts';
import type { CopyOpener } from '../intake-keys/open-copies.ts';
import { openLedger } from './ledger.ts';
import { announceMedia } from './media-rows.ts';
import { copiedFile } from './sealed-open.ts';

export interface FileKept {
  readonly fileId: string;
  /** Slices that were taken. */
  readonly kept: number;
  readonly complete: boolean;
}

interface Frames {
  readonly head: HandInHead | null;
  readonly slips: readonly Slip[];
  readonly frames: readonly HandInFrame[];
}

const CASE_BYTES = 16;
const isDescription = ({ n, of }: HandInFrame): boolean => n === of;

interface Described {
  readonly file: CopiedFile;
  readonly caseId: string;
}

async function describedBy(
  opener: CopyOpener,
  { fileId, copy }: HandInFrame,
): Promise<Described | null> {
  const file = await copiedFile(opener, fileId, copy.slice(CASE_BYTES));
  return file.ok ? { file: file.value, caseId: toBase64Url(copy.subarray(0, CASE_BYTES)) } : null;
}

/** The owner's rows of the file, written if this is the first that is heard of it. */
async function rowsOf(
  { store, county, sync }: Container,
  owner: Subject,
  { file, caseId }: Described,
): Promise<MediaRow[]> {
  const { sha256: sha, bytes, mime } = file;
  return store.transact(county, async (tx) => {
    const ledger = openLedger(sync, await tx.head(), await tx.cases([caseId as never]));
    const media = [{ sha, bytes, mime, caseId }];
    await announceMedia(tx, ledger, { asker: owner, request: { media } });
    const rows = await tx.media([sha as Sha256]);
    return rows.filter(({ personId }) => personId === owner.personId);
  });
}

/** One file's slices, in their order. */
async function takeFile(
  container: Container,
  { owner, opener }: { readonly owner: Subject; readonly opener: CopyOpener },
  frames: readonly HandInFrame[],
): Promise<FileKept> {
  const fileId = frames[0]?.fileId ?? '';
  const told = frames.find(isDescription);
  const described = told ? await describedBy(opener, told) : null;
  if (!described) return { fileId, kept: 0, complete: false };
  const mine = await rowsOf(container, owner, described);
  const complete = mine.some(({ state }) => state === 'complete');
  const wanted = mine.find(({ state }) => state === 'wanted');
  if (complete || !wanted) return { fileId, kept: 0, complete };
  let kept = 0;
  let done = false;
  for (const { n, copy } of frames.filter((frame) => !isDescription(frame))) {
    const slice = await opener.open({ kind: 'slice', id: `${fileId}/${n}` }, copy);
    if (!slice.ok || slice.value.length !== chunkLength(wanted.bytes, n)) continue;
    const piece = { index: n, from: 0, bytes: slice.value };
    const answer = await keepWanted(container, { mine, wanted, piece, isPiece: false });
    if (answer.status !== 200) continue;
    kept += 1;
    done ||= ((await answer.json()) as { complete?: boolean }).complete === true;
  }
  return { fileId, kept, complete: done };
}

/** Takes the frames of one piece; whose they are says the head, by its enrolled device. */
export async function takeFrames(
  container: Container,
  { head, slips, frames }: Frames,
): Promise<readonly FileKept[]> {
  const { sealed } = container.sync;
  if (!head || frames.length === 0 || !sealed) return [];
  const device = await container.store.transact(container.county, (tx) =>
    tx.device(head.dv as DeviceId),
  );
  const owner = device && (await sealed.askerOf(device.personId));
  if (!owner) return [];
  const opener = await sealed.opener();
  for (const slip of slips) opener.know(slip);
  const kept: FileKept[] = [];
  for (const one of Map.groupBy(frames, ({ fileId }) => fileId).values())
    kept.push(await takeFile(container, { owner, opener }, one));
  return kept;
}
