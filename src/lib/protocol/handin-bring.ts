/**
 * One hand-in file as somebody brought it, from the stick to the county: what became of it, and what
 * its own list says should have been in it. Nothing of it is read.
 */
import type { HandInAnswer } from './handin-answer.ts';
import { handInPieces } from './handin-pieces.ts';
import { blobSource, readHandIn, type HandInEnd } from './handin-read.ts';
import { bringPieces, type BringDeps, type BringReport } from './handin-send.ts';
import type { HandInHead, HandInRecord } from './handin.ts';

/** Entries of a file, and slices of photos and recordings with their descriptions. */
export interface Counted {
  readonly items: number;
  readonly frames: number;
}

/**
 * foreign: no hand-in file; ruined: one, of which nothing could be read; cut: a part is missing or was
 * changed; whole: as its tablet wrote it.
 */
export type BroughtKind = 'foreign' | 'ruined' | 'cut' | 'whole';

export interface BroughtFile {
  readonly kind: BroughtKind;
  readonly report: BringReport;
  /** What the file says that it holds; null: that did not come whole. */
  readonly listed: Counted | null;
  /** What could be read of it. */
  readonly read: Counted;
}

const kindOf = (end: HandInEnd | null): BroughtKind => {
  // Stopped on the way: the rest was not looked at.
  if (end === null) return 'cut';
  if (end.records === 0) return end.began ? 'ruined' : 'foreign';
  return end.whole ? 'whole' : 'cut';
};

/** Brings one file; `heard` after each piece. A file that is brought again changes nothing. */
export async function bringHandIn(
  file: Blob,
  deps: BringDeps,
  heard: (answer: HandInAnswer, report: BringReport) => void = () => undefined,
): Promise<BroughtFile> {
  let [end, head]: [HandInEnd | null, HandInHead | null] = [null, null];
  let [items, frames] = [0, 0];
  async function* records(): AsyncGenerator<HandInRecord> {
    const reader = readHandIn(deps.digest, blobSource(file));
    for (;;) {
      const next = await reader.next();
      if (next.done) {
        end = next.value;
        return;
      }
      const { value } = next;
      if (value.kind === 'head') head ??= value.head;
      if (value.kind === 'item') items += 1;
      if (value.kind === 'frame') frames += 1;
      yield value;
    }
  }
  const report = await bringPieces(deps, handInPieces(deps.digest, records()), heard);
  const first = head as HandInHead | null;
  const listed = first && { items: first.items, frames: first.frames };
  return { kind: kindOf(end), report, listed, read: { items, frames } };
}
