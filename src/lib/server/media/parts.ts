/**
 * What has come of one file so far, told by the names in its folder: `7` is the whole chunk 7,
 * `7.0-16384` its first 16,384 bytes. Every name stands for bytes that are all on the disk.
 */
import { chunkCount, chunkLength } from '../../protocol/media.ts';

/** One stored stretch of a chunk: bytes `from` to `to`, the end not included. */
export interface Stretch {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const WHOLE = /^\d{1,5}$/;
const PIECE = /^(\d{1,5})\.(\d{1,6})-(\d{1,6})$/;

export const pieceName = (index: number, from: number, to: number): string =>
  `${index}.${from}-${to}`;

/** The stretches of every chunk, in the order of their bytes. */
export function stretchesOf(
  names: readonly string[],
  bytes: number,
): ReadonlyMap<number, readonly Stretch[]> {
  const found = new Map<number, Stretch[]>();
  const add = (index: number, stretch: Stretch): void => {
    const longest = index < chunkCount(bytes) ? chunkLength(bytes, index) : 0;
    if (stretch.from >= stretch.to || stretch.to > longest) return;
    found.set(index, [...(found.get(index) ?? []), stretch]);
  };
  for (const name of names) {
    if (WHOLE.test(name)) {
      const index = Number(name);
      const to = index < chunkCount(bytes) ? chunkLength(bytes, index) : 0;
      add(index, { name, from: 0, to });
      continue;
    }
    const [, index, from, to] = PIECE.exec(name) ?? [];
    if (index !== undefined) add(Number(index), { name, from: Number(from), to: Number(to) });
  }
  for (const [index, list] of found)
    found.set(
      index,
      list.sort((a, b) => a.from - b.from || b.to - a.to),
    );
  return found;
}

/** How many bytes from its beginning a chunk has without a hole. */
export function bytesHere(stretches: readonly Stretch[] | undefined): number {
  let at = 0;
  for (const { from, to } of stretches ?? []) if (from <= at) at = Math.max(at, to);
  return at;
}

/** What a file still lacks: its chunks, and of those that began their first bytes. */
export interface Lack {
  readonly chunks: readonly number[];
  readonly parts: readonly (readonly [chunk: number, bytes: number])[];
}

export function lackOf(names: readonly string[], bytes: number): Lack {
  const have = stretchesOf(names, bytes);
  const chunks: number[] = [];
  const parts: (readonly [number, number])[] = [];
  for (let index = 0; index < chunkCount(bytes); index++) {
    const here = bytesHere(have.get(index));
    if (here === chunkLength(bytes, index)) continue;
    chunks.push(index);
    if (here > 0) parts.push([index, here]);
  }
  return { chunks, parts };
}
