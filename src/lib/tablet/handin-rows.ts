/** Unsent work of a vault as records of a hand-in file: read as it lies, no key is asked for. */
import type { EventRow, MediaRecord } from '../ports/tablet-store.ts';
import { joinBytes, type Bytes } from '../protocol/bytes.ts';
import type { HandInHead, HandInItem, HandInRecord } from '../protocol/handin.ts';
import { copyBytes, fileBytes } from '../protocol/device-key.ts';
import type { Digest } from '../protocol/hash.ts';
import { idBytes, isId } from '../protocol/ids.ts';
import { isCopy } from '../protocol/slip.ts';
import type { RowPlace, SealedRowsHere } from './sealed-rows-here.ts';

/** Who writes, and when, for the head. */
export interface HandInWriter {
  readonly digest: Digest;
  readonly build: string;
  /** UTC instant of the tablet's clock. */
  now(): string;
  /**
   * Events end in front of the first that cannot go sealed, because the vault has it under its own key
   * for a while (after a rewind). Else it is left out, for a file should hold all that it can.
   */
  readonly inTurn?: boolean;
  /** Rows that stay here today: the county holds them unopened and is not asked again so soon. */
  resting?(id: string): boolean;
}

const bytesOf = (body: Uint8Array): Bytes => new Uint8Array(body);

/** Own rows that are sealed for the county; others (of a vault that is being moved) stay here. */
const isCarried = ({ dv, ds, id, body }: EventRow): boolean =>
  isId(dv) && isId(id) && ds >= 1 && isCopy(body);

const isWhole = ({ id, caseId, chunks, body }: MediaRecord): boolean =>
  isId(id) && isId(caseId) && chunks > 0 && isCopy(body);

async function* items(
  here: SealedRowsHere,
  { inTurn = false, resting }: Pick<HandInWriter, 'inTurn' | 'resting'> = {},
): AsyncGenerator<HandInItem> {
  let after: RowPlace | null = null;
  for (;;) {
    const rows: readonly EventRow[] = await here.unsentAfter(after);
    for (const row of rows) {
      if (!isCarried(row) && inTurn) return;
      if (!isCarried(row) || resting?.(row.id)) continue;
      const { dv, ds, id, body } = row;
      yield { dv, ds, id, copy: bytesOf(body) };
    }
    const last = rows.at(-1);
    if (!last) return;
    after = { dv: last.dv, ds: last.ds };
  }
}

/** Items with the signature of their device before them, made as they leave. */
async function* signedItems(
  here: SealedRowsHere,
  writer: HandInWriter,
): AsyncGenerator<HandInRecord> {
  for await (const item of items(here, writer)) {
    const { dv, ds, id } = item;
    const signature = await here.sign(dv, await copyBytes(writer.digest, item));
    if (signature) yield { kind: 'signature', signed: { dv, ds, id, signature } };
    yield { kind: 'item', item };
  }
}

/** The file's description with the signature of its device before it, then its slices. */
async function* frames(
  {
    here,
    digest,
    dv,
  }: { readonly here: SealedRowsHere; readonly digest: Digest; readonly dv: string },
  { id: fileId, caseId, chunks: of, body }: MediaRecord,
): AsyncGenerator<HandInRecord> {
  const copy = joinBytes(idBytes(caseId), body);
  const signature = await here.sign(dv, await fileBytes(digest, { dv, fileId, copy }));
  if (signature) yield { kind: 'fileSignature', file: { fileId, signature } };
  yield { kind: 'frame', frame: { fileId, n: of, of, copy } };
  for (let n = 0; n < of; n++) {
    const chunk = await here.chunkOf(fileId, n);
    if (chunk && isCopy(chunk))
      yield { kind: 'frame', frame: { fileId, n, of, copy: bytesOf(chunk) } };
  }
}

/** How much there is; a rough figure, for the head and for people. */
export async function handInCount(
  here: SealedRowsHere,
): Promise<{ readonly items: number; readonly files: number; readonly frames: number }> {
  let count = 0;
  for await (const item of items(here)) count += item.ds > 0 ? 1 : 0;
  const files = (await here.filesWaiting()).filter(isWhole);
  const all = files.reduce((sum, { chunks }) => sum + chunks + 1, 0);
  return { items: count, files: files.length, frames: all };
}

/** Head, slips, events in their order, then files; a vault that was never begun has none. */
export async function* handInRecords(
  here: SealedRowsHere,
  writer: HandInWriter,
): AsyncGenerator<HandInRecord> {
  const sync = await here.sync();
  if (!sync || !isId(sync.dv)) return;
  const count = await handInCount(here);
  const head: HandInHead = {
    ...{ v: 1, dv: sync.dv, dsFrom: 0, dsTo: Math.max(0, sync.dsNext - 1) },
    ...{ items: count.items, frames: count.frames, created: writer.now(), build: writer.build },
  };
  yield { kind: 'head', head };
  for (const slip of await here.slips()) yield { kind: 'slip', slip };
  yield* signedItems(here, writer);
  const from = { here, digest: writer.digest, dv: sync.dv };
  for (const file of (await here.filesWaiting()).filter(isWhole)) yield* frames(from, file);
}
