/**
 * How far an entry has come (SYNC "Ack levels"): computed from its row whenever it is asked, never
 * kept anywhere, so that it goes back by itself when the county's history went back.
 *
 *     1 已存本机      strict on this tablet
 *     2 县里已收到    committed at the county, its receipt verified, in the present history
 *     3 已备份        in a copy of the county that was put back elsewhere and checked
 *     4 回执已给      stands beside the three: the villager has the slip (a mark of the case)
 */
import type { EventRow, SyncRecord } from '../ports/tablet-store.ts';

export type AckLevel = 1 | 2 | 3;

type LeveledRow = Pick<EventRow, 'state' | 'seq' | 'epoch'>;
/** The county's present history, and how far it stands in a checked backup. */
export type History = Pick<SyncRecord, 'epoch' | 'safe'>;

/** Level of one event. A copy below a rewind's base keeps its old epoch: its place still holds. */
export function levelOf(row: LeveledRow, history: History): AckLevel {
  if (row.state === 'p' || row.state === 'q' || row.seq <= 0) return 1;
  if (row.state === 'a' && row.epoch !== history.epoch) return 1;
  return row.seq <= history.safe ? 3 : 2;
}

/** A case stands where the last of its own events stands; null when none of them is its own. */
export function caseLevel(rows: readonly LeveledRow[], history: History): AckLevel | null {
  let lowest: AckLevel | null = null;
  for (const row of rows) {
    const level = levelOf(row, history);
    if (lowest === null || level < lowest) lowest = level;
  }
  return lowest;
}
