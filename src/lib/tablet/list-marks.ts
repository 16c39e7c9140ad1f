/**
 * Marks of the cases that changed since the list of all cases was kept in one body. They lie beside
 * the sync record, random ids in clear, and are written by the transaction that changes the case.
 */

/** Key in `meta` of the kept list. */
export const LIST_KEY = 'list';
/** With more marks the list no longer holds; each costs a start one more request. */
export const MARKS_MAX = 64;
/** Fewer marks than this are not worth a new list. */
export const MARKS_MIN = 24;
/** Fewer cases are read as quickly one by one. */
export const CASES_MIN = 100;

/** Cases that changed since list `gen` was begun; null: so many that it no longer holds. */
export interface Moved {
  readonly gen: number;
  readonly ids: readonly string[] | null;
}

/** The row of the sync record with these cases marked; where no list is kept, as it is. */
export function marked<T extends { readonly moved?: Moved }>(row: T, ids: Iterable<string>): T {
  const { moved } = row;
  if (!moved?.ids) return row;
  const next = [...new Set([...moved.ids, ...ids])];
  return { ...row, moved: { ...moved, ids: next.length > MARKS_MAX ? null : next } };
}

/** The marks of the list that lies here; null: none does, or it does not hold. */
export const marksOf = (
  moved: Moved | undefined,
  list: { readonly gen?: number } | undefined,
): readonly string[] | null => (moved && list?.gen === moved.gen ? moved.ids : null);
