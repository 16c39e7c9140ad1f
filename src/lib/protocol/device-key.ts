/**
 * The key of a device and its one signature per exchange.
 *
 *     signed = "daiban-push/1\n" dv "\n" · h of each event in the order sent, 32 bytes each
 *     signature: ECDSA P-256 with SHA-256, r‖s, 64 bytes; in the request as `sig {r, s}` in hex
 *     copy   = "daiban-copy/1\n" dv "\n" ds "\n" id "\n" · SHA-256 of the sealed copy; signed likewise,
 *              64 bytes beside the copy (docs/decisions/0018-sealed-signed.md)
 *     file   = "daiban-file/1\n" dv "\n" file id "\n" · SHA-256 of case id (16) ‖ copy of the description
 *     key    = uncompressed point, 65 bytes; key id = first 8 bytes of its SHA-256, base64url
 *
 * `h` covers salt, id, case, type, version, time and words of its event, so one signature proves each
 * of them. An event whose words no hash can be made of (`isHashable`) counts as 32 zero bytes: one
 * odd event never takes the others' proof away.
 */
import * as z from 'zod/mini';
import { fromBase64Url, joinBytes, textBytes, type Bytes } from './bytes.ts';
import { depthAtMost, isFiniteJson } from './canonical.ts';
import { toBase64Url, toHex, type Digest, type DigestSync } from './hash.ts';

/** A public key as it is printed: 65 bytes in base64url. */
export const DEVICE_KEY_LETTERS = 87;
const POINT_BYTES = 65;
const UNCOMPRESSED = 0x04;
const HASH_BYTES = 32;

/** The two halves of a signature, each 32 bytes in hex: on the wire they are 32 bytes each. */
export const pushSignatureSchema = z.object({ r: z.string(), s: z.string() });
export type PushSignature = z.infer<typeof pushSignatureSchema>;

/**
 * Why the county wants to hear of the key again. `unknown`: it has none of this device; `wrong`: what
 * was sent carries no signature of the key that it has.
 */
export const KEY_WANTED = ['unknown', 'wrong'] as const;
export type KeyWanted = (typeof KEY_WANTED)[number];

/** Whether `h` of an event with this payload means the same at both ends. */
export const isHashable = (payload: unknown): boolean =>
  depthAtMost(payload) && isFiniteJson(payload);

const NIBBLES = '0123456789abcdef';

/** 32 bytes of 64 hex digits; zeros for anything else. */
function hashBytes(hex: string): Uint8Array {
  const bytes = new Uint8Array(HASH_BYTES);
  if (!/^[0-9a-f]{64}$/.test(hex)) return bytes;
  for (let i = 0; i < HASH_BYTES; i++)
    bytes[i] =
      NIBBLES.indexOf(hex[2 * i] as string) * 16 + NIBBLES.indexOf(hex[2 * i + 1] as string);
  return bytes;
}

/** Hashes one behind the other; '' where none can be made. */
export const hashesInRow = (hs: readonly string[]): Bytes => joinBytes(...hs.map(hashBytes));

/** What a signature is over. */
export const pushBytes = (dv: string, hashes: Uint8Array): Bytes =>
  joinBytes(textBytes(`daiban-push/1\n${dv}\n`), hashes);

/** A sealed copy as it lies in its place. */
export interface CopyPlaced {
  readonly dv: string;
  readonly ds: number;
  readonly id: string;
  readonly copy: Bytes;
}

/** What a device signs over a sealed copy that leaves it, for no word of it is known there. */
export async function copyBytes(
  digest: Digest | DigestSync,
  { dv, ds, id, copy }: CopyPlaced,
): Promise<Bytes> {
  return joinBytes(textBytes(`daiban-copy/1\n${dv}\n${ds}\n${id}\n`), await digest(copy));
}

/** The description of a file as it leaves: its case, then its sealed copy. */
export interface FileTold {
  readonly dv: string;
  readonly fileId: string;
  readonly copy: Bytes;
}

/** What a device signs over which case a file is of, and which bytes it is. */
export async function fileBytes(
  digest: Digest | DigestSync,
  { dv, fileId, copy }: FileTold,
): Promise<Bytes> {
  return joinBytes(textBytes(`daiban-file/1\n${dv}\n${fileId}\n`), await digest(copy));
}

/** The 64 bytes as they travel. */
export const signatureOf = (bytes: Uint8Array): PushSignature => ({
  r: toHex(bytes.subarray(0, HASH_BYTES)),
  s: toHex(bytes.subarray(HASH_BYTES, 2 * HASH_BYTES)),
});

/** r‖s again; null when it is no signature. */
export function signatureBytes({ r, s }: PushSignature): Bytes | null {
  const hex = /^[0-9a-f]{64}$/;
  return hex.test(r) && hex.test(s) ? joinBytes(hashBytes(r), hashBytes(s)) : null;
}

/** The point of a printed key; null when it is none. */
export function pointOf(key: string): Bytes | null {
  const bytes = key.length === DEVICE_KEY_LETTERS ? fromBase64Url(key) : null;
  return bytes?.length === POINT_BYTES && bytes[0] === UNCOMPRESSED ? bytes : null;
}

/** Name of a key: 11 letters. */
export const deviceKeyId = async (digest: Digest, point: Bytes): Promise<string> =>
  toBase64Url((await digest(point)).subarray(0, 8));
