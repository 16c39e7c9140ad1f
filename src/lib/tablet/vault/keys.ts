/** The vault's key (DEK, 256 random bits, one per agent and tablet) and what is derived from it. */
import { textBytes, randomBytes, type Bytes } from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import type { VaultStore } from './body.ts';

export const DEK_BYTES = 32;
export const newDek = (): Bytes => randomBytes(DEK_BYTES);

/** Subkeys; none can be exported. */
export interface VaultKeys {
  readonly event: CryptoKey;
  readonly blob: CryptoKey;
  readonly draft: CryptoKey;
  /** HMAC: equal values are found again without showing that they are equal to others. */
  readonly index: CryptoKey;
  /** Wraps envelope keys for the vault itself. */
  readonly envelope: CryptoKey;
}

const hkdf = (purpose: string) => ({
  ...{ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32) },
  info: textBytes(`daiban vault 1 ${purpose}`),
});

/** All subkeys of a DEK; the caller overwrites its bytes afterwards. */
export async function deriveKeys(dek: Bytes): Promise<VaultKeys> {
  const root = await crypto.subtle.importKey('raw', dek, 'HKDF', false, ['deriveKey']);
  const gcm = (purpose: string) =>
    crypto.subtle.deriveKey(hkdf(purpose), root, { name: 'AES-GCM', length: 256 }, false, [
      ...(['encrypt', 'decrypt'] as const),
    ]);
  const mac = { name: 'HMAC', hash: 'SHA-256', length: 256 };
  const [event, blob, draft, envelope, index] = await Promise.all([
    gcm('event'),
    gcm('blob'),
    gcm('draft'),
    gcm('envelope'),
    crypto.subtle.deriveKey(hkdf('index'), root, mac, false, ['sign']),
  ]);
  return { event, blob, draft, envelope, index };
}

/** Which key a store's bodies lie under. */
export function keyFor(keys: VaultKeys, store: VaultStore): CryptoKey {
  if (store === 'media' || store === 'chunks') return keys.blob;
  return store === 'drafts' ? keys.draft : keys.event;
}

/** Name under which a value may stand in clear: the same value gives the same name in this vault. */
export async function indexName(keys: VaultKeys, value: string): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', keys.index, textBytes(value));
  return toBase64Url(new Uint8Array(mac).subarray(0, 16));
}
