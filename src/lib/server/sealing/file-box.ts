/**
 * A photo or recording of a sealed case as it lies on the disk, so that any stretch can be read:
 *
 *     "DBS1" · id of the data key (16) · per 64 KiB: nonce (12) ‖ ciphertext ‖ tag (16) · SHA-256 (32)
 *     AAD of chunk n   "daiban media 1|" sha256 of the plain file "|" n
 *
 * The hash is over all before it: so a copy can be checked by who has no key.
 */
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { toBase64Url } from '../../protocol/hash.ts';
import { CHUNK_BYTES } from '../../protocol/version.ts';
import { openBytes, sealBytes, type DataKey } from './box.ts';

const MAGIC = Buffer.from('DBS1');
const ID_BYTES = 16;
const HEAD_BYTES = MAGIC.length + ID_BYTES;
const BOX_BYTES = 12 + 16;
const HASH_BYTES = 32;
const FULL = CHUNK_BYTES + BOX_BYTES;

/** How such a file is called beside the plain one's name. */
export const SEALED_SUFFIX = '.sealed';

/** The keys that files are written under and read with. */
export interface FileKeys {
  key(): DataKey | null;
  keyNamed(id: string): DataKey | null;
}

/** Length on the disk of so many bytes. */
export const sealedLength = (bytes: number): number =>
  HEAD_BYTES + bytes + Math.ceil(bytes / CHUNK_BYTES) * BOX_BYTES + HASH_BYTES;

function plainLength(length: number): number {
  const boxes = length - HEAD_BYTES - HASH_BYTES;
  return boxes - Math.ceil(boxes / FULL) * BOX_BYTES;
}

const aadOf = (sha: string, n: number): Buffer => Buffer.from(`daiban media 1|${sha}|${n}`);
const headOf = ({ id }: DataKey): Buffer => Buffer.concat([MAGIC, Buffer.from(id, 'base64url')]);

/** The file's pieces in their order; `chunks` are 64 KiB but the last. */
export async function* sealFile(
  key: DataKey,
  sha: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  const head = headOf(key);
  hash.update(head);
  yield head;
  let n = 0;
  for await (const chunk of chunks) {
    const box = sealBytes(key, aadOf(sha, n), chunk);
    hash.update(box);
    yield box;
    n += 1;
  }
  yield hash.digest();
}

/** A plain file in its chunks. */
export async function* chunksOf(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    for (let at = 0; ;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      let got = 0;
      while (got < CHUNK_BYTES) {
        const { bytesRead } = await handle.read(chunk, got, CHUNK_BYTES - got, at + got);
        if (bytesRead === 0) break;
        got += bytesRead;
      }
      if (got > 0) yield chunk.subarray(0, got);
      if (got < CHUNK_BYTES) return;
      at += got;
    }
  } finally {
    await handle.close();
  }
}

/** A stretch that came of an upload, under its own name. */
export const sealPart = (key: DataKey, name: string, bytes: Uint8Array): Uint8Array =>
  Buffer.concat([headOf(key), sealBytes(key, aadOf(name, 0), bytes)]);

function keyIn(keys: FileKeys, head: Uint8Array): DataKey | null {
  const id = toBase64Url(new Uint8Array(head.subarray(MAGIC.length, HEAD_BYTES)));
  return MAGIC.equals(head.subarray(0, MAGIC.length)) ? keys.keyNamed(id) : null;
}

/** null: its key is not here, or somebody changed it. */
export async function openPart(
  keys: FileKeys,
  { file, name }: { readonly file: string; readonly name: string },
): Promise<Uint8Array | null> {
  const bytes = await readFile(file);
  const key = keyIn(keys, bytes);
  return key && openBytes(key, aadOf(name, 0), bytes.subarray(HEAD_BYTES));
}

/** Length of what is in it. */
export async function sizeIn(file: string): Promise<number> {
  const handle = await open(file, 'r');
  try {
    return plainLength((await handle.stat()).size);
  } finally {
    await handle.close();
  }
}

/** Bytes `from` to `to` (not included) of what is in it; null: its key is not here, or it was changed. */
export async function sliceIn(
  keys: FileKeys,
  { file, sha }: { readonly file: string; readonly sha: string },
  [from, to]: readonly [number, number],
): Promise<Uint8Array | null> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(HEAD_BYTES);
    await handle.read(head, 0, HEAD_BYTES, 0);
    const key = keyIn(keys, head);
    if (key === null) return null;
    const [end, boxesEnd] = [Math.min(to, plainLength(size)), size - HASH_BYTES];
    const parts: Uint8Array[] = [];
    for (let n = Math.floor(from / CHUNK_BYTES); n * CHUNK_BYTES < end; n += 1) {
      const at = HEAD_BYTES + n * FULL;
      const box = Buffer.alloc(Math.min(FULL, boxesEnd - at));
      await handle.read(box, 0, box.length, at);
      const chunk = openBytes(key, aadOf(sha, n), box);
      if (chunk === null) return null;
      const first = n * CHUNK_BYTES;
      parts.push(chunk.subarray(Math.max(0, from - first), Math.max(0, end - first)));
    }
    return new Uint8Array(Buffer.concat(parts));
  } finally {
    await handle.close();
  }
}

/** Whether a sealed file's bytes are those that were written; needs no key. */
export async function isWholeSealed(source: AsyncIterable<Uint8Array>): Promise<boolean> {
  const hash = createHash('sha256');
  let tail: Buffer = Buffer.alloc(0);
  for await (const piece of source) {
    const all = Buffer.concat([tail, piece]);
    const cut = Math.max(0, all.length - HASH_BYTES);
    hash.update(all.subarray(0, cut));
    tail = Buffer.from(all.subarray(cut));
  }
  return hash.digest().equals(tail);
}
