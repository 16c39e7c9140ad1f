import type { Position } from '../ports/tablet-store.ts';
import { HISTORY_MAX } from '../protocol/version.ts';

/**
 * Keeps the newest positions dense and the older ones ever sparser, so that after a restore the
 * last common position is found near; the oldest stays. Drops the one whose going leaves the
 * smallest hole in relation to its age.
 */
export function thinHistory(hist: readonly Position[], next: Position): Position[] {
  const longer = [...hist, next];
  if (longer.length <= HISTORY_MAX) return longer;
  const seqAt = (i: number): number => longer[i]?.[0] ?? 0;
  let drop = 1;
  let smallest = Infinity;
  for (let i = 1; i < longer.length - 1; i++) {
    const hole = (seqAt(i + 1) - seqAt(i - 1)) / (next[0] - seqAt(i - 1));
    if (hole < smallest) [smallest, drop] = [hole, i];
  }
  return longer.filter((_, i) => i !== drop);
}
