/** What a payload adds to a message of version 2 before deflate, near enough to cut batches by. */
import { SHORT_MAX } from './skeleton.ts';

const NOT_ASCII = /\P{ASCII}/u;
const NUMBER_BYTES = 4;

const REPEATED_BYTES = 3;

/**
 * Bytes of the leaves of a JSON value; its shape is shared and counts nothing. `seen` holds the long
 * strings of the message so far: one that comes again costs next to nothing.
 */
export function leafBytes(value: unknown, seen: Set<string>): number {
  if (typeof value === 'string') {
    if (value.length > SHORT_MAX) {
      if (seen.has(value)) return REPEATED_BYTES;
      seen.add(value);
    }
    return 1 + (NOT_ASCII.test(value) ? 2 * value.length : value.length);
  }
  if (typeof value === 'number') return NUMBER_BYTES;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, member) => sum + leafBytes(member, seen), 0);
}

/** Id, place, type and time of one event beside its payload; a case adds its id and salt. */
export const EVENT_BYTES = 30;
export const CASE_BYTES = 32;
