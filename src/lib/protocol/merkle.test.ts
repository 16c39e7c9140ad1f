import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameBytes } from './bytes.ts';
import {
  consistencyPath,
  inclusionPath,
  isContinuation,
  leafBytes,
  rootByInclusion,
  rootOf,
  type TreeHashes,
} from './merkle.ts';

const digest = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const waiting = async (bytes: Uint8Array) => digest(bytes);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

const treeOf = (inputs: readonly string[]): TreeHashes => {
  const leaves = inputs.map((input) => digest(leafBytes(bytes(input))));
  return { digest, leaf: (at) => leaves[at] ?? new Uint8Array() };
};

/** The reference tree of Certificate Transparency: eight leaves and the roots after each. */
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657'].concat(
  '606162636465666768696a6b6c6d6e6f',
);
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const A = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7';
const B = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e';
const C = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4';
const D = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b';
const E = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0';
const F = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a';
const [first = '', two = '', , four = ''] = ROOTS;
const whole = treeOf(INPUTS);

describe('the tree of RFC 6962', () => {
  it('[AU155] gives the published roots, inclusion paths and consistency paths', () => {
    expect(ROOTS.map((_, n) => hex(rootOf(whole, 0, n + 1)))).toEqual(ROOTS);
    const path = (at: number, size: number) => inclusionPath(whole, at, size).map(hex);
    expect(path(0, 1)).toEqual([]);
    expect(path(0, 8)).toEqual([A, B, C]);
    expect(path(5, 8)).toEqual([D, E, four]);
    expect(path(2, 3)).toEqual([two]);
    expect(path(1, 5)).toEqual([first, B, D]);
    const steps = (from: number, to: number) => consistencyPath(whole, from, to).map(hex);
    expect(steps(1, 1)).toEqual([]);
    expect(steps(1, 8)).toEqual([A, B, C]);
    expect(steps(6, 8)).toEqual([F, E, four]);
    expect(steps(2, 5)).toEqual([B, D]);
  });

  const sizes = fc.integer({ min: 1, max: 300 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      at: fc.integer({ min: 0, max: size - 1 }),
      bit: fc.nat(),
    }),
  );
  const many = treeOf(Array.from({ length: 300 }, (_, n) => n.toString(16).padStart(4, '0')));

  it('[AU155] every leaf of every tree is shown, and with one bit changed nowhere', async () => {
    const property = fc.asyncProperty(sizes, async ({ size, at, bit }) => {
      const root = rootOf(many, 0, size);
      const path = inclusionPath(many, at, size);
      const leaf = many.leaf(at);
      const shown = await rootByInclusion(waiting, leaf, { position: at, size, path });
      expect(shown !== null && sameBytes(shown, root)).toBe(true);
      const bent = Uint8Array.from(leaf);
      bent[bit % 32] = (bent[bit % 32] ?? 0) ^ 1;
      const other = await rootByInclusion(waiting, bent, { position: at, size, path });
      expect(other !== null && sameBytes(other, root)).toBe(false);
      const elsewhere = { position: (at + 1) % size, size, path };
      const moved = await rootByInclusion(waiting, leaf, elsewhere);
      expect(size === 1 || moved === null || !sameBytes(moved, root)).toBe(true);
      const longer = { position: at, size, path: [...path, leaf] };
      expect(await rootByInclusion(waiting, leaf, longer)).toBeNull();
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('[AU155] a later tree is shown to begin with the earlier one, and no other tree is', async () => {
    const property = fc.asyncProperty(sizes, async ({ size, at, bit }) => {
      const earlier = { size: at + 1, root: rootOf(many, 0, at + 1) };
      const later = { size, root: rootOf(many, 0, size) };
      const path = consistencyPath(many, at + 1, size);
      expect(await isContinuation(waiting, { earlier, later }, path)).toBe(true);
      const root = Uint8Array.from(earlier.root);
      root[bit % 32] = (root[bit % 32] ?? 0) ^ 1;
      const bent = { earlier: { ...earlier, root }, later };
      expect(await isContinuation(waiting, bent, path)).toBe(false);
      const other = { earlier, later: { size, root } };
      expect(await isContinuation(waiting, other, path)).toBe(false);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('[AU155] subtrees that are known are taken and give the same', () => {
    const tiles = new Map<number, Uint8Array>();
    for (let at = 0; at + 16 <= 300; at += 16) tiles.set(at, rootOf(many, at, at + 16));
    const tiled: TreeHashes = {
      digest,
      leaf: (at) => {
        if (at < 288 && at >> 4 !== 77 >> 4) throw new Error('not read');
        return many.leaf(at);
      },
      known: (start, count) => (count === 16 ? tiles.get(start) : undefined),
    };
    expect(hex(rootOf(tiled, 0, 300))).toBe(hex(rootOf(many, 0, 300)));
    expect(inclusionPath(tiled, 77, 300).map(hex)).toEqual(inclusionPath(many, 77, 300).map(hex));
  });
});
