import type { Position } from '../ports/tablet-store.ts';
import { HISTORY_MAX } from '../protocol/version.ts';

/** Keeps the newest positions dense and the older ones sparse, so that a fork is found near. */
export function thinHistory(hist: readonly Position[], next: Position): Position[] {
  const longer = [...hist, next];
  return longer.length <= HISTORY_MAX ? longer : longer.filter((_, i) => i % 2 === 1 || i > 8);
}
