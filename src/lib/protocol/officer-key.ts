/**
 * A key pair that an officer makes in his browser at the desk. The county keeps the public half and
 * the private one under his passphrase; whoever has neither passphrase nor two sheets opens nothing.
 *
 *     box   nonce (12) ‖ AES-256-GCM( HKDF( Argon2id(passphrase) ), private scalar 32 )
 *     AAD   "daiban officer key 1|" purpose "|" key id "|" public key
 */
import * as z from 'zod/mini';
import { fromBase64Url, joinBytes, randomBytes, textBytes, type Bytes } from './bytes.ts';
import { toBase64Url, toHex } from './hash.ts';
import { hpkeOpen, hpkeSeal, newKeyPair, privateKeyOf } from './hpke.ts';
import { kdfSchema, SALT_BYTES, standardKdf, stretch, type Argon2, type Kdf } from './kdf.ts';

/** What a key is for: backups and hand-in files, sealed cases, ratings. */
export const KEY_PURPOSES = ['recovery', 'sealing', 'rating'] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** Bytes of a private P-256 key. */
export const SCALAR_BYTES = 32;
const NONCE_BYTES = 12;
/** Fewer characters than this are no passphrase for a key. */
export const KEY_PASSPHRASE_MIN = 12;
const PASSPHRASE_CHARS_MAX = 256;

const printed = (max: number) => z.string().check(z.regex(/^[\w-]+$/), z.maxLength(max));

export const officerKeySchema = z.object({
  v: z.literal(1),
  purpose: z.enum(KEY_PURPOSES),
  keyId: z.string().check(z.regex(/^(recovery|sealing|rating)-[0-9a-f]{8}$/)),
  /** Uncompressed P-256 point, base64url. */
  publicKey: z.string().check(z.regex(/^B[\w-]{86}$/)),
  kdf: kdfSchema,
  salt: printed(64),
  box: printed(200),
});
/** The wrapped key as the county keeps it, and as the officer's own file has it. */
export type OfficerKey = z.infer<typeof officerKeySchema>;

/** What opens: the private half as 32 bytes. Lives as long as it is needed. */
export interface OpenedKey {
  readonly keyId: string;
  readonly publicKey: Bytes;
  readonly scalar: Bytes;
}

/** The private half for HPKE. The public point must be the one that belongs to it. */
export function hpkePairOf({ publicKey, scalar }: Pick<OpenedKey, 'publicKey' | 'scalar'>) {
  const jwk = {
    ...{ kty: 'EC', crv: 'P-256', d: toBase64Url(scalar) },
    x: toBase64Url(publicKey.slice(1, 33)),
    y: toBase64Url(publicKey.slice(33)),
  };
  return privateKeyOf(jwk).then((privateKey) => ({ publicKey, privateKey }));
}

/** Eight groups that two people compare on the telephone: SHA-256 of the public key, 16 bytes. */
export async function fingerprintOf(publicKey: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new Uint8Array(publicKey));
  const hex = toHex(new Uint8Array(hash).slice(0, 16));
  return hex.match(/.{4}/g)?.join(' ') ?? '';
}

/** A fresh pair, in memory only. */
export async function newOfficerKey(purpose: KeyPurpose): Promise<OpenedKey> {
  const { publicKey, privateKey } = await newKeyPair();
  const scalar = fromBase64Url(privateKey.d ?? '') ?? new Uint8Array(0);
  return { keyId: `${purpose}-${toHex(randomBytes(4))}`, publicKey, scalar };
}

type Bound = Pick<OfficerKey, 'purpose' | 'keyId' | 'publicKey'>;
const aadOf = ({ purpose, keyId, publicKey }: Bound): Bytes =>
  textBytes(`daiban officer key 1|${purpose}|${keyId}|${publicKey}`);

async function boxKey(
  passphrase: string,
  salt: Bytes,
  how: { readonly kdf: Kdf; readonly argon2: Argon2 | null },
): Promise<CryptoKey | null> {
  const words = passphrase.normalize('NFKC').trim().slice(0, PASSPHRASE_CHARS_MAX);
  const slow = await stretch(textBytes(words), salt, how);
  if (slow === null) return null;
  const root = await crypto.subtle.importKey('raw', slow, 'HKDF', false, ['deriveKey']);
  const derive = { name: 'HKDF', hash: 'SHA-256', salt, info: textBytes('daiban officer key 1') };
  const length = { name: 'AES-GCM', length: 256 };
  return crypto.subtle.deriveKey(derive, root, length, false, ['encrypt', 'decrypt']);
}

/** Puts the private half under a passphrase. */
export async function wrapOfficerKey(
  purpose: KeyPurpose,
  opened: OpenedKey,
  how: { readonly passphrase: string; readonly argon2: Argon2 | null; readonly kdf?: Kdf },
): Promise<OfficerKey | null> {
  const { argon2, kdf = standardKdf(argon2) } = how;
  const salt = randomBytes(SALT_BYTES);
  const key = await boxKey(how.passphrase, salt, { kdf, argon2 });
  if (key === null) return null;
  const bound = { purpose, keyId: opened.keyId, publicKey: toBase64Url(opened.publicKey) };
  const iv = randomBytes(NONCE_BYTES);
  const gcm = { name: 'AES-GCM', iv, additionalData: aadOf(bound) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm, key, opened.scalar));
  const box = toBase64Url(joinBytes(iv, sealed));
  return { v: 1, ...bound, kdf, salt: toBase64Url(salt), box };
}

/** Opens it again; `WRONG`: another passphrase or changed bytes, `NO_ARGON2`: not on this machine. */
export async function unwrapOfficerKey(
  wrapped: OfficerKey,
  how: { readonly passphrase: string; readonly argon2: Argon2 | null },
): Promise<OpenedKey | 'WRONG' | 'NO_ARGON2'> {
  const [salt, box] = [fromBase64Url(wrapped.salt), fromBase64Url(wrapped.box)];
  const publicKey = fromBase64Url(wrapped.publicKey);
  if (!salt || !box || !publicKey) return 'WRONG';
  const { kdf } = wrapped;
  const key = await boxKey(how.passphrase, salt, { kdf, argon2: how.argon2 });
  if (key === null) return 'NO_ARGON2';
  const iv = box.slice(0, NONCE_BYTES);
  const gcm = { name: 'AES-GCM', iv, additionalData: aadOf(wrapped) };
  try {
    const plain = await crypto.subtle.decrypt(gcm, key, box.slice(NONCE_BYTES));
    return { keyId: wrapped.keyId, publicKey, scalar: new Uint8Array(plain) };
  } catch {
    return 'WRONG';
  }
}

const probe = { info: textBytes('daiban key probe 1'), aad: new Uint8Array(0) };

/** Whether these 32 bytes open what is sealed to the public key: asked before anything relies on it. */
export async function opensOwn(opened: Pick<OpenedKey, 'publicKey' | 'scalar'>): Promise<boolean> {
  const plain = randomBytes(32);
  try {
    const sealed = await hpkeSeal(opened.publicKey, { plain, ...probe });
    const back = await hpkeOpen(await hpkePairOf(opened), { sealed, ...probe });
    return back !== null && toHex(back) === toHex(plain);
  } catch {
    return false;
  }
}
