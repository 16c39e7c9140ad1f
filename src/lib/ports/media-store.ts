/**
 * Bytes of photos and recordings, addressed by their SHA-256, in chunks of 64 KiB.
 *
 * `put` resolves after the bytes are on the disk (fsync of file and folder) and is idempotent. A
 * file is complete when all its chunks are there and the whole has the right hash; chunks of a
 * file with a wrong hash are set aside and all of them are missing again. What a sender brought
 * stays until `forget`: so a crash between the whole file and its place in the books costs one
 * chunk and not the file.
 */
import { fail, ok, type Result, type Sha256 } from '../domain/values.ts';
import { toHex, type DigestSync } from '../protocol/hash.ts';
import { chunkCount, chunkLength } from '../protocol/media.ts';
import { CHUNK_BYTES } from '../protocol/version.ts';

/** Which file is meant and how long it says it is. */
export interface MediaKey {
  readonly sha: Sha256;
  readonly bytes: number;
  /**
   * Who sends it, as letters and digits. His chunks are his own, and the file is complete for him
   * only when he has sent all of it, whoever else has. Without it: for the county itself.
   */
  readonly by?: string;
  /** Of a sealed case: what comes lies under the county's keys of sealed cases. */
  readonly sealed?: boolean;
}

/** A stretch of one chunk: what a cut request brought of it, or what a slow link sends at once. */
export interface Piece {
  readonly index: number;
  /** First byte within the chunk; what lies before it is here already. */
  readonly from: number;
  readonly bytes: Uint8Array;
}

/** What a file lacks: chunk numbers, and of begun chunks how many first bytes are here. */
export interface MediaLack {
  readonly chunks: readonly number[];
  readonly parts: readonly (readonly [chunk: number, bytes: number])[];
}

/** Why a chunk was not taken. `GAP`: the bytes before this piece are not here. */
export type PutFault = 'LENGTH' | 'NO_SUCH_CHUNK' | 'GAP' | 'NOT_ITS_HASH' | 'STORAGE_FULL';

export interface MediaStore {
  /** Numbers of the chunks that are not here; empty when the file is complete and verified. */
  missing(key: MediaKey): Promise<readonly number[]>;
  /** The same with the begun chunks; of a file that `forget` has not closed the last is named. */
  lack(key: MediaKey): Promise<MediaLack>;
  /** Keeps one chunk; `true` when the file is complete and verified with it. */
  put(key: MediaKey, index: number, bytes: Uint8Array): Promise<Result<boolean, PutFault>>;
  /** Keeps a stretch of a chunk that begins where the kept bytes end, or before. */
  putPiece(key: MediaKey, piece: Piece): Promise<Result<boolean, PutFault>>;
  /** The file is on record for this sender: his chunks are not needed any more. */
  forget(key: MediaKey): Promise<void>;
  /** Length of a complete file, else null. */
  size(sha: Sha256): Promise<number | null>;
  /** Bytes `from` to `to` (not included) of a complete file, else null. */
  slice(sha: Sha256, from: number, to: number): Promise<Uint8Array | null>;
  /** Where a complete file lies, for programs that read files; null where there are none. */
  file(sha: Sha256): string | null;
  /** Bytes of a complete file, else null. */
  read(sha: Sha256): Promise<Uint8Array | null>;
  /** Every complete file. */
  list(): Promise<readonly Sha256[]>;
  /** Whether a complete file lies sealed: `file` is no use then, `read` is. */
  isSealed(sha: Sha256): Promise<boolean>;
  /** A complete file of before goes under the keys of sealed cases; false where there is none. */
  seal(sha: Sha256): Promise<boolean>;
  /** What came of a file in clear goes: its case is sealed, and it comes once more. */
  forgetPlain(key: MediaKey): Promise<void>;
}

