/**
 * A file that only a private key opens, written and read piece by piece.
 *
 *     "daiban sealed 1\n" ‖ u32 length of head ‖ head (JSON) ‖ piece ‖ piece ‖ … ‖ last piece
 *     piece   u32 length, highest bit set on the last ‖ ciphertext ‖ tag (16)
 *     nonce   u32 0 ‖ u32 number of the piece ‖ u32 1 for the last, else 0
 *     AAD     SHA-256 of everything before the first piece
 *
 * Each file has a key of its own, wrapped in the head by HPKE to every recovery key in force, so
 * the nonces may count. A piece that is missing, moved, cut or bent does not open.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import * as z from 'zod';
import { fail, ok, type Result } from '../../domain/values.ts';
import { fromBase64Url, textBytes, type Bytes } from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import { hpkeOpen, hpkeSeal } from '../../protocol/hpke.ts';
import { hpkePairOf } from '../../protocol/officer-key.ts';
import type { Recipient } from '../../protocol/sealed.ts';

export const MAGIC = Buffer.from('daiban sealed 1\n');
const PIECE_BYTES = 1024 * 1024;
const TAG_BYTES = 16;
const HEAD_BYTES_MAX = 64 * 1024;
const LAST = 0x8000_0000;
const info = textBytes('daiban sealed file 1');

const headSchema = z.object({
  v: z.literal(1),
  /** Recipients of the file's own key; none where the key is known otherwise. */
  keys: z.array(z.object({ keyId: z.string(), publicKey: z.string(), box: z.string() })).max(8),
});
export type SealedHead = z.infer<typeof headSchema>;

/** Gives the key of a file, or why it cannot be had, as a sentence. */
export type Opener = (head: SealedHead) => Promise<Result<Bytes, string>>;

/** A file's key, known beforehand. */
export const knownKey =
  (key: Bytes): Opener =>
  () =>
    Promise.resolve(ok(key));

/** Opens with a recovery key: the officer's own, or the one that two sheets gave. */
export const recoveryOpener =
  ({ keyId, scalar }: { readonly keyId: string; readonly scalar: Bytes }): Opener =>
  async ({ keys }) => {
    const own = keys.find((one) => one.keyId === keyId);
    const names = keys.map((one) => one.keyId).join(', ');
    if (own === undefined) return fail(`It is sealed to ${names}, and not to ${keyId}.`);
    const [publicKey, sealed] = [fromBase64Url(own.publicKey), fromBase64Url(own.box)];
    if (!publicKey || !sealed) return fail('Its head is damaged.');
    const key = await hpkePairOf({ publicKey, scalar })
      .then((pair) => hpkeOpen(pair, { sealed, info, aad: textBytes(keyId) }))
      .catch(() => null);
    return key?.length === 32 ? ok(key) : fail(`The key that was given is not ${keyId}.`);
  };

/** The head of a file for these recipients. */
export async function headFor(recipients: readonly Recipient[], key: Bytes): Promise<SealedHead> {
  const keys = recipients.map(async ({ keyId, publicKey }) => {
    const box = await hpkeSeal(publicKey, { plain: key, info, aad: textBytes(keyId) });
    return { keyId, publicKey: toBase64Url(publicKey), box: toBase64Url(box) };
  });
  return { v: 1, keys: await Promise.all(keys) };
}

/** The key of one file, fresh. */
export const newFileKey = (): Bytes => new Uint8Array(randomBytes(32));

function nonceOf(n: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(n, 4);
  nonce.writeUInt32BE(last ? 1 : 0, 8);
  return nonce;
}

const u32 = (n: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(n);
  return out;
};

const frontOf = (head: SealedHead): Buffer => {
  const text = Buffer.from(JSON.stringify(head));
  return Buffer.concat([MAGIC, u32(text.length), text]);
};

/** Bytes that a file of so many becomes. */
export const sealedBytes = (head: SealedHead, bytes: number): number =>
  frontOf(head).length + bytes + Math.max(1, Math.ceil(bytes / PIECE_BYTES)) * (4 + TAG_BYTES);

