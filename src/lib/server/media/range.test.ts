import { describe, expect, it } from 'vitest';
import { rangeOf } from './range.ts';

describe('ranges', () => {
  it('[MD21] a player gets the stretch that it asks for, and nothing outside of the file', () => {
    const part = (from: number, to: number) => ({ kind: 'part', from, to });
    for (const [header, expected] of [
      ['bytes=0-', part(0, 1_000)],
      ['bytes=0-0', part(0, 1)],
      ['bytes=10-19', part(10, 20)],
      ['bytes=990-2000', part(990, 1_000)],
      ['bytes=-5', part(995, 1_000)],
      ['bytes=-5000', part(0, 1_000)],
      ['bytes=1000-', { kind: 'none' }],
      ['bytes=-0', { kind: 'none' }],
      // The standard lets a server give the whole instead.
      [null, { kind: 'all' }],
      ['bytes=-', { kind: 'all' }],
      ['bytes=9-3', { kind: 'all' }],
      ['bytes=0-1,5-6', { kind: 'all' }],
      ['lines=1-2', { kind: 'all' }],
      [`bytes=${'9'.repeat(20)}-`, { kind: 'all' }],
    ] as const)
      expect(rangeOf(header, 1_000), String(header)).toEqual(expected);
    expect(rangeOf('bytes=0-', 0)).toEqual({ kind: 'none' });
  });
});
