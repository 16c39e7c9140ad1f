/** Ids as 128 bits, printed in base64url without padding (22 characters). */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

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
  // The last letter holds two bits only: A, Q, g, w are 0 to 3.
  let rest = '';
  for (let at = 21, step = 16; at >= 0; at--, step = 1) {
    const digit = DIGITS.indexOf(id.charAt(at)) + step;
    if (digit < 64) return id.slice(0, at) + DIGITS.charAt(digit) + rest;
    rest = `A${rest}`;
  }
  return rest;
}

/** Order of ids as the numbers that they are: within one act that in which its events were made. */
export function idOrder(a: string, b: string): number {
  for (let at = 0; at < 22; at++) {
    const order = DIGITS.indexOf(a.charAt(at)) - DIGITS.indexOf(b.charAt(at));
    if (order !== 0) return order;
  }
  return 0;
}

/** True for 22 characters that stand for exactly 128 bits. */
export const isId = (text: string): boolean => /^[\w-]{21}[AQgw]$/.test(text);
