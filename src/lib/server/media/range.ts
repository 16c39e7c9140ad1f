/** One `Range` of bytes, as players ask for it to jump within a recording (RFC 9110, 14.2). */
export type AskedRange =
  | { readonly kind: 'all' }
  | { readonly kind: 'part'; readonly from: number; readonly to: number }
  /** Outside of the file: 416. */
  | { readonly kind: 'none' };

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/** Several ranges, other units and nonsense mean the whole file, as the standard allows. */
export function rangeOf(header: string | null, size: number): AskedRange {
  const [, first = '', last = ''] = RANGE.exec(header ?? '') ?? [];
  if (first === '' && last === '') return { kind: 'all' };
  if (first === '') {
    const count = Math.min(size, Number(last));
    return count === 0 ? { kind: 'none' } : { kind: 'part', from: size - count, to: size };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return { kind: 'all' };
  const to = last === '' ? size : Math.min(size, Number(last) + 1);
  return from >= size ? { kind: 'none' } : { kind: 'part', from, to };
}
