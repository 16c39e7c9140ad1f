/** Finds thousands of patterns in one pass over many megabytes. */
import type { Pattern } from './needles.ts';

const HASHES = 1 << 24;

export class Grep {
  private readonly bits = new Uint8Array(HASHES / 8);
  private readonly byHead = new Map<number, Pattern[]>();

  /** @param patterns each of at least four bytes */
  constructor(patterns: readonly Pattern[]) {
    for (const pattern of patterns) {
      const three = pattern.bytes.readUIntLE(0, 3);
      this.bits[three >> 3] = (this.bits[three >> 3] ?? 0) | (1 << (three & 7));
      const head = pattern.bytes.readUInt32LE(0);
      const same = this.byHead.get(head);
      if (same) same.push(pattern);
      else this.byHead.set(head, [pattern]);
    }
  }

  /** Every pattern that stands somewhere in these bytes. */
  in(bytes: Uint8Array): Set<Pattern> {
    const found = new Set<Pattern>();
    const { bits } = this;
    const n = bytes.length - 3;
    let three = ((bytes[0] ?? 0) << 8) | ((bytes[1] ?? 0) << 16);
    for (let i = 0; i < n; i++) {
      three = (three >>> 8) | ((bytes[i + 2] as number) << 16);
      if (((bits[three >> 3] as number) & (1 << (three & 7))) !== 0) this.look(bytes, i, found);
    }
    return found;
  }

  private look(bytes: Uint8Array, at: number, found: Set<Pattern>): void {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
    const head = (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
    for (const pattern of this.byHead.get(head) ?? []) {
      const { length } = pattern.bytes;
      if (at + length <= bytes.length && pattern.bytes.equals(bytes.subarray(at, at + length)))
        found.add(pattern);
    }
  }
}
