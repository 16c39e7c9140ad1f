/**
 * The vault's key under what a person has or knows:
 *
 *     W_card    GCM( HKDF( card secret 128 bit ‖ Argon2id(PIN) ), DEK )     the everyday way
 *     W_pass    GCM( HKDF( Argon2id(passphrase) ), DEK )                    without the card
 *     W_prf     GCM( HKDF( authenticator's output ), DEK )                  where one is, never needed
 *     W_county  HPKE( recovery key, DEK )     the county's, before any personal data; never kept here
 *
 * A wrap is bound to its vault and kind, so none can be put in the place of another.
 */
import * as z from 'zod/mini';
import {
  fromBase64Url,
  joinBytes,
  randomBytes,
  textBytes,
  type Bytes,
} from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import { sealCountyWrap } from '../../protocol/reopen.ts';
import type { Recipient } from '../../protocol/sealed.ts';
import { kdfSchema, SALT_BYTES, standardKdf, stretch, type Argon2, type Kdf } from './kdf.ts';
import { DEK_BYTES } from './keys.ts';

const NONCE_BYTES = 12;
/** Text of a person before it is stretched: no more than this is looked at. */
export const SECRET_CHARS_MAX = 256;

const text = (max: number) =>
  z.string().check(z.minLength(1), z.maxLength(max), z.regex(/^[\w-]+$/));
const common = { v: z.literal(1), salt: text(64), box: text(400) };

export const wrapSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('card'), cardId: text(32), kdf: kdfSchema, ...common }),
  z.object({ kind: z.literal('pass'), kdf: kdfSchema, ...common }),
  z.object({ kind: z.literal('prf'), credentialId: text(1_400), ...common }),
  z.object({ kind: z.literal('county'), v: z.literal(1), keyId: text(64), box: text(400) }),
]);
/** One wrap: it says nothing of the person. */
export type Wrap = z.infer<typeof wrapSchema>;
export type SecretWrap = Exclude<Wrap, { kind: 'county' }>;

/** What a person brings to the unlock. */
export type Secret =
  | { readonly kind: 'card'; readonly cardId: string; readonly card: Bytes; readonly pin: string }
  | { readonly kind: 'pass'; readonly passphrase: string }
  | { readonly kind: 'prf'; readonly credentialId: string; readonly output: Bytes };

/** One form of a passphrase however the keyboard writes it; names are never treated so. */
const secretBytes = (words: string): Bytes =>
  textBytes(words.normalize('NFKC').trim().slice(0, SECRET_CHARS_MAX));

async function boxKey(material: Bytes, salt: Bytes, info: string): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey('raw', material, 'HKDF', false, ['deriveKey']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt, info: textBytes(info) };
  const length = { name: 'AES-GCM', length: 256 };
  return crypto.subtle.deriveKey(how, root, length, false, ['encrypt', 'decrypt']);
}

interface Stretching {
  readonly salt: Bytes;
  readonly kdf: Kdf | null;
  readonly argon2: Argon2 | null;
}

/** Key material of a secret; null: Argon2id is needed and missing. */
async function material(secret: Secret, { salt, kdf, argon2 }: Stretching): Promise<Bytes | null> {
  if (secret.kind === 'prf' || kdf === null) return secret.kind === 'prf' ? secret.output : null;
  const words = secret.kind === 'card' ? secret.pin : secret.passphrase;
  const slow = await stretch(secretBytes(words), salt, { kdf, argon2 });
  if (!slow || secret.kind !== 'card') return slow;
  return joinBytes(secret.card, slow);
}

const bindingOf = (vaultId: string, kind: Wrap['kind'], detail: string): string =>
  `daiban wrap 1|${kind}|${vaultId}|${detail}`;
const detailOf = (of: { kind: string; cardId?: string; credentialId?: string }): string =>
  of.cardId ?? of.credentialId ?? '';

/** Where the wraps belong and what this machine can do. */
export interface WrapGround {
  readonly vaultId: string;
  readonly argon2: Argon2 | null;
  /** Parameters for new wraps; the standard ones without it. */
  readonly kdf?: Kdf;
}

/** Wraps the vault's key under a secret, with a salt of its own. */
export async function wrapUnder(ground: WrapGround, secret: Secret, dek: Bytes): Promise<Wrap> {
  const salt = randomBytes(SALT_BYTES);
  const kdf = ground.kdf ?? standardKdf(ground.argon2);
  const key = await keyOf(ground, secret, { salt, kdf, argon2: ground.argon2 });
  if (!key) throw new Error('new wraps use what this machine can do');
  const iv = randomBytes(NONCE_BYTES);
  const binding = textBytes(bindingOf(ground.vaultId, secret.kind, detailOf(secret)));
  const how = { name: 'AES-GCM', iv, additionalData: binding };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(how, key, dek));
  const box = toBase64Url(joinBytes(iv, sealed));
  const rest = { v: 1 as const, salt: toBase64Url(salt), box };
  if (secret.kind === 'card') return { kind: 'card', cardId: secret.cardId, kdf, ...rest };
  if (secret.kind === 'pass') return { kind: 'pass', kdf, ...rest };
  return { kind: 'prf', credentialId: secret.credentialId, ...rest };
}

async function keyOf(
  { vaultId }: WrapGround,
  secret: Secret,
  how: Stretching,
): Promise<CryptoKey | null> {
  const bytes = await material(secret, how);
  return bytes && boxKey(bytes, how.salt, bindingOf(vaultId, secret.kind, 'key'));
}

/** Why a wrap stayed closed. `NO_ARGON2`: this browser cannot count it, not: the secret is wrong. */
export type WrapFault = 'WRONG' | 'NO_ARGON2';

/** The vault's key out of a wrap; a card that is not the wrap's card is as wrong as a wrong PIN. */
export async function openWrap(
  ground: WrapGround,
  wrap: SecretWrap,
  secret: Secret,
): Promise<Bytes | WrapFault> {
  const salt = fromBase64Url(wrap.salt);
  const box = fromBase64Url(wrap.box);
  if (wrap.kind !== secret.kind || !salt || !box) return 'WRONG';
  const kdf = 'kdf' in wrap ? wrap.kdf : null;
  if (kdf?.kind === 'argon2id' && !ground.argon2) return 'NO_ARGON2';
  const key = await keyOf(ground, secret, { salt, kdf, argon2: ground.argon2 });
  if (!key) return 'WRONG';
  const binding = textBytes(bindingOf(ground.vaultId, wrap.kind, detailOf(wrap)));
  const how = { name: 'AES-GCM', iv: box.slice(0, NONCE_BYTES), additionalData: binding };
  try {
    const dek = new Uint8Array(await crypto.subtle.decrypt(how, key, box.slice(NONCE_BYTES)));
    return dek.length === DEK_BYTES ? dek : 'WRONG';
  } catch {
    return 'WRONG';
  }
}

/** Wraps for the county's recovery keys; two keys may be in force at a time. */
export const wrapForCounty = (
  vaultId: string,
  recovery: readonly Recipient[],
  dek: Bytes,
): Promise<Wrap[]> =>
  Promise.all(
    recovery.map(async ({ keyId, publicKey }) => {
      const sealed = await sealCountyWrap(vaultId, publicKey, dek);
      return { kind: 'county' as const, v: 1 as const, keyId, box: toBase64Url(sealed) };
    }),
  );

export { openCountyWrap } from '../../protocol/reopen.ts';
