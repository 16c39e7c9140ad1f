/**
 * Bytes of photos and recordings, addressed by their SHA-256, in chunks of 64 KiB.
 *
 * `put` resolves after the chunk is on the disk (fsync of file and folder) and is idempotent. A
 * file is complete when all its chunks are there and the whole has the right hash; chunks of a
 * file with a wrong hash are set aside and all of them are missing again.
 */
import { fail, ok, type Result, type Sha256 } from '../domain/values.ts';
import { toHex, type DigestSync } from '../protocol/hash.ts';
import { chunkCount, chunkLength } from '../protocol/media.ts';

/** Which file is meant and how long it says it is. */
export interface MediaKey {
  readonly sha: Sha256;
  readonly bytes: number;
  /**
   * Who sends it, as letters and digits. His chunks are his own, and the file is complete for him
   * only when he has sent all of it, whoever else has. Without it: for the county itself.
   */
  readonly by?: string;
}

/** Why a chunk was not taken. */
export type PutFault = 'LENGTH' | 'NO_SUCH_CHUNK' | 'NOT_ITS_HASH' | 'STORAGE_FULL';

export interface MediaStore {
  /** Numbers of the chunks that are not here; empty when the file is complete and verified. */
  missing(key: MediaKey): Promise<readonly number[]>;
  /** Keeps one chunk; `true` when the file is complete and verified with it. */
  put(key: MediaKey, index: number, bytes: Uint8Array): Promise<Result<boolean, PutFault>>;
  /** Bytes of a complete file, else null. */
  read(sha: Sha256): Promise<Uint8Array | null>;
  /** Every complete file. */
  list(): Promise<readonly Sha256[]>;
}

/** Whether chunk `index` exists in a file of that length and has that many bytes. */
export function chunkFault(key: MediaKey, index: number, length: number): PutFault | null {
  if (index < 0 || index >= chunkCount(key.bytes)) return 'NO_SUCH_CHUNK';
  return chunkLength(key.bytes, index) === length ? null : 'LENGTH';
}

/** The honest version in memory: same answers, gone with the process. */
export function memoryMediaStore(digest: DigestSync): MediaStore {
  const whole = new Map<Sha256, Uint8Array>();
  const parts = new Map<string, Map<number, Uint8Array>>();
  const partsOf = ({ sha, by = '' }: MediaKey): string => `${sha}.${by}`;
  const missing = (key: MediaKey): number[] => {
    const { sha, bytes, by } = key;
    if (by === undefined && whole.has(sha)) return [];
    const have = parts.get(partsOf(key));
    return [...Array(chunkCount(bytes)).keys()].filter((index) => !have?.has(index));
  };
  return {
    missing: async (key) => missing(key),
    put: async (key, index, bytes) => {
      const fault = chunkFault(key, index, bytes.length);
      if (fault !== null) return fail(fault);
      if (key.by === undefined && whole.has(key.sha)) return ok(true);
      const have = parts.get(partsOf(key)) ?? new Map<number, Uint8Array>();
      parts.set(partsOf(key), have.set(index, bytes.slice()));
      if (missing(key).length > 0) return ok(false);
      const all = new Uint8Array(key.bytes);
      let at = 0;
      for (let part = 0; part < have.size; part++) {
        const piece = have.get(part);
        if (piece !== undefined) all.set(piece, at);
        at += piece?.length ?? 0;
      }
      parts.delete(partsOf(key));
      if (toHex(digest(all)) !== key.sha) return fail('NOT_ITS_HASH');
      whole.set(key.sha, all);
      return ok(true);
    },
    read: async (sha) => whole.get(sha)?.slice() ?? null,
    list: async () => [...whole.keys()],
  };
}
