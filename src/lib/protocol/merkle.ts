/**
 * Merkle trees of RFC 6962 (the same in RFC 9162): one root says what every leaf is, a path of a few
 * hashes shows that one leaf is among them, another that a later tree only added to an earlier one.
 *
 *     leaf = SHA-256( 00 ‖ input )        node = SHA-256( 01 ‖ left ‖ right )
 *
 * A tree of n leaves splits at the largest power of two below n. Who makes proofs has a digest that
 * need not wait (county), who checks them may have WebCrypto (browser).
 * Source: RFC 6962 section 2.1, RFC 9162 sections 2.1.3.2 and 2.1.4.2.
 */
import { assert } from '../domain/values.ts';
import { joinBytes, sameBytes, type Bytes } from './bytes.ts';
import type { Digest, DigestSync } from './hash.ts';

const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);
/** Bits are shifted as 32-bit integers; a county's log stays far below. */
const SIZE_MAX = 2 ** 31 - 1;
/** No proof of a tree of that size is longer. */
export const PATH_MAX = 62;

/** What a leaf's hash is made of. */
export const leafBytes = (input: Uint8Array): Bytes => joinBytes(LEAF, input);

const nodeBytes = (left: Uint8Array, right: Uint8Array): Bytes => joinBytes(NODE, left, right);

/** Hashes of a tree's leaves from position 0, and of aligned subtrees where they are known. */
export interface TreeHashes {
  /** Leaf at a position; throws where the source has it not. */
  leaf(position: number): Uint8Array;
  /** Root over `count` leaves from `start`, or undefined: then it is computed. */
  known?(start: number, count: number): Uint8Array | undefined;
  readonly digest: DigestSync;
}

/** Largest power of two below `count`. */
const splitOf = (count: number): number => {
  let k = 1;
  while (k * 2 < count) k *= 2;
  return k;
};

/** Root over the leaves `start` to before `end`; at least one. */
export function rootOf(tree: TreeHashes, start: number, end: number): Uint8Array {
  assert(start < end && end <= SIZE_MAX, 'a root is over at least one leaf');
  const count = end - start;
  if (count === 1) return tree.leaf(start);
  const known = tree.known?.(start, count);
  if (known !== undefined) return known;
  const middle = start + splitOf(count);
  return tree.digest(nodeBytes(rootOf(tree, start, middle), rootOf(tree, middle, end)));
}

/** Path that shows the leaf at `position` in the tree of the first `size` leaves, lowest first. */
export function inclusionPath(tree: TreeHashes, position: number, size: number): Uint8Array[] {
  assert(position >= 0 && position < size, 'the leaf is in the tree');
  const path: Uint8Array[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (position < middle) {
      path.push(rootOf(tree, middle, end));
      end = middle;
    } else {
      path.push(rootOf(tree, start, middle));
      start = middle;
    }
  }
  return path.reverse();
}

/** Path that shows the tree of `size` leaves as a continuation of that of the first `first`. */
export function consistencyPath(tree: TreeHashes, first: number, size: number): Uint8Array[] {
  assert(first > 0 && first <= size, 'the earlier tree is the smaller one');
  const path: Uint8Array[] = [];
  let [start, end, m] = [0, size, first];
  let whole = true;
  while (m < end - start) {
    const k = splitOf(end - start);
    if (m <= k) {
      path.push(rootOf(tree, start + k, end));
      end = start + k;
    } else {
      path.push(rootOf(tree, start, start + k));
      start += k;
      m -= k;
      whole = false;
    }
  }
  if (!whole) path.push(rootOf(tree, start, end));
  return path.reverse();
}

/** A leaf's place and the path that is to show it. */
export interface Inclusion {
  /** From 0. */
  readonly position: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
}

/** The root that the path leads to from this leaf; null when the path does not fit the tree. */
export async function rootByInclusion(
  digest: Digest,
  leaf: Uint8Array,
  { position, size, path }: Inclusion,
): Promise<Uint8Array | null> {
  if (!(position >= 0 && position < size && size <= SIZE_MAX)) return null;
  let [fn, sn, root] = [position, size - 1, leaf];
  for (const step of path) {
    if (sn === 0) return null;
    if (fn % 2 === 1 || fn === sn) {
      root = await digest(nodeBytes(step, root));
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else root = await digest(nodeBytes(root, step));
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return sn === 0 ? root : null;
}

/** A tree as it was signed. */
export interface Tree {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Whether the path shows that `later` begins with all leaves of `earlier`. */
export async function isContinuation(
  digest: Digest,
  { earlier, later }: { readonly earlier: Tree; readonly later: Tree },
  path: readonly Uint8Array[],
): Promise<boolean> {
  const { size: first } = earlier;
  if (!(first > 0 && first <= later.size && later.size <= SIZE_MAX)) return false;
  if (first === later.size) return path.length === 0 && sameBytes(earlier.root, later.root);
  const isPower = (first & (first - 1)) === 0;
  const [begin, ...rest] = isPower ? [earlier.root, ...path] : path;
  if (begin === undefined) return false;
  let [fn, sn] = [first - 1, later.size - 1];
  while (fn % 2 === 1) [fn, sn] = [fn >> 1, sn >> 1];
  let [fr, sr] = [begin, begin];
  for (const step of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = await digest(nodeBytes(step, fr));
      sr = await digest(nodeBytes(step, sr));
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else sr = await digest(nodeBytes(sr, step));
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return sn === 0 && sameBytes(fr, earlier.root) && sameBytes(sr, later.root);
}
