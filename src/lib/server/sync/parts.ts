/**
 * What came of a large exchange's body before its line broke, so that the rest is enough (SY54).
 *
 *     POST                    ─ bytes come ─► kept under (person, request id) while they come
 *     POST ?part=ID           ─ how many? ──► {"magic":"PS2","part":ID,"have":K}
 *     POST ?part=ID&from=K    ─ the rest ───► joined; the frame's own checksum covers the whole
 *
 * A convenience of one process, bounded and never needed: whoever finds nothing here sends all of it
 * again, and ids make that harmless. A whole body stays too, as its answer may be the thing that
 * was cut.
 */
import { toBase64Url } from '../../protocol/hash.ts';
import { isId } from '../../protocol/ids.ts';
import { RESUME_BYTES_MIN } from '../../protocol/version.ts';
import { REQUEST_ID_AT } from '../../protocol/v2/frame.ts';
import { PARTS_BYTES_MAX, PARTS_PERSON_MAX, PART_SECONDS } from './limits.ts';

/** Hears the pieces of one body while they come. */
export interface Part {
  /** What stands before the pieces of this request. */
  readonly before: Buffer;
  add(piece: Uint8Array): void;
}

export interface Parts {
  /** A body of so many bytes from its first on; its id is in its frame. */
  begin(personId: string, announced: number): Part;
  /** The rest of a body from there on; null when that much is not here. */
  goOn(personId: string, id: string, from: number): Part | null;
  /** Bytes that came of this person's request; 0 when nothing is known of it. */
  have(personId: string, id: string): number;
  /** Memory that all of them take, in bytes. */
  held(): number;
}

/** What a resumed request asks for. */
export interface AskedPart {
  readonly id: string;
  /** Null: how many bytes are there? */
  readonly from: number | null;
}

/** The part that an address names: null for none, 'strange' for one that cannot be. */
export function askedPart(address: string): AskedPart | null | 'strange' {
  const { searchParams } = new URL(address);
  const [id, from] = [searchParams.get('part'), searchParams.get('from')];
  if (id === null) return from === null ? null : 'strange';
  if (!isId(id) || (from !== null && !/^\d{1,7}$/.test(from))) return 'strange';
  return { id, from: from === null ? null : Number(from) };
}

interface Kept {
  readonly personId: string;
  readonly id: string;
  /** Grows by doubling: what it takes is what is counted, however small the pieces come. */
  buffer: Buffer;
  length: number;
  seenMs: number;
}

const ID_BYTES = 16;
const NAMED_FROM = REQUEST_ID_AT + ID_BYTES;
const keyOf = ({ personId, id }: Pick<Kept, 'personId' | 'id'>): string => `${personId} ${id}`;

const NOTHING = Buffer.alloc(0);
/** A small body is sent again as quickly as its rest. */
const NOT_KEPT: Part = { before: NOTHING, add: () => undefined };

/** Puts a piece behind what is there; true when that took more memory. */
function append(kept: Kept, piece: Uint8Array): boolean {
  const length = kept.length + piece.length;
  const grows = length > kept.buffer.length;
  if (grows) {
    const size = Math.max(length, 2 * kept.buffer.length, RESUME_BYTES_MIN);
    // Not from Node's pool: a slice of that would hold the whole pool.
    const bigger = Buffer.allocUnsafeSlow(size);
    kept.buffer.copy(bigger, 0, 0, kept.length);
    kept.buffer = bigger;
  }
  kept.buffer.set(piece, kept.length);
  kept.length = length;
  return grows;
}

/** What is kept, oldest first, within its limits. */
class Shelf {
  private readonly all = new Map<string, Kept>();
  /** Memory of all buffers. */
  bytes = 0;
  readonly nowMs: () => number;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  find(personId: string, id: string): Kept | null {
    const kept = this.all.get(keyOf({ personId, id }));
    return kept && !this.isOver(kept) ? kept : null;
  }

  /** In the place of an older one of the same name. */
  put(kept: Kept): void {
    const before = this.all.get(keyOf(kept));
    if (before) this.drop(before);
    this.all.set(keyOf(kept), kept);
    this.bytes += kept.buffer.length;
    this.makeRoom(kept.personId);
  }

  /** A piece more; of what has lost its place on the shelf nothing more is kept. */
  add(kept: Kept, piece: Uint8Array): void {
    if (this.all.get(keyOf(kept)) !== kept) return;
    const before = kept.buffer.length;
    kept.seenMs = this.nowMs();
    if (!append(kept, piece)) return;
    this.bytes += kept.buffer.length - before;
    this.makeRoom(kept.personId);
  }

  private drop(kept: Kept): void {
    if (this.all.delete(keyOf(kept))) this.bytes -= kept.buffer.length;
  }

  private isOver(kept: Kept): boolean {
    return this.nowMs() - kept.seenMs > PART_SECONDS * 1000;
  }

  private makeRoom(personId: string): void {
    for (const kept of this.all.values()) if (this.isOver(kept)) this.drop(kept);
    const his = [...this.all.values()].filter((kept) => kept.personId === personId);
    for (const kept of his.slice(0, -PARTS_PERSON_MAX)) this.drop(kept);
    for (const kept of this.all.values()) {
      if (this.bytes <= PARTS_BYTES_MAX) break;
      this.drop(kept);
    }
  }
}

/** `first` hears its pieces; one without a name gets it from its first bytes. */
function listening(shelf: Shelf, first: Kept): Part {
  let kept = first;
  return {
    before: kept.buffer.subarray(0, kept.length),
    add: (piece) => {
      if (kept.id !== '') return shelf.add(kept, piece);
      append(kept, piece);
      if (kept.length < NAMED_FROM) return;
      kept = { ...kept, id: toBase64Url(kept.buffer.subarray(REQUEST_ID_AT, NAMED_FROM)) };
      shelf.put(kept);
    },
  };
}

/** The bodies that are under way to one process of the county; monotone milliseconds. */
export function createParts(nowMs: () => number): Parts {
  const shelf = new Shelf(nowMs);
  return {
    begin: (personId, announced) =>
      announced < RESUME_BYTES_MIN
        ? NOT_KEPT
        : listening(shelf, { personId, id: '', buffer: NOTHING, length: 0, seenMs: nowMs() }),
    goOn: (personId, id, from) => {
      const there = shelf.find(personId, id);
      if (!there || from > there.length) return null;
      // The old line may still be held open by the network: what it brings late counts no more.
      const buffer = Buffer.allocUnsafeSlow(Math.max(from, RESUME_BYTES_MIN));
      there.buffer.copy(buffer, 0, 0, from);
      const kept = { personId, id, buffer, length: from, seenMs: nowMs() };
      shelf.put(kept);
      return listening(shelf, kept);
    },
    have: (personId, id) => shelf.find(personId, id)?.length ?? 0,
    held: () => shelf.bytes,
  };
}
