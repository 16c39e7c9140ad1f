/**
 * JSON is sealed in steps of length, so that who has the disk or a file sees only roughly how long it is:
 *
 *     { … }␠␠␠␠   up to the next 256 bytes; beyond 8 KiB the step grows with the length, so that
 *                  at most an eighth is added
 *
 * Blanks behind JSON mean nothing: whoever read it before reads it now.
 */
import type { Bytes } from './bytes.ts';

/** The smallest step. */
export const PAD_STEP = 256;
const BLANK = 0x20;

/** The length that so many bytes of JSON are sealed with. */
export function paddedLength(bytes: number): number {
  const order = Math.floor(Math.log2(Math.max(1, bytes)));
  // As PADMÉ has it: of a length only its order and the first few bits behind it are told.
  const step = 2 ** (order - Math.floor(Math.log2(Math.max(1, order))) - 1);
  const used = Math.max(PAD_STEP, step);
  return Math.ceil(bytes / used) * used;
}

/** JSON with blanks behind it; the same bytes where there is nothing to add. */
export function padJson(json: Bytes): Bytes {
  const length = paddedLength(json.length);
  if (length === json.length) return json;
  const padded = new Uint8Array(length).fill(BLANK, json.length);
  padded.set(json);
  return padded;
}
