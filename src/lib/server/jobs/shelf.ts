/**
 * A folder of media by their hash, as they are or sealed. Sealed, neither name nor bytes say
 * anything: both come of the pool's key, which lies in the database of every backup.
 *
 *     plain     media/ab/<sha256>
 *     sealed    sealed-media/cd/<HMAC(pool key, sha256)>    key of the file: HKDF(pool key, sha256)
 */
import { createHmac, hkdfSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Bytes } from '../../protocol/bytes.ts';
import { bytesOf, knownKey, seal, sealedBytes, SealedFault, unseal } from '../keys/sealed-file.ts';
import { asSealed, isWhatItSays, mediaFault, mediaFile, type WholeFile } from './verify-media.ts';

type Stream = AsyncIterable<Uint8Array>;

export interface Shelf {
  readonly dir: string;
  /** Whether the files lie there as they are. */
  readonly plain: boolean;
  fileOf(this: void, sha: string): string;
  /** Why the file is not what its name says; null when it is. Without `hash` only its length counts. */
  faultOf(this: void, file: WholeFile, hash: boolean): Promise<string | null>;
  /** What is in the file. */
  read(this: void, sha: string): Stream;
  /** What is written there of a file's bytes. */
  form(this: void, sha: string, plain: Stream): Stream;
}

export function plainShelf(dir: string): Shelf {
  const fileOf = (sha: string) => mediaFile(dir, sha);
  return {
    ...{ dir, plain: true, fileOf },
    faultOf: (file, hash) => mediaFault(dir, file, hash),
    read: (sha) => bytesOf(fileOf(sha)),
    form: (_sha, plain) => plain,
  };
}

/** The key is known to whoever has the database: nobody is named in the file. */
const head = { v: 1 as const, keys: [] };
const derived = (poolKey: Bytes, of: string): Bytes =>
  new Uint8Array(hkdfSync('sha256', poolKey, '', `daiban pool 1|${of}`, 32));

/** `poolKey`: 32 bytes. */
export function sealedShelf(dir: string, poolKey: Bytes): Shelf {
  const names = derived(poolKey, 'names');
  const nameOf = (sha: string) => createHmac('sha256', names).update(sha).digest('hex');
  const fileOf = (sha: string) => mediaFile(dir, nameOf(sha));
  const keyOf = (sha: string) => derived(poolKey, `file|${sha}`);
  const read = (sha: string) => unseal(bytesOf(fileOf(sha)), knownKey(keyOf(sha)));
  return {
    ...{ dir, plain: false, fileOf, read },
    form: (sha, plain) => seal(plain, { head, key: keyOf(sha) }),
    faultOf: async ({ sha, bytes }, hash) => {
      const there = await stat(fileOf(sha)).catch(() => null);
      if (there === null) return `the media file ${sha} is missing`;
      if (there.size !== sealedBytes(head, bytes))
        return `the media file ${sha} has not the length that its ${bytes} bytes have sealed`;
      if (!hash) return null;
      const whole = await isWhatItSays(sha, read(sha)).catch((error: unknown) => {
        if (error instanceof SealedFault) return false;
        throw error;
      });
      return whole ? null : `the media file ${sha} is not its hash`;
    },
  };
}

/** The file as it lies on a shelf: one of a sealed case goes from shelf to shelf as it is. */
export function lyingOn({ fileOf }: Shelf, file: WholeFile): WholeFile {
  if (existsSync(fileOf(file.sha))) return file;
  const sealed = asSealed(file);
  return existsSync(fileOf(sealed.sha)) ? sealed : file;
}

/** The photos beside a backup, by whether it is sealed. */
export const poolShelf = (folder: string, poolKey: Bytes | null): Shelf =>
  poolKey === null
    ? plainShelf(path.join(folder, 'media'))
    : sealedShelf(path.join(folder, 'sealed-media'), poolKey);
