import { describe, expect, it } from 'vitest';
import { CLOSED, fileOf, REGISTERED, SUBMITTED } from '$lib/domain/testing/story';
import { actsOf } from './case-acts.ts';

describe('what a case page offers', () => {
  it('[UI16] offers only what the life cycle allows from here', () => {
    const closed = actsOf(fileOf(...CLOSED));
    expect(closed.main).not.toBe('resolution');
    expect(closed.rest).not.toContain('resolution');
    expect(closed.rest).not.toContain('withdraw');
    const open = actsOf(fileOf(...REGISTERED));
    expect(open.main).toBe('resolution');
    expect(open.rest).toContain('withdraw');
    expect(open.rest).not.toContain('delivery');
    expect(open.rest).not.toContain('rating');
  });

  it('[UI16] puts the next right act under the thumb', () => {
    expect(actsOf(fileOf(...SUBMITTED, ['case.returned'])).main).toBe('supplement');
    expect(actsOf(fileOf(...CLOSED, ['case.sealed'])).main).toBeNull();
  });

  it('[UI80] of a case that went away sealed only more can be said, and the slip given', () => {
    const file = fileOf(...CLOSED, ['case.sealed']);
    expect(actsOf(file, true)).toEqual({ main: null, rest: ['supplement', 'receipt'] });
  });
});