/** The pieces of a source in the size that is sealed at once; always one at least. */
async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<[Buffer, boolean]> {
  let held: Buffer = Buffer.alloc(0);
  for await (const some of source) {
    held = held.length === 0 ? Buffer.from(some) : Buffer.concat([held, some]);
    while (held.length > PIECE_BYTES) {
      yield [held.subarray(0, PIECE_BYTES), false];
      held = held.subarray(PIECE_BYTES);
    }
  }
  yield [held, true];
}

/** The sealed form of a source. */
export async function* seal(
  source: AsyncIterable<Uint8Array>,
  { head, key }: { readonly head: SealedHead; readonly key: Bytes },
): AsyncGenerator<Buffer> {
  const front = frontOf(head);
  const aad = createHash('sha256').update(front).digest();
  yield front;
  let n = 0;
  for await (const [piece, last] of pieces(source)) {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(n, last)).setAAD(aad);
    const sealed = Buffer.concat([cipher.update(piece), cipher.final()]);
    yield Buffer.concat([u32(last ? piece.length + LAST : piece.length), sealed]);
    yield cipher.getAuthTag();
    n += 1;
  }
}

/** Why a sealed file does not open; its message is a sentence. */
export class SealedFault extends Error {}

/** Reads exactly so many bytes at a time; a file that ends before is a fault. */
class Reader {
  private readonly source: AsyncIterator<Uint8Array>;
  private held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer> {
    while (this.held.length < count) {
      const next = await this.source.next();
      if (next.done === true) throw new SealedFault('the sealed file is cut');
      this.held = Buffer.concat([this.held, next.value]);
    }
    const out = this.held.subarray(0, count);
    this.held = this.held.subarray(count);
    return out;
  }

  async atEnd(): Promise<boolean> {
    return this.held.length === 0 && (await this.source.next()).done === true;
  }

  async close(): Promise<void> {
    await this.source.return?.();
  }
}

async function readFront(reader: Reader): Promise<{ head: SealedHead; aad: Buffer }> {
  const magic = await reader.take(MAGIC.length);
  if (!magic.equals(MAGIC)) throw new SealedFault('this is no sealed file');
  const length = await reader.take(4);
  const count = length.readUInt32BE();
  if (count > HEAD_BYTES_MAX) throw new SealedFault('the head of the sealed file is damaged');
  const text = await reader.take(count);
  const aad = createHash('sha256').update(magic).update(length).update(text).digest();
  try {
    return { head: headSchema.parse(JSON.parse(text.toString())), aad };
  } catch {
    throw new SealedFault('the head of the sealed file is damaged');
  }
}

function openPiece(
  { key, aad }: { readonly key: Bytes; readonly aad: Buffer },
  { n, last, sealed }: { readonly n: number; readonly last: boolean; readonly sealed: Buffer },
): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(n, last)).setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    throw new SealedFault(`piece ${n} of the sealed file was changed or is damaged`);
  }
}

/** What is inside, piece by piece, each checked; throws `SealedFault`. */
export async function* unseal(
  source: AsyncIterable<Uint8Array>,
  opener: Opener,
): AsyncGenerator<Buffer> {
  const reader = new Reader(source);
  try {
    const { head, aad } = await readFront(reader);
    const key = await opener(head);
    if (!key.ok) throw new SealedFault(key.error);
    for (let n = 0, last = false; !last; n += 1) {
      const word = (await reader.take(4)).readUInt32BE();
      last = word >= LAST;
      const length = last ? word - LAST : word;
      if (length > PIECE_BYTES) throw new SealedFault(`piece ${n} of the sealed file is damaged`);
      const sealed = await reader.take(length + TAG_BYTES);
      yield openPiece({ key: key.value, aad }, { n, last, sealed });
    }
    if (!(await reader.atEnd())) throw new SealedFault('something stands behind the sealed file');
  } finally {
    await reader.close();
  }
}

/** Whether the file begins as a sealed one does. */
export async function isSealedFile(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return bytesRead === MAGIC.length && buffer.equals(MAGIC);
  } finally {
    await handle.close();
  }
}

/** Writes a stream to a new file, readable by this user alone, and flushes it. */
export async function writeAll(file: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    for await (const some of source) await handle.writeFile(some);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** SHA-256 of a stream, in hex. */
export async function hashOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const some of source) hash.update(some);
  return hash.digest('hex');
}

/** A file's bytes in pieces. */
export const bytesOf = (file: string): AsyncIterable<Uint8Array> =>
  createReadStream(file, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Uint8Array>;
