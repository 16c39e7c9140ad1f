/**
 * Media on a directory: `ab/<sha>` holds a complete, verified file, `ab/<sha>.<by>.parts/` what
 * one sender has brought of it so far (parts.ts); of a sealed case `ab/<sha>.sealed`. Every write is: new file, fsync, rename, fsync
 * of the folder; so whatever has its name is whole, also with two processes on one folder.
 *
 *     piece ─► <n> or <n>.<from>-<to> ─ all here ─► hash over all, ab/<sha> ─► forget(parts)
 *              fsync before the answer               right hash or set aside    after the case
 *                                                                               has it on record
 */
import { createHash } from 'node:crypto';
import { open, readFile, rm, stat } from 'node:fs/promises';
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
import {
  chunksOf,
  openPart,
  sealFile,
  sealPart,
  SEALED_SUFFIX,
  sizeIn,
  sliceIn,
  type FileKeys,
} from '../sealing/file-box.ts';
import {
  codeOf,
  dropFolder,
  makeFolder,
  namesIn,
  syncFolder,
  writeNew,
  writeWhole,
} from './disk.ts';
import { bytesHere, lackOf, pieceName, stretchesOf, type Lack } from './parts.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
/** What is made of a photo for the eyes (pictures.ts). */
const COPY = /^\.(view|thumb)\.jpg/;
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
  readonly #keys: FileKeys;
  /** Writes of one file come one after the other; files do not wait for each other. */
  readonly #lastOf = new Map<Sha256, Promise<unknown>>();

  constructor(root: string, keys: FileKeys) {
    this.#root = root;
    this.#keys = keys;
  }

  #folderOf(sha: Sha256): string {
    return path.join(this.#root, sha.slice(0, 2));
  }

  fileOf(sha: Sha256): string {
    return path.join(this.#folderOf(sha), sha);
  }

  sealedOf(sha: Sha256): string {
    return `${this.fileOf(sha)}${SEALED_SUFFIX}`;
  }

  /** What came before its case was sealed stays apart from what comes after. */
  partsOf({ sha, by, sealed }: MediaKey): string {
    const form = sealed === true && this.#keys.key() !== null ? SEALED_SUFFIX : '';
    return `${this.fileOf(sha)}${by === undefined ? '' : `.${by}`}${form}.parts`;
  }

  async forget(key: MediaKey): Promise<void> {
    const forms = [false, true].map((sealed) => this.partsOf({ ...key, sealed }));
    for (const parts of new Set(forms)) await dropFolder(parts);
  }

  /** Whether a whole file lies there as it is, sealed, or not at all. */
  async form(sha: Sha256): Promise<'plain' | 'sealed' | null> {
    if ((await orNull(() => stat(this.fileOf(sha)))) !== null) return 'plain';
    return (await orNull(() => stat(this.sealedOf(sha)))) === null ? null : 'sealed';
  }

  /** The county's own question; a sender is asked for his own bytes. */
  async #isWhole({ sha, by }: MediaKey): Promise<boolean> {
    return by === undefined && (await this.form(sha)) !== null;
  }

  async lack(key: MediaKey): Promise<Lack> {
    if (await this.#isWhole(key)) return { chunks: [], parts: [] };
    const sealed = await namesIn(this.partsOf({ ...key, sealed: true }));
    const names = sealed.length > 0 ? sealed : await namesIn(this.partsOf(key));
    const lack = lackOf(names, key.bytes);
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
    const sealing = parts.endsWith(`${SEALED_SUFFIX}.parts`) ? this.#keys.key() : null;
    const chunks = this.#chunksIn(parts, { stretches, count: chunkCount(bytes) });
    const plain = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    };
    const form = sealing === null ? plain() : sealFile(sealing, sha, plain());
    try {
      const target = sealing === null ? this.fileOf(sha) : this.sealedOf(sha);
      const right = await writeNew(target, async (handle) => {
        for await (const piece of form) await handle.writeFile(piece);
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

  /** Whole chunks, from the stretches that came of them. */
  async *#chunksIn(
    parts: string,
    of: { readonly stretches: ReturnType<typeof stretchesOf>; readonly count: number },
  ): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < of.count; index++) {
      const pieces: Uint8Array[] = [];
      let at = 0;
      for (const { name, from, to } of of.stretches.get(index) ?? []) {
        if (to <= at || from > at) continue;
        const piece = await this.#part(parts, name);
        // What its key does not open is not its hash: it is wanted again.
        pieces.push((piece ?? Buffer.alloc(to - from)).subarray(at - from));
        at = to;
      }
      const [only] = pieces;
      yield pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
    }
  }

  async #part(parts: string, name: string): Promise<Uint8Array | null> {
    const file = path.join(parts, name);
    if (!parts.endsWith(`${SEALED_SUFFIX}.parts`)) return readFile(file);
    return openPart(this.#keys, { file, name: `${path.basename(parts)}/${name}` });
  }

  async #write(parts: string, name: string, plain: Uint8Array): Promise<void> {
    const key = parts.endsWith(`${SEALED_SUFFIX}.parts`) ? this.#keys.key() : null;
    const bytes = key === null ? plain : sealPart(key, `${path.basename(parts)}/${name}`, plain);
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

  async size(sha: Sha256): Promise<number | null> {
    const form = await this.form(sha);
    if (form === 'sealed') return orNull(() => sizeIn(this.sealedOf(sha)));
    return (await orNull(() => stat(this.fileOf(sha))))?.size ?? null;
  }

  async read(sha: Sha256): Promise<Uint8Array | null> {
    if ((await this.form(sha)) === 'sealed') return this.slice(sha, 0, Infinity);
    const found = await orNull(() => readFile(this.fileOf(sha)));
    return found === null ? null : new Uint8Array(found);
  }

  /** Sealed first and durably, then the plain one and its copies for the eyes go. */
  async seal(sha: Sha256): Promise<boolean> {
    const key = this.#keys.key();
    const file = this.fileOf(sha);
    if (key === null || (await this.form(sha)) !== 'plain') return false;
    await writeNew(this.sealedOf(sha), async (handle) => {
      for await (const piece of sealFile(key, sha, chunksOf(file))) await handle.writeFile(piece);
      return true;
    });
    for (const name of await namesIn(this.#folderOf(sha)))
      if (name === sha || (name.startsWith(sha) && COPY.test(name.slice(sha.length))))
        await rm(path.join(this.#folderOf(sha), name), { force: true });
    await syncFolder(this.#folderOf(sha));
    return true;
  }

  async slice(sha: Sha256, from: number, to: number): Promise<Uint8Array | null> {
    if ((await this.form(sha)) === 'sealed')
      return orNull(() => sliceIn(this.#keys, { file: this.sealedOf(sha), sha }, [from, to]));
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
        if (/^[0-9a-f]{64}(\.sealed)?$/.test(name)) found.push(name.slice(0, 64) as Sha256);
    return [...new Set(found)].sort();
  }
}

const NO_KEYS: FileKeys = { key: () => null, keyNamed: () => null };

/** The store under one folder of a local disk; without keys nothing is sealed. */
export function directoryMediaStore(root: string, keys: FileKeys = NO_KEYS): MediaStore {
  const folder = new MediaFolder(root, keys);
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
    forget: (key) => folder.inTurn(key.sha, () => folder.forget(key)),
    size: (sha) => folder.size(sha),
    slice: (sha, from, to) => folder.slice(sha, from, to),
    file: (sha) => folder.fileOf(sha),
    read: (sha) => folder.read(sha),
    list: () => folder.list(),
    isSealed: async (sha) => (await folder.form(sha)) === 'sealed',
    seal: (sha) => folder.inTurn(sha, () => folder.seal(sha)),
    forgetPlain: (key) =>
      folder.inTurn(key.sha, () => dropFolder(folder.partsOf({ ...key, sealed: false }))),
  };
}
