/**
 * The end-of-day line `12 件都已送达县里 · 17:42`, as a pure function over rows and receipts.
 *
 * It turns green only when all of this holds at once; one doubt and it says which:
 *
 *     nothing unsent, nothing put aside, no file waiting or refused
 *     every own row has a place in the county's present history
 *     the hash that the county's receipt covered = the hash at saving = the hash of the row now
 *     the county has an outcome for every number that this device ever took (`dsLast`)
 *     nothing that was lost with a vault was noticed today
 */
import type { Instant } from '../domain/values.ts';
import type { EventState, MediaState, SyncRecord } from '../ports/tablet-store.ts';

/** One own event, as far as the proof looks at it; the hashes only of rows that were opened. */
export interface OwnRow {
  readonly state: EventState;
  readonly seq: number;
  readonly epoch: string;
  /** Null: could not be opened. Undefined: not looked at (an older day). */
  readonly hashes?: RowHashes | null | undefined;
}

export interface RowHashes {
  /** At saving, kept beside the event. */
  readonly saved: string | undefined;
  /** Of what stands in the row now. */
  readonly now: string;
  /** Covered by the county's verified receipt; undefined on rows of an older build. */
  readonly receipt: string | undefined;
}

export interface LineFacts {
  readonly sync: SyncRecord | null;
  /** Events of this vault in the states p, a and q. */
  readonly own: readonly OwnRow[];
  readonly media: readonly { readonly state: MediaState }[];
  /** Coarse day of this moment. */
  readonly today: number;
}

/** Why the line is not green, the gravest first. */
export type LineDoubt =
  | 'LOST'
  | 'REFUSED'
  | 'ALTERED'
  | 'UNSENT'
  | 'FILE_WAITS'
  | 'FILE_REFUSED'
  | 'OTHER_HISTORY'
  | 'COUNTY_LACKS'
  | 'NO_RECEIPT';

export type DayLine =
  | { readonly clear: true; readonly at: Instant }
  | { readonly clear: false; readonly doubt: LineDoubt };

/** Whether an acknowledged row is what the county's receipt covered, as far as it was opened. */
function sameHash({ hashes }: OwnRow): boolean {
  if (hashes === undefined) return true;
  if (hashes === null || hashes.saved === undefined || hashes.saved !== hashes.now) return false;
  return hashes.receipt === undefined || hashes.receipt === hashes.saved;
}

/**
 * The line of this moment. `at` is the county's own time in its last receipt: of the last verified
 * answer, or of the file that became whole after it.
 */
export function dayLine({ sync, own, media, today }: LineFacts): DayLine {
  const no = (doubt: LineDoubt): DayLine => ({ clear: false, doubt });
  const acked = own.filter((r) => r.state === 'a');
  const lost = sync?.was;
  if (lost && lost.unsent > 0 && lost.day >= today) return no('LOST');
  if (own.some((r) => r.state === 'q')) return no('REFUSED');
  if (!acked.every(sameHash)) return no('ALTERED');
  if (own.some((r) => r.state === 'p')) return no('UNSENT');
  if (media.some((m) => m.state === 'p')) return no('FILE_WAITS');
  if (media.some((m) => m.state === 'q')) return no('FILE_REFUSED');
  if (!sync || sync.lastReceiptAt === '' || sync.epoch === '') return no('NO_RECEIPT');
  const placed = acked.every((r) => r.seq > 0 && r.epoch === sync.epoch);
  if (!placed) return no('OTHER_HISTORY');
  const taken = sync.dsNext - 1;
  if (taken > 0 && sync.dsLast !== taken) return no('COUNTY_LACKS');
  return { clear: true, at: (sync.lastFileAt ?? sync.lastReceiptAt) as Instant };
}
