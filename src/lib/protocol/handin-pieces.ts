/**
 * Long hand-in files, and stores that never were one, travel in pieces: each is a hand-in file of its
 * own with the head, the slips that it needs, and for slices the description of their file. So every
 * piece is opened alone, in any order, once or ten times.
 */
import { joinBytes, type Bytes } from './bytes.ts';
import { HANDIN_PIECE_BYTES_MAX } from './handin-answer.ts';
import {
  FILE_SIGNED_BYTES,
  RECORD_HEAD,
  writeHandIn,
  type HandInFileSigned,
  type HandInFrame,
  type HandInHead,
  type HandInItem,
  type HandInRecord,
  type HandInSigned,
  SIGNED_BYTES,
} from './handin.ts';
import { toHex, type Digest } from './hash.ts';
import { envelopeOf } from './sealed.ts';
import { slipAbroad, type Slip } from './slip.ts';

/** A piece as it is sent, and what its receipt has to cover. */
export interface HandInPiece {
  readonly bytes: Bytes;
  readonly items: readonly {
    readonly dv: string;
    readonly ds: number;
    readonly id: string;
    /** SHA-256 of the copy, hex. */
    readonly h: string;
  }[];
  readonly frames: number;
}

/** What a description's copy stands behind: its case. */
const CASE_BYTES = 16;
const isDescription = ({ n, of }: HandInFrame): boolean => n === of;
/** The trailer, the magic and some air. */
const AROUND_BYTES = 640;

const NO_HEAD: HandInHead = {
  ...{ v: 1, dv: 'A'.repeat(22), dsFrom: 0, dsTo: 0, items: 0, frames: 0 },
  ...{ created: '', build: '' },
};

const placeOf = ({ dv, ds, id }: Pick<HandInItem, 'dv' | 'ds' | 'id'>): string =>
  `${dv} ${ds} ${id}`;

const slipBytes = (slip: Slip): number => RECORD_HEAD + JSON.stringify(slip).length;

/** Fills one piece after the other. */
class Filling {
  private slips = new Set<string>();
  private items: HandInItem[] = [];
  /** Of items that are still to come, by their place. */
  private readonly signatures = new Map<string, HandInSigned>();
  private signed = new Map<HandInItem, HandInSigned>();
  private frames: HandInFrame[] = [];
  private described = new Set<string>();
  private size = AROUND_BYTES;
  private head: HandInHead | null = null;
  private readonly known = new Map<string, Slip>();
  private readonly files = new Map<string, HandInFrame>();
  /** Of descriptions, by their file. */
  private readonly fileSignatures = new Map<string, HandInFileSigned>();
  private readonly digest: Digest;
  private readonly max: number;

  constructor(digest: Digest, max: number) {
    this.digest = digest;
    this.max = max;
  }

  /** Takes what only helps to open others; false for what has to be carried itself. */
  learn(record: HandInRecord): boolean {
    if (record.kind === 'head') this.head ??= record.head;
    else if (record.kind === 'slip') this.known.set(record.slip.id, slipAbroad(record.slip));
    else if (record.kind === 'signature')
      this.signatures.set(placeOf(record.signed), record.signed);
    else if (record.kind === 'fileSignature')
      this.fileSignatures.set(record.file.fileId, record.file);
    else if (record.kind === 'frame' && isDescription(record.frame))
      this.files.set(record.frame.fileId, record.frame);
    else return record.kind === 'trailer';
    return true;
  }

  /** False: it does not fit any more; an empty piece takes everything. */
  add(record: HandInRecord): boolean {
    const more = this.needs(record);
    if (this.items.length + this.frames.length > 0 && this.size + more > this.max) return false;
    this.size += more;
    if (record.kind === 'item') {
      this.items.push(record.item);
      const signed = this.signatures.get(placeOf(record.item));
      if (signed) this.signed.set(record.item, signed);
      this.signatures.delete(placeOf(record.item));
      this.open(envelopeOf(record.item.copy));
    }
    if (record.kind === 'frame') {
      this.describe(record.frame.fileId);
      this.frames.push(record.frame);
      this.open(envelopeOf(record.frame.copy));
    }
    return true;
  }

