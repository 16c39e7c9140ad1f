/**
 * Media on a directory: `ab/<sha>` holds a complete, verified file, `ab/<sha>.<by>.parts/` what
 * one sender has brought of it so far (parts.ts). Every write is: new file, fsync, rename, fsync
 * of the folder; so whatever has its name is whole, also with two processes on one folder.
 *
 *     piece ─► <n> or <n>.<from>-<to> ─ all here ─► hash over all, ab/<sha> ─► forget(parts)
 *              fsync before the answer               right hash or set aside    after the case
 *                                                                               has it on record
 */
import { createHash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result, type Sha256 } from '../../domain/values.ts';
import {
  chunkFault,
  pieceFault,
  type MediaKey,
  type MediaStore,
  type Piece,
  type PutFault,
} from '../../ports/media-store.ts';
import { chunkCount, chunkLength } from '../../protocol/media.ts';
import { codeOf, dropFolder, makeFolder, namesIn, writeNew, writeWhole } from './disk.ts';
import { bytesHere, lackOf, pieceName, stretchesOf, type Lack } from './parts.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const isGone = (error: unknown): boolean => codeOf(error) === 'ENOENT';

async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** One folder of media, and who writes which file just now. */
class MediaFolder {
  readonly #root: string;
  /** Writes of one file come one after the other; files do not wait for each other. */
  readonly #lastOf = new Map<Sha256, Promise<unknown>>();

  constructor(root: string) {
    this.#root = root;
  }

  #folderOf(sha: Sha256): string {
    return path.join(this.#root, sha.slice(0, 2));
  }

  fileOf(sha: Sha256): string {
    return path.join(this.#folderOf(sha), sha);
  }

  partsOf({ sha, by }: MediaKey): string {
    return `${this.fileOf(sha)}${by === undefined ? '' : `.${by}`}.parts`;
  }

  /** The county's own question; a sender is asked for his own bytes. */
  async #isWhole({ sha, by }: MediaKey): Promise<boolean> {
    return by === undefined && (await orNull(() => stat(this.fileOf(sha)))) !== null;
  }

  async lack(key: MediaKey): Promise<Lack> {
    if (await this.#isWhole(key)) return { chunks: [], parts: [] };
    const lack = lackOf(await namesIn(this.partsOf(key)), key.bytes);
    if (lack.chunks.length > 0) return lack;
    // All here and nobody has it on record: a crash came between. The last chunk ends it.
    return { chunks: [chunkCount(key.bytes) - 1], parts: [] };
  }

  /** One pass over what came, piece by piece: a long file never stands in memory. */
  async #join(key: MediaKey, names: readonly string[]): Promise<Result<boolean, PutFault>> {
    const { sha, bytes } = key;
    const parts = this.partsOf(key);
    const stretches = stretchesOf(names, bytes);
    const hash = createHash('sha256');
    try {
      const right = await writeNew(this.fileOf(sha), async (handle) => {
        for (let index = 0; index < chunkCount(bytes); index++) {
          let at = 0;
          for (const { name, from, to } of stretches.get(index) ?? []) {
            if (to <= at || from > at) continue;
            const piece = (await readFile(path.join(parts, name))).subarray(at - from);
            hash.update(piece);
            await handle.writeFile(piece);
            at = to;
          }
        }
        return hash.digest('hex') === sha;
      });
      // A sender's parts stay until the books know of them; the county's own have no books.
      if (right && key.by === undefined) await dropFolder(parts);
      if (right) return ok(true);
    } catch (error) {
      // Another process was done with this sender's file first, and took his parts away.
      if (isGone(error)) return ok(false);
      throw error;
    }
    await dropFolder(parts);
    return fail('NOT_ITS_HASH');
  }

  async #write(parts: string, name: string, bytes: Uint8Array): Promise<void> {
    for (let tries = 0; ; tries++) {
      await makeFolder(parts);
      try {
        await writeWhole(path.join(parts, name), bytes);
        return;
      } catch (error) {
        // The folder went away under our hands: the other process has ended this file.
        if (!isGone(error) || tries > 0) throw error;
      }
    }
  }

  async put(key: MediaKey, { index, from, bytes }: Piece): Promise<Result<boolean, PutFault>> {
    if (await this.#isWhole(key)) return ok(true);
    const parts = this.partsOf(key);
    const here = bytesHere(stretchesOf(await namesIn(parts), key.bytes).get(index));
    if (from > here) return fail('GAP');
    const to = from + bytes.length;
    const isChunk = from === 0 && to === chunkLength(key.bytes, index);
    const name = isChunk ? String(index) : pieceName(index, from, to);
    if (to > here) await this.#write(parts, name, bytes);
    // These very names are joined: what another process takes away meanwhile is missed, not left out.
    const names = await namesIn(parts);
    const lack = lackOf(names, key.bytes);
    return lack.chunks.length > 0 ? ok(false) : this.#join(key, names);
  }

  inTurn<T>(sha: Sha256, work: () => Promise<T>): Promise<T> {
    const before = this.#lastOf.get(sha) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#lastOf.set(sha, mine);
    const forget = () => this.#lastOf.get(sha) === mine && this.#lastOf.delete(sha);
    mine.then(forget, forget);
    return mine;
  }

  async slice(sha: Sha256, from: number, to: number): Promise<Uint8Array | null> {
    const handle = await orNull(() => open(this.fileOf(sha), 'r'));
    if (handle === null) return null;
    try {
      const all = new Uint8Array(Math.max(0, to - from));
      const { bytesRead } = await handle.read(all, 0, all.length, from);
      return all.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }

  async list(): Promise<Sha256[]> {
    const found: Sha256[] = [];
    for (const folder of await namesIn(this.#root))
      for (const name of await namesIn(path.join(this.#root, folder)))
        if (/^[0-9a-f]{64}$/.test(name)) found.push(name as Sha256);
    return found.sort();
  }
}

/** The store under one folder of a local disk. */
export function directoryMediaStore(root: string): MediaStore {
  const folder = new MediaFolder(root);
  const put = async (key: MediaKey, piece: Piece): Promise<Result<boolean, PutFault>> => {
    try {
      return await folder.inTurn(key.sha, () => folder.put(key, piece));
    } catch (error) {
      if (FULL.has(codeOf(error))) return fail('STORAGE_FULL');
      throw error;
    }
  };
  return {
    missing: async (key) => (await folder.lack(key)).chunks,
    lack: (key) => folder.lack(key),
    put: async (key, index, bytes) => {
      const fault = chunkFault(key, index, bytes.length);
      return fault === null ? put(key, { index, from: 0, bytes }) : fail(fault);
    },
    putPiece: async (key, piece) => {
      const fault = pieceFault(key, piece);
      return fault === null ? put(key, piece) : fail(fault);
    },
    forget: (key) => folder.inTurn(key.sha, () => dropFolder(folder.partsOf(key))),
    size: async (sha) => (await orNull(() => stat(folder.fileOf(sha))))?.size ?? null,
    slice: (sha, from, to) => folder.slice(sha, from, to),
    file: (sha) => folder.fileOf(sha),
    read: async (sha) => {
      const found = await orNull(() => readFile(folder.fileOf(sha)));
      return found === null ? null : new Uint8Array(found);
    },
    list: () => folder.list(),
  };
}
