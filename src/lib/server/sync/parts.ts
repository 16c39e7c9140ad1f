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
  pieces: Uint8Array[];
  length: number;
  seenMs: number;
}

const ID_BYTES = 16;
const keyOf = ({ personId, id }: Pick<Kept, 'personId' | 'id'>): string => `${personId} ${id}`;

/** A small body is sent again as quickly as its rest. */
const NOT_KEPT: Part = { before: Buffer.alloc(0), add: () => undefined };

const joined = (pieces: readonly Uint8Array[]): Buffer => Buffer.concat(pieces);

/** The request id of a frame of version 2, once enough of it is here. */
function idOf(pieces: readonly Uint8Array[]): string {
  const start = joined(pieces).subarray(0, REQUEST_ID_AT + ID_BYTES);
  return toBase64Url(start.subarray(REQUEST_ID_AT));
}

/** What is kept, oldest first, within its limits. */
class Shelf {
  private readonly all = new Map<string, Kept>();
  private bytes = 0;
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
    this.bytes += kept.length;
    this.makeRoom(kept.personId);
  }

  /** A piece more; what has lost its place on the shelf grows for itself. */
  add(kept: Kept, piece: Uint8Array): void {
    kept.pieces.push(piece);
    kept.length += piece.length;
    kept.seenMs = this.nowMs();
    if (this.all.get(keyOf(kept)) !== kept) return;
    this.bytes += piece.length;
    this.makeRoom(kept.personId);
  }

  private drop(kept: Kept): void {
    if (this.all.delete(keyOf(kept))) this.bytes -= kept.length;
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

/** `kept` hears its pieces; one without a name gets it from its first bytes. */
function listening(shelf: Shelf, first: Kept): Part {
  let kept = first;
  return {
    before: joined(kept.pieces),
    add: (piece) => {
      shelf.add(kept, piece);
      if (kept.id !== '' || kept.length < REQUEST_ID_AT + ID_BYTES) return;
      kept = { ...kept, id: idOf(kept.pieces) };
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
        : listening(shelf, { personId, id: '', pieces: [], length: 0, seenMs: nowMs() }),
    goOn: (personId, id, from) => {
      const there = shelf.find(personId, id);
      if (!there || from > there.length) return null;
      // The old line may still be held open by the network: what it brings late counts no more.
      const pieces = [joined(there.pieces).subarray(0, from)];
      const kept = { personId, id, pieces, length: from, seenMs: nowMs() };
      shelf.put(kept);
      return listening(shelf, kept);
    },
    have: (personId, id) => shelf.find(personId, id)?.length ?? 0,
  };
}
