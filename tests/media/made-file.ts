import { createHash } from 'node:crypto';
import type { Sha256 } from '../../src/lib/domain/values.ts';

/** The same bytes for the same numbers, in every process. */
export function madeFile(seed: number, n: number): { sha: Sha256; bytes: Uint8Array } {
  let state = (seed * 7919 + n * 104_729 + 1) >>> 0;
  const bytes = new Uint8Array(100_000 + (n % 5) * 30_000);
  for (let at = 0; at < bytes.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return { sha: createHash('sha256').update(bytes).digest('hex') as Sha256, bytes };
}
