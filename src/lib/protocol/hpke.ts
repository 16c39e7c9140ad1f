/**
 * Sealing to a public key: HPKE of RFC 9180 in base mode, one message per key pair made for it.
 *
 *     suite   DHKEM(P-256, HKDF-SHA256) 0x0010 · HKDF-SHA256 0x0001 · AES-256-GCM 0x0002
 *     sealed  enc (65 bytes, the sender's point) ‖ ciphertext ‖ tag (16)
 *
 * P-256 because every WebCrypto has it; X25519 came to Chromium only in 2025. The suite names are
 * part of every derivation, so a later suite cannot be mistaken for this one.
 * Source: RFC 9180, sections 4, 5.1 and 6.1; its vector A.3.1 is a test.
 */
import { joinBytes, textBytes, type Bytes } from './bytes.ts';

const CURVE = { name: 'ECDH', namedCurve: 'P-256' } as const;
const KEM = 0x0010;
const HASH_BYTES = 32;
const NONCE_BYTES = 12;
/** Bytes of an uncompressed point. */
export const POINT_BYTES = 65;
/** What sealing adds to a message. */
export const HPKE_OVERHEAD = POINT_BYTES + 16;

/** AEAD of the suite; the small one exists for the published vector. */
export type Aead = 'AES-256-GCM' | 'AES-128-GCM';
const AEADS: Readonly<Record<Aead, { readonly id: number; readonly keyBytes: number }>> = {
  'AES-128-GCM': { id: 1, keyBytes: 16 },
  'AES-256-GCM': { id: 2, keyBytes: 32 },
};

const u16 = (n: number): Bytes => new Uint8Array([n >> 8, n & 255]);
const kemSuite = joinBytes(textBytes('KEM'), u16(KEM));
const hpkeSuite = (aead: Aead): Bytes =>
  joinBytes(textBytes('HPKE'), u16(KEM), u16(1), u16(AEADS[aead].id));
const EMPTY = new Uint8Array(0);

async function hmac(key: Bytes, message: Bytes): Promise<Bytes> {
  // An empty HMAC key is the same as one of zeros, and WebCrypto takes only the second.
  const raw = key.length === 0 ? new Uint8Array(HASH_BYTES) : key;
  const how = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('raw', raw, how, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, message));
}

interface Labelled {
  readonly suite: Bytes;
  readonly label: string;
}

const extract = (salt: Bytes, { suite, label }: Labelled, ikm: Bytes): Promise<Bytes> =>
  hmac(salt, joinBytes(textBytes('HPKE-v1'), suite, textBytes(label), ikm));

/** At most one block of the hash: no key here is longer. */
async function expand(
  prk: Bytes,
  { suite, label, info }: Labelled & { readonly info: Bytes },
  length: number,
): Promise<Bytes> {
  const labelled = joinBytes(u16(length), textBytes('HPKE-v1'), suite, textBytes(label), info);
  return (await hmac(prk, joinBytes(labelled, new Uint8Array([1])))).slice(0, length);
}

/** Shared secret of the KEM from a Diffie-Hellman result and both points. */
async function kemSecret(dh: Bytes, context: Bytes): Promise<Bytes> {
  const prk = await extract(EMPTY, { suite: kemSuite, label: 'eae_prk' }, dh);
  return expand(prk, { suite: kemSuite, label: 'shared_secret', info: context }, HASH_BYTES);
}

async function messageKey(
  shared: Bytes,
  info: Bytes,
  aead: Aead,
): Promise<{ readonly key: CryptoKey; readonly nonce: Bytes }> {
  const suite = hpkeSuite(aead);
  const pskHash = await extract(EMPTY, { suite, label: 'psk_id_hash' }, EMPTY);
  const infoHash = await extract(EMPTY, { suite, label: 'info_hash' }, info);
  const context = joinBytes(new Uint8Array([0]), pskHash, infoHash);
  const secret = await extract(shared, { suite, label: 'secret' }, EMPTY);
  const { keyBytes } = AEADS[aead];
  const raw = await expand(secret, { suite, label: 'key', info: context }, keyBytes);
  const nonce = await expand(secret, { suite, label: 'base_nonce', info: context }, NONCE_BYTES);
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { key, nonce };
}

async function diffieHellman(mine: CryptoKey, point: Bytes): Promise<Bytes> {
  const theirs = await crypto.subtle.importKey('raw', point, CURVE, false, []);
  const how = { name: 'ECDH', public: theirs };
  return new Uint8Array(await crypto.subtle.deriveBits(how, mine, 256));
}

/** What a message is for and what it belongs to: both must be the same at the opening. */
export interface Binding {
  readonly info: Bytes;
  readonly aad: Bytes;
}

/** A key pair as WebCrypto and Node make it; the private half can be exported once, as JWK. */
export async function newKeyPair(): Promise<{ publicKey: Bytes; privateKey: JsonWebKey }> {
  const pair = await crypto.subtle.generateKey(CURVE, true, ['deriveBits']);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { publicKey, privateKey: await crypto.subtle.exportKey('jwk', pair.privateKey) };
}

/** The private half for `hpkeOpen`. */
export const privateKeyOf = (jwk: JsonWebKey): Promise<CryptoKey> =>
  crypto.subtle.importKey('jwk', jwk, CURVE, false, ['deriveBits']);

interface Sending {
  readonly aead?: Aead;
  /** Only for the published vector: a sender's pair that is not fresh. */
  readonly sender?: { readonly publicKey: Bytes; readonly privateKey: CryptoKey };
}

async function freshSender(): Promise<NonNullable<Sending['sender']>> {
  const pair = await crypto.subtle.generateKey(CURVE, false, ['deriveBits']);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { publicKey, privateKey: pair.privateKey };
}

/** Seals to a public key (65 bytes). Throws when the point is not on the curve. */
export async function hpkeSeal(
  to: Bytes,
  message: { readonly plain: Bytes } & Binding,
  sending: Sending = {},
): Promise<Bytes> {
  const sender = sending.sender ?? (await freshSender());
  const dh = await diffieHellman(sender.privateKey, to);
  const shared = await kemSecret(dh, joinBytes(sender.publicKey, to));
  const { key, nonce } = await messageKey(shared, message.info, sending.aead ?? 'AES-256-GCM');
  const how = { name: 'AES-GCM', iv: nonce, additionalData: message.aad };
  const box = await crypto.subtle.encrypt(how, key, message.plain);
  return joinBytes(sender.publicKey, new Uint8Array(box));
}

/** Opens what was sealed to this pair; null: another key, another purpose, or changed bytes. */
export async function hpkeOpen(
  own: { readonly publicKey: Bytes; readonly privateKey: CryptoKey },
  message: { readonly sealed: Bytes } & Binding,
  aead: Aead = 'AES-256-GCM',
): Promise<Bytes | null> {
  if (message.sealed.length < HPKE_OVERHEAD) return null;
  const enc = message.sealed.slice(0, POINT_BYTES);
  try {
    const dh = await diffieHellman(own.privateKey, enc);
    const shared = await kemSecret(dh, joinBytes(enc, own.publicKey));
    const { key, nonce } = await messageKey(shared, message.info, aead);
    const how = { name: 'AES-GCM', iv: nonce, additionalData: message.aad };
    const box = message.sealed.slice(POINT_BYTES);
    return new Uint8Array(await crypto.subtle.decrypt(how, key, box));
  } catch {
    return null;
  }
}
