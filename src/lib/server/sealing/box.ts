/**
 * Words of a sealed case as they stand in a column: text under a data key of the county.
 *
 *     ~S1.<id of the key, 22>.<base64url of nonce (12) ‖ ciphertext ‖ tag (16)>
 *     AAD   "daiban at rest 1|" column "|" case
 *
 * Columns that hold boxes otherwise hold JSON, which never begins with a tilde. Synchronous, by
 * Node's own crypto: rows are made and read in the middle of a transaction.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export const BOX_MARK = '~S1.';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = 22;
const HEAD = BOX_MARK.length + KEY_ID + 1;

/** Which column of which case: a box opens nowhere else. */
export interface BoxPlace {
  readonly column: 'body' | 'file' | 'raw';
  readonly caseId: string;
}

/** A key for rows and files; `raw` is 32 bytes and never leaves the server's memory. */
export interface DataKey {
  readonly id: string;
  readonly raw: Uint8Array;
}

const aadOf = ({ column, caseId }: BoxPlace): Buffer =>
  Buffer.from(`daiban at rest 1|${column}|${caseId}`);

export const isBox = (value: unknown): boolean =>
  typeof value === 'string' && value.startsWith(BOX_MARK);

/** What stands for a `file` that its own key does not open: somebody changed or moved it. */
export const ALTERED = `${BOX_MARK}!`;
export const isAltered = (value: unknown): boolean => value === ALTERED;

/** Id of the key that opens it. */
export const keyOfBox = (box: string): string => box.slice(BOX_MARK.length, HEAD - 1);

/** nonce ‖ ciphertext ‖ tag. */
export function sealBytes({ raw }: DataKey, aad: Uint8Array, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', raw, nonce).setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** null: another key, another place, or changed bytes. */
export function openBytes({ raw }: DataKey, aad: Uint8Array, sealed: Uint8Array): Buffer | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', raw, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad).setAuthTag(sealed.subarray(end));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final()]);
  } catch {
    return null;
  }
}

export const sealText = (key: DataKey, place: BoxPlace, text: string): string =>
  `${BOX_MARK}${key.id}.${sealBytes(key, aadOf(place), Buffer.from(text)).toString('base64url')}`;

export function openText(key: DataKey, place: BoxPlace, box: string): string | null {
  const sealed = Buffer.from(box.slice(HEAD), 'base64url');
  return openBytes(key, aadOf(place), sealed)?.toString('utf8') ?? null;
}
