import { describe, expect, it } from 'vitest';
import { createRateLimiter } from './rate-limit.ts';

const limit = { name: 'test', perMinute: 6, burst: 2 };

describe('rate limits', () => {
  it('[AU10] allows the burst, then tells how many seconds to wait, then refills', () => {
    let now = 0;
    const limiter = createRateLimiter(() => now);
    expect(limiter.take(limit, 'a')).toBe(0);
    expect(limiter.take(limit, 'a')).toBe(0);
    expect(limiter.take(limit, 'a')).toBe(10);
    expect(limiter.take(limit, 'b')).toBe(0);
    now = 9_999;
    expect(limiter.take(limit, 'a')).toBe(1);
    now = 10_001;
    expect(limiter.take(limit, 'a')).toBe(0);
  });

  it('[AU10] takes what was right for no guess, and never fills beyond the burst', () => {
    const limiter = createRateLimiter(() => 0);
    for (let n = 0; n < 3 * limit.burst; n += 1) {
      expect(limiter.take(limit, 'a')).toBe(0);
      limiter.give(limit, 'a');
    }
    limiter.give(limit, 'a');
    limiter.give(limit, 'never asked');
    expect([1, 2, 3].map(() => limiter.take(limit, 'a') === 0)).toEqual([true, true, false]);
  });

  it('[AU10] does not give tokens for a clock that runs backwards', () => {
    let now = 60_000;
    const limiter = createRateLimiter(() => now);
    limiter.take(limit, 'a');
    limiter.take(limit, 'a');
    now = 0;
    expect(limiter.take(limit, 'a')).toBeGreaterThan(0);
  });
});
