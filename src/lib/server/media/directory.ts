/**
 * Media on a directory: `ab/<sha>` holds a complete, verified file, `ab/<sha>.<by>.parts/<n>`
 * the chunks that one sender has brought of it so far. Every write is: part file, fsync, rename, fsync of the folder;
 * so whatever has its name is whole.
 */
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result, type Sha256 } from '../../domain/values.ts';
import {
  chunkFault,
  type MediaKey,
  type MediaStore,
  type PutFault,
} from '../../ports/media-store.ts';
import { chunkCount } from '../../protocol/media.ts';
import { toHex, type DigestSync } from '../../protocol/hash.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

let parts = 0;

/** The file has the name only when all its bytes are on the disk. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  parts += 1;
  const part = `${file}.${process.pid}-${parts}.new`;
  const handle = await open(part, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
  await syncFolder(path.dirname(file));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made !== undefined) await syncFolder(path.dirname(made));
}

/** One folder of media, and who writes which file just now. */
class MediaFolder {
  readonly #root: string;
  readonly #digest: DigestSync;
  /** Writes of one file come one after the other; files do not wait for each other. */
  readonly #lastOf = new Map<Sha256, Promise<unknown>>();

  constructor(root: string, digest: DigestSync) {
    this.#root = root;
    this.#digest = digest;
  }

  #folderOf(sha: Sha256): string {
    return path.join(this.#root, sha.slice(0, 2));
  }

  fileOf(sha: Sha256): string {
    return path.join(this.#folderOf(sha), sha);
  }

  #partsOf({ sha, by }: MediaKey): string {
    return `${this.fileOf(sha)}${by === undefined ? '' : `.${by}`}.parts`;
  }

  /** The county's own question; a sender is asked for his own bytes. */
  async #isWhole({ sha, by }: MediaKey): Promise<boolean> {
    return by === undefined && (await namesIn(this.#folderOf(sha))).includes(sha);
  }

  async #absent(key: MediaKey): Promise<number[]> {
    const have = new Set(await namesIn(this.#partsOf(key)));
    return [...Array(chunkCount(key.bytes)).keys()].filter((index) => !have.has(String(index)));
  }

  async missing(key: MediaKey): Promise<number[]> {
    if (await this.#isWhole(key)) return [];
    const chunks = await this.#absent(key);
    // All here and not whole: a crash came between. The last chunk, sent again, ends it.
    return chunks.length > 0 ? chunks : [chunkCount(key.bytes) - 1];
  }

  async #join(key: MediaKey): Promise<Result<boolean, PutFault>> {
    const { sha, bytes } = key;
    const all = new Uint8Array(bytes);
    let at = 0;
    for (let index = 0; index < chunkCount(bytes); index++) {
      const piece = await readFile(path.join(this.#partsOf(key), String(index)));
      all.set(piece, at);
      at += piece.length;
    }
    const right = toHex(this.#digest(all)) === sha;
    if (right) await writeWhole(this.fileOf(sha), all);
    await rm(this.#partsOf(key), { recursive: true, force: true });
    return right ? ok(true) : fail('NOT_ITS_HASH');
  }

  async put(key: MediaKey, index: number, bytes: Uint8Array): Promise<Result<boolean, PutFault>> {
    const fault = chunkFault(key, index, bytes.length);
    if (fault !== null) return fail(fault);
    if (await this.#isWhole(key)) return ok(true);
    const parts = this.#partsOf(key);
    await makeFolder(parts);
    if ((await this.#absent(key)).includes(index))
      await writeWhole(path.join(parts, String(index)), bytes);
    return (await this.#absent(key)).length > 0 ? ok(false) : this.#join(key);
  }

  inTurn<T>(sha: Sha256, work: () => Promise<T>): Promise<T> {
    const before = this.#lastOf.get(sha) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#lastOf.set(sha, mine);
    const forget = () => this.#lastOf.get(sha) === mine && this.#lastOf.delete(sha);
    mine.then(forget, forget);
    return mine;
  }

  async list(): Promise<Sha256[]> {
    const found: Sha256[] = [];
    for (const folder of await namesIn(this.#root))
      for (const name of await namesIn(path.join(this.#root, folder)))
        if (/^[0-9a-f]{64}$/.test(name)) found.push(name as Sha256);
    return found.sort();
  }
}

/** The store under one folder; `digest` is SHA-256. */
export function directoryMediaStore(root: string, digest: DigestSync): MediaStore {
  const folder = new MediaFolder(root, digest);
  return {
    missing: (key) => folder.missing(key),
    put: async (key, index, bytes) => {
      try {
        return await folder.inTurn(key.sha, () => folder.put(key, index, bytes));
      } catch (error) {
        if (FULL.has(codeOf(error))) return fail('STORAGE_FULL');
        throw error;
      }
    },
    read: async (sha) => {
      try {
        return new Uint8Array(await readFile(folder.fileOf(sha)));
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      }
    },
    list: () => folder.list(),
  };
}
