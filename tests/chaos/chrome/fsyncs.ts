/** What strace saw: calls that ended, with the time they ended and the file they were for. */
import { readFileSync } from 'node:fs';

export interface Fsync {
  /** Epoch milliseconds at which the call began. */
  readonly at: number;
  readonly file: string;
}

const LINE = /^\d+ +(\d+\.\d+) f(?:data)?sync\(\d+<([^>]*)>/;

/** Every fsync and fdatasync of the tablet's database in the file, oldest first. */
export function storeFsyncs(strace: string): readonly Fsync[] {
  return readFileSync(strace, 'utf8')
    .split('\n')
    .map((line) => LINE.exec(line))
    .filter((m) => m !== null)
    .map((m) => ({ at: Number(m[1]) * 1000, file: m[2] ?? '' }))
    .filter(({ file }) => file.includes('/IndexedDB/'));
}

/** Saves between whose press and whose tick nothing was written through to the disk. */
export const unsynced = (
  saves: readonly { readonly pressedAt: number; readonly shownAt: number }[],
  fsyncs: readonly Fsync[],
): number =>
  saves.filter((s) => !fsyncs.some(({ at }) => at >= s.pressedAt - 1 && at <= s.shownAt + 1))
    .length;
