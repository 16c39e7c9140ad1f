/** Several byte strings as one: one message to a worker, one transfer, no copy on the way. */
import { joinBytes, type Bytes } from '../../protocol/bytes.ts';

export interface Batch {
  readonly bytes: Bytes;
  /** Where each string ends in `bytes`. */
  readonly ends: Uint32Array;
}

export function toBatch(parts: readonly Uint8Array[]): Batch {
  const ends = new Uint32Array(parts.length);
  let at = 0;
  parts.forEach((part, i) => {
    at += part.length;
    ends[i] = at;
  });
  return { bytes: joinBytes(...parts), ends };
}

/** The strings again, each with bytes of its own: they outlive the message. */
export function fromBatch({ bytes, ends }: Batch): Bytes[] {
  let from = 0;
  return Array.from(ends, (end) => {
    const part = bytes.slice(from, end);
    from = end;
    return part;
  });
}

/** True when the ends go up and the last one is the length. */
export function isBatch({ bytes, ends }: Batch): boolean {
  let before = 0;
  for (const end of ends) {
    if (end < before) return false;
    before = end;
  }
  return before === bytes.length;
}