  private needs(record: HandInRecord): number {
    const slipFor = (envelope: string | null): number => {
      const slip = envelope !== null && !this.slips.has(envelope) && this.known.get(envelope);
      return slip ? slipBytes(slip) : 0;
    };
    if (record.kind === 'item')
      return (
        (this.signatures.has(placeOf(record.item)) ? RECORD_HEAD + SIGNED_BYTES : 0) +
        (RECORD_HEAD + 36 + record.item.copy.length + slipFor(envelopeOf(record.item.copy)))
      );
    if (record.kind !== 'frame') return 0;
    const { fileId, copy } = record.frame;
    const told = this.described.has(fileId) ? undefined : this.files.get(fileId);
    const mark = this.fileSignatures.has(fileId) ? RECORD_HEAD + FILE_SIGNED_BYTES : 0;
    const description = told
      ? RECORD_HEAD +
        24 +
        told.copy.length +
        slipFor(envelopeOf(told.copy.slice(CASE_BYTES))) +
        mark
      : 0;
    return RECORD_HEAD + 24 + copy.length + slipFor(envelopeOf(copy)) + description;
  }

  private open(envelope: string | null): void {
    if (envelope !== null && this.known.has(envelope)) this.slips.add(envelope);
  }

  private describe(fileId: string): void {
    const told = this.files.get(fileId);
    if (!told || this.described.has(fileId)) return;
    this.described.add(fileId);
    this.frames.push(told);
    this.open(envelopeOf(told.copy.slice(CASE_BYTES)));
  }

  /** The piece so far, or null when there is none; begins the next one. */
  async take(): Promise<HandInPiece | null> {
    const { items, frames, slips, signed: marks } = this;
    if (items.length + frames.length === 0) return null;
    const first = items[0];
    const head = this.head ?? { ...NO_HEAD, ...(first ? { dv: first.dv } : {}) };
    const records: HandInRecord[] = [
      { kind: 'head', head: { ...head, items: items.length, frames: frames.length } },
      ...[...slips].flatMap((id) => {
        const slip = this.known.get(id);
        return slip ? [{ kind: 'slip' as const, slip }] : [];
      }),
      ...items.flatMap((item): HandInRecord[] => {
        const signed = marks.get(item);
        const one: HandInRecord = { kind: 'item', item };
        return signed ? [{ kind: 'signature', signed }, one] : [one];
      }),
      ...frames.flatMap((frame): HandInRecord[] => {
        const file = isDescription(frame) ? this.fileSignatures.get(frame.fileId) : undefined;
        const one: HandInRecord = { kind: 'frame', frame };
        return file ? [{ kind: 'fileSignature', file }, one] : [one];
      }),
    ];
    const parts: Bytes[] = [];
    for await (const part of writeHandIn(this.digest, records)) parts.push(part);
    const named = await Promise.all(
      items.map(async ({ dv, ds, id, copy }) => {
        return { dv, ds, id, h: toHex(await this.digest(copy)) };
      }),
    );
    [this.items, this.frames, this.size] = [[], [], AROUND_BYTES];
    [this.slips, this.described, this.signed] = [new Set(), new Set(), new Map()];
    return { bytes: joinBytes(...parts), items: named, frames: frames.length };
  }
}

/**
 * Cuts records into pieces of at most `max` bytes. Slips and descriptions have to come before what
 * they open; what came before its slip is sent all the same, and waits at the county.
 */
export async function* handInPieces(
  digest: Digest,
  records: AsyncIterable<HandInRecord> | Iterable<HandInRecord>,
  max: number = HANDIN_PIECE_BYTES_MAX,
): AsyncGenerator<HandInPiece> {
  const filling = new Filling(digest, max);
  for await (const record of records) {
    if (filling.learn(record) || filling.add(record)) continue;
    const full = await filling.take();
    if (full) yield full;
    filling.add(record);
  }
  const last = await filling.take();
  if (last) yield last;
}
