import { describe, expect, it } from 'vitest';
import { BUCKETS_MAX, createRateLimiter, LIMITS } from './rate-limit.ts';

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

  it('[AU398] forgives nobody for a flood of other keys, at this door or at another', () => {
    let now = 0;
    const limiter = createRateLimiter(() => now);
    const door = LIMITS.trackWrong;
    for (let n = 0; n < door.burst; n += 1) expect(limiter.take(door, 'guessed at')).toBe(0);
    for (let n = 0; n < LIMITS.signInAccount.burst; n += 1)
      limiter.take(LIMITS.signInAccount, 'guanli');
    for (let n = 0; n < 2 * BUCKETS_MAX + 300; n += 1) limiter.take(door, `made up ${n}`);
    expect(limiter.take(door, 'guessed at')).toBeGreaterThan(0);
    expect(limiter.take(LIMITS.signInAccount, 'guanli')).toBeGreaterThan(0);
    // Those that are full again go first: a bucket of which one was taken now stays.
    now = 25 * 3_600_000;
    for (let n = 0; n < door.burst; n += 1) limiter.take(door, 'new');
    for (let n = 0; n < BUCKETS_MAX; n += 1) limiter.take(limit, `of now ${n}`);
    for (let n = 0; n < BUCKETS_MAX; n += 1) limiter.take(door, `late ${n}`);
    expect(limiter.take(door, 'new')).toBeGreaterThan(0);
    // A key as long as one likes takes no more room than another.
    const long = 'x'.repeat(100_000);
    expect([1, 2, 3].map((n) => limiter.take(limit, long + n) === 0)).toEqual([true, true, false]);
  });
});
