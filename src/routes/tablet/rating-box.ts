/**
 * 封存: a rating is encrypted on the tablet to the county's rating key and cannot be read here again.
 *
 * Box = base64url(ephemeral public key 65 | nonce 12 | AES-256-GCM). The key is HKDF-SHA-256 of an
 * ECDH P-256 agreement. The text is padded, so that the length of a box tells nothing.
 */
import type { SealedRating } from '$lib/domain/rating';

/** The county's public rating key; private only at the rating desk. */
export interface RatingKey {
  readonly keyId: string;
  /** Raw P-256 point, 65 bytes, base64url. */
  readonly publicKey: string;
}

const storageKey = 'daiban.rating-key';
const info = new TextEncoder().encode('daiban rating v1');
/** Every box is a multiple of this: a short and a long answer look alike. */
const padTo = 4096;
const fetchTimeoutMs = 15_000;

const toBase64Url = (bytes: Uint8Array): string => {
  let text = '';
  for (const b of bytes) text += String.fromCharCode(b);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
};
const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

const isKey = (value: unknown): value is RatingKey =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as RatingKey).keyId === 'string' &&
  typeof (value as RatingKey).publicKey === 'string';

/** The key this tablet holds; a public key is no secret, so it lies in the open. */
export function heldRatingKey(): RatingKey | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? 'null');
    return isKey(value) ? value : null;
  } catch {
    return null;
  }
}

/** Fetches the county's key when there is signal; the one held stays when it fails. */
export async function refreshRatingKey(): Promise<RatingKey | null> {
  try {
    const reply = await fetch('/api/rating-key', {
      redirect: 'error',
      signal: AbortSignal.timeout(fetchTimeoutMs),
    });
    const value: unknown = reply.ok ? await reply.json() : null;
    if (isKey(value)) {
      // Only a point of the curve is taken over: a login page is not a key.
      await importKey(value);
      localStorage.setItem(storageKey, JSON.stringify(value));
    }
  } catch {
    // No signal, or not the county: the key held still seals.
  }
  return heldRatingKey();
}

const importKey = (key: RatingKey): Promise<CryptoKey> =>
  crypto.subtle.importKey(
    'raw',
    fromBase64Url(key.publicKey),
    { name: 'ECDH', namedCurve: 'P-256' },
    false,
    [],
  );

/** Seals a rating to the key; only the holder of the private key can open it. */
export async function sealRating(rating: SealedRating, key: RatingKey): Promise<string> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, [
    'deriveBits',
  ]);
  const shared = await crypto.subtle.deriveBits(
    { name: 'ECDH', public: await importKey(key) },
    pair.privateKey,
    256,
  );
  const ephemeral = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const material = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const aes = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: ephemeral, info },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt'],
  );
  const text = new TextEncoder().encode(JSON.stringify(rating));
  const padded = new Uint8Array(Math.ceil((text.length + 1) / padTo) * padTo).fill(0x20);
  padded.set(text);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, aes, padded));
  const box = new Uint8Array(ephemeral.length + iv.length + sealed.length);
  box.set(ephemeral);
  box.set(iv, ephemeral.length);
  box.set(sealed, ephemeral.length + iv.length);
  return toBase64Url(box);
}