/** Whether chunk `index` exists in a file of that length and has that many bytes. */
export function chunkFault(key: MediaKey, index: number, length: number): PutFault | null {
  if (index < 0 || index >= chunkCount(key.bytes)) return 'NO_SUCH_CHUNK';
  return chunkLength(key.bytes, index) === length ? null : 'LENGTH';
}

/** Smallest piece of a chunk, but for its end: so a chunk never lies about in crumbs. */
export const PIECE_BYTES_MIN = 4 * 1024;

/** Whether a piece lies within its chunk and is worth keeping. */
export function pieceFault(key: MediaKey, { index, from, bytes }: Piece): PutFault | null {
  if (index < 0 || index >= chunkCount(key.bytes)) return 'NO_SUCH_CHUNK';
  const [to, end] = [from + bytes.length, chunkLength(key.bytes, index)];
  if (from < 0 || to > end || bytes.length === 0) return 'LENGTH';
  return bytes.length < PIECE_BYTES_MIN && to < end ? 'LENGTH' : null;
}

/** The honest version in memory: same answers, gone with the process. */
export function memoryMediaStore(digest: DigestSync): MediaStore {
  const whole = new Map<Sha256, Uint8Array>();
  const parts = new Map<string, Map<number, Uint8Array>>();
  const partsOf = ({ sha, by = '' }: MediaKey): string => `${sha}.${by}`;
  const absent = (key: MediaKey): MediaLack => {
    const have = parts.get(partsOf(key));
    const here = (index: number) => have?.get(index)?.length ?? 0;
    const all = [...Array(chunkCount(key.bytes)).keys()];
    const chunks = all.filter((index) => here(index) < chunkLength(key.bytes, index));
    const begun = chunks.filter((index) => here(index) > 0);
    return { chunks, parts: begun.map((index) => [index, here(index)] as const) };
  };
  const lack = (key: MediaKey): MediaLack => {
    if (key.by === undefined && whole.has(key.sha)) return { chunks: [], parts: [] };
    const found = absent(key);
    if (found.chunks.length > 0) return found;
    return { chunks: [chunkCount(key.bytes) - 1], parts: [] };
  };
  const take = (key: MediaKey, { index, from, bytes }: Piece): Result<boolean, PutFault> => {
    if (key.by === undefined && whole.has(key.sha)) return ok(true);
    const have = parts.get(partsOf(key)) ?? new Map<number, Uint8Array>();
    const before = have.get(index) ?? new Uint8Array();
    if (from > before.length) return fail('GAP');
    if (from + bytes.length > before.length) {
      const longer = new Uint8Array(from + bytes.length);
      longer.set(before.subarray(0, from));
      longer.set(bytes, from);
      have.set(index, longer);
    }
    parts.set(partsOf(key), have);
    if (absent(key).chunks.length > 0) return ok(false);
    const all = new Uint8Array(key.bytes);
    for (const [at, piece] of have) all.set(piece, at * CHUNK_BYTES);
    if (toHex(digest(all)) === key.sha) whole.set(key.sha, all);
    else parts.delete(partsOf(key));
    return whole.has(key.sha) && parts.has(partsOf(key)) ? ok(true) : fail('NOT_ITS_HASH');
  };
  return {
    missing: async (key) => lack(key).chunks,
    lack: async (key) => lack(key),
    put: async (key, index, bytes) => {
      const fault = chunkFault(key, index, bytes.length);
      return fault === null ? take(key, { index, from: 0, bytes }) : fail(fault);
    },
    putPiece: async (key, piece) => {
      const fault = pieceFault(key, piece);
      return fault === null ? take(key, piece) : fail(fault);
    },
    forget: async (key) => void parts.delete(partsOf(key)),
    size: async (sha) => whole.get(sha)?.length ?? null,
    slice: async (sha, from, to) => whole.get(sha)?.slice(from, to) ?? null,
    file: () => null,
    read: async (sha) => whole.get(sha)?.slice() ?? null,
    list: async () => [...whole.keys()],
    isSealed: async () => false,
    seal: async () => false,
    forgetPlain: async () => undefined,
  };
}
