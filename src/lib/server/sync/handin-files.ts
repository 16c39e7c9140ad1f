/** Photos and recordings of a hand-in file: sealed slices become chunks of the owner's files. */
import { can, sightOf, type Subject } from '../../domain/permissions.ts';
import type { CaseId, DeviceId, PersonId, Sha256 } from '../../domain/values.ts';
import type { DeviceRow, MediaRow } from '../../ports/county-store.ts';
import { fileBytes } from '../../protocol/device-key.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import type { HandInFrame, HandInHead } from '../../protocol/handin.ts';
import { chunkCount, chunkLength } from '../../protocol/media.ts';
import type { CopiedFile } from '../../protocol/sealed-event.ts';
import type { Slip } from '../../protocol/slip.ts';
import type { Container } from '../container.ts';
import { bytesOf, isCarrierOut, keepWanted } from '../media/http.ts';
import type { CopyOpener } from '../intake-keys/open-copies.ts';
import type { Asker } from './judge.ts';
import { carriedRow, carriesToday } from './media-rows.ts';
import { copiedFile } from './sealed-open.ts';

export interface FileKept {
  readonly fileId: string;
  /** Slices that were taken. */
  readonly kept: number;
  readonly complete: boolean;
  /** Its device signs what it describes, and did not sign this: it lies here in the carrier's name. */
  readonly unsigned?: true;
  /** Slices in all, and those that are still wanted; of one that is not whole. */
  readonly of?: number;
  readonly lacks?: number;
  /** Number of its case, where the carrier may see the case. */
  readonly no?: string;
}

interface Frames {
  readonly head: HandInHead | null;
  readonly slips: readonly Slip[];
  readonly frames: readonly HandInFrame[];
  /** Of descriptions, by their file. */
  readonly fileSignatures: ReadonlyMap<string, Uint8Array>;
}

const CASE_BYTES = 16;
const isDescription = ({ n, of }: HandInFrame): boolean => n === of;

interface Described {
  readonly file: CopiedFile;
  readonly caseId: string;
  /** What stands outside in clear is not what was sealed. */
  readonly moved: boolean;
}

async function describedBy(
  opener: CopyOpener,
  { fileId, copy }: HandInFrame,
): Promise<Described | null> {
  const file = await copiedFile(opener, fileId, copy.slice(CASE_BYTES));
  if (!file.ok) return null;
  const outside = toBase64Url(copy.subarray(0, CASE_BYTES));
  const caseId = file.value.caseId ?? outside;
  return { file: file.value, caseId, moved: caseId !== outside };
}

/**
 * Whether a file counts as its owner's: its device signed the description, or is none that does, or he
 * brings it himself.
 */
async function isOwners(
  { sync }: Container,
  { device, carrier }: Pick<Carried, 'device' | 'carrier'>,
  { fileId, copy, signature }: HandInFrame & { readonly signature: Uint8Array | undefined },
): Promise<boolean> {
  const { dv, key, filesSigned, personId } = device;
  const { digest, signatures } = sync;
  if (!signatures || !key || filesSigned !== true || carrier === personId) return true;
  if (signature === undefined) return false;
  return signatures(key.publicKey, await fileBytes(digest, { dv, fileId, copy }), signature);
}

/**
 * Somebody's rows of the file, and the one that he gets once it is whole. Nothing is written for a
 * description: anybody can make one up.
 */
async function rowsOf(
  { store, county, clock }: Container,
  of: PersonId,
  { file, caseId }: Described,
): Promise<MediaRow[]> {
  const { sha256: sha, bytes, mime } = file;
  const wire = { sha, bytes, mime, caseId };
  const fresh = carriedRow(wire, of, clock.now());
  if (fresh === null) return [];
  const rows = await store.transact(county, (tx) => tx.media([sha as Sha256]));
  const his = rows.filter(({ personId }) => personId === of);
  // What he once sent torn under this hash says nothing of the bytes that are it.
  const open = his.filter((row) => row.refused === '' || row.refused === 'MEDIA_NOT_ITS_HASH');
  return open.some((row) => row.caseId === caseId) ? open : [...open, fresh];
}

/** The number by which the carrier knows the case; nothing where he may not see it. */
async function numberFor(
  { store, county, clock }: Container,
  carrier: Subject,
  caseId: string,
): Promise<{ readonly no?: string }> {
  const cases = await store.transact(county, (tx) => tx.cases([caseId as CaseId]));
  const record = cases.get(caseId as CaseId);
  // A case whose key is away is a stand-in: whether he may see it is not known.
  const object = record && !record.locked ? sightOf(record.file) : null;
  if (!record || !object || !can(carrier, 'case.view', { object, now: clock.now() })) return {};
  const { caseNo, temporaryNo } = record.file.numbers;
  const no = caseNo ?? temporaryNo;
  return no === null ? {} : { no };
}

/** What the one who brought a part of a file is told of the rest. */
async function lackOf(
  container: Container,
  { person, carrier }: Pick<Carried, 'person' | 'carrier'>,
  {
    wanted,
    of,
    caseId,
  }: { readonly wanted: MediaRow; readonly of: PersonId; readonly caseId: string },
): Promise<Pick<FileKept, 'of' | 'lacks' | 'no'>> {
  const { sha, bytes } = wanted;
  const { chunks } = await container.media.lack({ sha, bytes, by: bytesOf(of, carrier) });
  const number = await numberFor(container, person, caseId);
  return { of: chunkCount(bytes), lacks: chunks.length, ...number };
}

