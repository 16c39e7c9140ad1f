/**
 * A part of an officer's private key as it is printed and typed again: letters that nobody mixes up
 * (no I, L, O, U), in groups of four, with a check over the key's name.
 *
 *     bytes   version 1 ‖ number ‖ 32 bytes ‖ first 4 of SHA-256( "daiban share 1|" key id "|" … )
 */
import { joinBytes, sameBytes, textBytes, type Bytes } from './bytes.ts';
import { SCALAR_BYTES } from './officer-key.ts';
import type { Part } from './shamir.ts';

const VERSION = 1;
const CHECK_BYTES = 4;
const LENGTH = 2 + SCALAR_BYTES + CHECK_BYTES;
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUP = 4;
/** How many sheets are printed, and how many open. */
export const SHARES = { parts: 3, needed: 2 } as const;
/** Longest text that is looked at. */
export const SHARE_CHARS_MAX = 200;

function lettersOf(bytes: Uint8Array): string {
  const letters = Math.ceil((bytes.length * 8) / 5);
  const bit = (at: number) => ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
  return Array.from({ length: letters }, (_, i) => {
    const value = [0, 1, 2, 3, 4].reduce((sum, b) => sum * 2 + bit(i * 5 + b), 0);
    return LETTERS.charAt(value);
  }).join('');
}

function bytesOf(letters: string): Bytes | null {
  const out = new Uint8Array(LENGTH);
  if (letters.length !== Math.ceil((LENGTH * 8) / 5)) return null;
  for (const [i, letter] of [...letters].entries()) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return null;
    for (let b = 0; b < 5; b += 1) {
      const at = i * 5 + b;
      if (((value >> (4 - b)) & 1) === 0) continue;
      // The last letter has a bit too many, which is always 0.
      if (at >= LENGTH * 8) return null;
      out[at >> 3] = (out[at >> 3] ?? 0) | (0x80 >> (at & 7));
    }
  }
  return out;
}

async function checkOf(keyId: string, body: Uint8Array): Promise<Bytes> {
  const told = joinBytes(textBytes(`daiban share 1|${keyId}|`), body);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', told)).slice(0, CHECK_BYTES);
}

/** The part as it is printed. */
export async function printShare(keyId: string, { n, bytes }: Part): Promise<string> {
  const body = joinBytes(new Uint8Array([VERSION, n]), bytes);
  const letters = lettersOf(joinBytes(body, await checkOf(keyId, body)));
  return letters.match(new RegExp(`.{1,${GROUP}}`, 'g'))?.join('-') ?? '';
}

/** A typed part; null: a letter is wrong or missing, or it is of another key. */
export async function readShare(keyId: string, typed: string): Promise<Part | null> {
  const plain = typed.slice(0, SHARE_CHARS_MAX).toUpperCase().replaceAll(/[\s-]/g, '');
  const same = plain.replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const all = bytesOf(same);
  if (all?.[0] !== VERSION) return null;
  const body = all.slice(0, LENGTH - CHECK_BYTES);
  if (!sameBytes(all.slice(-CHECK_BYTES), await checkOf(keyId, body))) return null;
  return { n: body[1] ?? 0, bytes: body.slice(2) };
}
