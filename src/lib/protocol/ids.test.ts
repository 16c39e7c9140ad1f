import { describe, expect, it } from 'vitest';
import { toBase64Url, toHex } from './hash.ts';
import { idBytes, nextId } from './ids.ts';

const idOf = (value: bigint): string =>
  toBase64Url(
    Uint8Array.from({ length: 16 }, (_, i) => Number((value >> BigInt(120 - 8 * i)) & 255n)),
  );
const ALL = 2n ** 128n;

describe('ids', () => {
  it('the next one is the number of 128 bits plus one, over every carry', () => {
    const odd = [0n, 1n, 3n, 255n, 0x3ffn, 2n ** 62n - 1n, ALL - 2n, ALL - 1n, ALL / 7n];
    for (let bits = 0n; bits < 128n; bits++) odd.push(2n ** bits - 1n);
    for (const value of odd) expect(nextId(idOf(value))).toBe(idOf((value + 1n) % ALL));
  });

  describe('with an engine of yesterday', () => {
    it('bytes are printed as the newer engine prints them', () => {
      const samples = [0, 1, 2, 3, 15, 16, 17, 32].map((length) =>
        Uint8Array.from({ length }, (_, i) => (i * 89 + 250) & 255),
      );
      const now = samples.map((bytes) => [toHex(bytes), toBase64Url(bytes)]);
      // Buffer.toString is the third voice: it is neither of the two.
      const node = samples.map((bytes) => [
        Buffer.from(bytes).toString('hex'),
        Buffer.from(bytes).toString('base64url'),
      ]);
      expect(now).toEqual(node);
      const old = samples.map((bytes) => {
        Object.defineProperties(bytes, {
          toHex: { value: undefined },
          toBase64: { value: undefined },
        });
        return [toHex(bytes), toBase64Url(bytes)];
      });
      expect(old).toEqual(node);
    });

    it('an id is printed again from its bytes', () => {
      expect(toBase64Url(idBytes(idOf(ALL / 3n)))).toBe(idOf(ALL / 3n));
    });
  });
});