interface Carried {
  readonly owner: Asker;
  readonly device: DeviceRow;
  /** Who brings the file: what is wrong with its slices counts against him. */
  readonly carrier: PersonId;
  readonly person: Subject;
  readonly opener: CopyOpener;
  /** Files of which something outside is not what was sealed. */
  readonly altered: Set<string>;
  readonly fileSignatures: Frames['fileSignatures'];
}

/** One file's slices, in their order. */
async function takeFile(
  container: Container,
  carried: Carried,
  frames: readonly HandInFrame[],
): Promise<FileKept> {
  const { owner, carrier, opener, altered, fileSignatures } = carried;
  const fileId = frames[0]?.fileId ?? '';
  const told = frames.find(isDescription);
  const described = told ? await describedBy(opener, told) : null;
  if (!told || !described) return { fileId, kept: 0, complete: false };
  const { by = owner.personId } = described.file;
  if (described.moved || by !== owner.personId) altered.add(fileId);
  if (by !== owner.personId) return { fileId, kept: 0, complete: false };
  const signature = fileSignatures.get(fileId);
  const his = await isOwners(container, carried, { ...told, signature });
  const unsigned = his ? {} : ({ unsigned: true } as const);
  // What its device should have signed and did not counts as the carrier's own: its bytes are kept, and
  // shown where an event names their hash.
  const of = his ? owner.personId : carrier;
  const mine = await rowsOf(container, of, described);
  const { sha256: sha, bytes } = described.file;
  const complete = mine.some(({ state }) => state === 'complete');
  const [wanted] = mine.map((row): MediaRow => ({ ...row, bytes, state: 'wanted', refused: '' }));
  if (complete || !wanted) return { fileId, kept: 0, complete, ...unsigned };
  const lack = () => lackOf(container, carried, { wanted, of, caseId: described.caseId });
  if (isCarrierOut(sha, of, carrier))
    return { fileId, kept: 0, complete, ...unsigned, ...(await lack()) };
  let kept = 0;
  let done = false;
  for (const { n, copy } of frames.filter((frame) => !isDescription(frame))) {
    const slice = await opener.open({ kind: 'slice', id: `${fileId}/${n}` }, copy);
    if (!slice.ok || slice.value.length !== chunkLength(wanted.bytes, n)) continue;
    const { store, county, clock } = container;
    const today = { personId: carrier, now: clock.now() };
    const { length } = slice.value;
    // The rest waits for tomorrow: whoever carries it brings it again.
    if (!(await store.transact(county, (tx) => carriesToday(tx, today, length)))) break;
    const piece = { index: n, from: 0, bytes: slice.value };
    const answer = await keepWanted(container, { mine, wanted, piece, isPiece: false, carrier });
    if (answer.status !== 200) continue;
    kept += 1;
    done ||= ((await answer.json()) as { complete?: boolean }).complete === true;
  }
  return { fileId, kept, complete: done, ...unsigned, ...(done ? {} : await lack()) };
}

/** A line of the audit with the carrier's name. */
async function tell(
  { store, county, clock }: Container,
  personId: PersonId,
  line: { readonly action: string; readonly note: string },
): Promise<void> {
  const audit = [{ at: clock.now(), personId, caseId: null, ...line }];
  await store.transact(county, (tx) => tx.write({ audit }));
}

/**
 * Takes the frames of one piece; whose they are says the head, by its enrolled device, and under the
 * seal the description with its case: frames of one person under another's head are not taken, and
 * what was changed outside is a line of the audit. A tablet of today signs its descriptions; what
 * somebody made up beside them is his own file, never the owner's, and a line with his name.
 */
export async function takeFrames(
  container: Container,
  person: Subject,
  { head, slips, frames, fileSignatures }: Frames,
): Promise<readonly FileKept[]> {
  const { sealed } = container.sync;
  const carrier = person.personId;
  if (!head || frames.length === 0 || !sealed) return [];
  const device = await container.store.transact(container.county, (tx) =>
    tx.device(head.dv as DeviceId),
  );
  const owner = device && (await sealed.askerOf(device.personId));
  if (!device || !owner) return [];
  const opener = await sealed.opener();
  for (const slip of slips) opener.know(slip);
  const kept: FileKept[] = [];
  const altered = new Set<string>();
  for (const one of Map.groupBy(frames, ({ fileId }) => fileId).values())
    kept.push(
      await takeFile(
        container,
        { owner, device, carrier, person, opener, altered, fileSignatures },
        one,
      ),
    );
  const note = (n: number): string => `${head.dv} ${n} files`;
  if (altered.size > 0)
    await tell(container, carrier, { action: 'handin.altered', note: note(altered.size) });
  const unsigned = kept.filter((file) => file.unsigned && file.kept > 0).length;
  if (unsigned > 0)
    await tell(container, carrier, { action: 'sync.signature', note: note(unsigned) });
  return kept;
}
