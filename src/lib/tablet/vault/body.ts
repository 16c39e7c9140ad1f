/**
 * A sealed body of the vault:
 *
 *     0x11 JSON, 0x12 bytes ‖ nonce (12, random) ‖ AES-256-GCM ciphertext ‖ tag (16)
 *     AAD   "daiban vault 1|" store "|" id "|" version
 *
 * A body belongs to one place: moved to another row, store or version it does not open. `dv` and
 * `ds` are no part of the place, because a fork renumbers events.
 *
 * Random nonces are safe up to 2^32 bodies under one key; a draft written every second of every
 * working day for ten years is 2^27.
 */
import { joinBytes, randomBytes, textBytes, type Bytes } from '../../protocol/bytes.ts';
import { padJson } from '../../protocol/padding.ts';
import type { CopyPlace } from '../../protocol/sealed.ts';

/** Plain bodies of a store that had no keys yet. */
export const PLAIN_JSON = 0x01;
export const PLAIN_BYTES = 0x02;
export const VAULT_JSON = 0x11;
export const VAULT_BYTES = 0x12;
const NONCE_BYTES = 12;
/** What sealing adds to a body, with its byte of version. */
export const VAULT_OVERHEAD = 1 + NONCE_BYTES + 16;

/** Stores of the tablet that hold sealed bodies; `notes` and `facts` are second bodies of a row. */
export type VaultStore =
  'events' | 'notes' | 'cases' | 'facts' | 'drafts' | 'meta' | 'media' | 'chunks' | 'wraps';

export interface Place {
  readonly store: VaultStore;
  readonly id: string;
  /** Revision of what is overwritten (drafts), 1 of what is written once. */
  readonly version: number;
}

export const aadText = ({ store, id, version }: Place): string => `${store}|${id}|${version}`;
const aadOf = (place: string): Bytes => textBytes(`daiban vault 1|${place}`);

/**
 * How a place is named in a copy: what the county reads by the id it knows, the rest by the place.
 */
export function copyPlaceOf(place: string): CopyPlace {
  const [store = '', id = ''] = place.split('|');
  if (store === 'events') return { kind: 'event', id };
  if (store === 'media') return { kind: 'file', id };
  if (store === 'chunks') return { kind: 'slice', id };
  return { kind: 'body', id: place };
}

/** Seals bytes, JSON in steps of length, for a place, given as `aadText` writes it. */
export async function sealBody(
  key: CryptoKey,
  place: string,
  what: { readonly kind: number; readonly plain: Bytes },
): Promise<Bytes> {
  const iv = randomBytes(NONCE_BYTES);
  const how = { name: 'AES-GCM', iv, additionalData: aadOf(place) };
  const plain = what.kind === VAULT_JSON ? padJson(what.plain) : what.plain;
  const sealed = new Uint8Array(await crypto.subtle.encrypt(how, key, plain));
  return joinBytes(new Uint8Array([what.kind]), iv, sealed);
}

export const isSealed = (body: Uint8Array): boolean =>
  body[0] === VAULT_JSON || body[0] === VAULT_BYTES;

/** Opens a sealed body; null: another key, another place, or changed bytes. */
export async function openBody(
  key: CryptoKey,
  place: string,
  body: Uint8Array,
): Promise<Bytes | null> {
  if (!isSealed(body) || body.length < VAULT_OVERHEAD) return null;
  const how = {
    ...{ name: 'AES-GCM', iv: body.slice(1, 1 + NONCE_BYTES) },
    additionalData: aadOf(place),
  };
  try {
    const plain = await crypto.subtle.decrypt(how, key, body.slice(1 + NONCE_BYTES));
    return new Uint8Array(plain);
  } catch {
    return null;
  }
}
