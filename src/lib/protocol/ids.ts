/** Ids as 128 bits, printed in base64url without padding (22 characters). */
import { toBase64Url } from './hash.ts';

/** The 16 bytes of a printed id. */
export function idBytes(id: string): Uint8Array<ArrayBuffer> {
  const binary = atob(id.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from({ length: 16 }, (_, i) => binary.charCodeAt(i));
}

/**
 * The id after this one, as the number of 128 bits plus one. The events of one act have such ids,
 * from one random id on: on the wire the first says them all.
 */
export function nextId(id: string): string {
  const bytes = idBytes(id);
  for (let at = 15; at >= 0; at--) {
    const byte = ((bytes[at] ?? 0) + 1) & 255;
    bytes[at] = byte;
    if (byte !== 0) break;
  }
  return toBase64Url(bytes);
}

/** True for 22 characters that stand for exactly 128 bits. */
export const isId = (text: string): boolean => /^[\w-]{21}[AQgw]$/.test(text);
