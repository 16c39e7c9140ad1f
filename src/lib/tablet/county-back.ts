/**
 * The county was put back to before what it had called safe: this tablet had dropped rows on its word.
 * Told like the loss of a vault, under this tablet's own device id.
 */
import type { EventRow, FormerVault, SyncRecord } from '../ports/tablet-store.ts';

/** Whether the note is of the county, not of a vault that stood here before. */
export const isCountyBack = (was: FormerVault, { dv }: Pick<SyncRecord, 'dv'>): boolean =>
  was.dv === dv;

/** Under which name the agent's 知道了 is kept: the county may be put back more than once. */
export const alarmName = (was: FormerVault, sync: Pick<SyncRecord, 'dv'>): string =>
  isCountyBack(was, sync) ? `${was.dv} ${was.day}` : was.dv;

/**
 * What to tell of a look back to `base`; undefined when nothing safe lies above it. `unsent`: at most
 * so many entries of this device may be nowhere, because they are not here any more.
 */
export function countyBack(
  { dv, dsNext, safe, was }: SyncRecord,
  {
    base,
    own,
    day,
  }: { readonly base: number; readonly own: readonly EventRow[]; readonly day: number },
): FormerVault | undefined {
  if (base >= safe) return was;
  const here = own.filter((row) => row.dv === dv).length;
  const unsent = Math.min(Math.max(0, dsNext - 1 - here), safe - base);
  if (was !== undefined && was.unsent > unsent) return was;
  return { dv, why: 'RESTORED', unsent, day };
}
