import { describe, expect, it } from 'vitest';
import { Pace, spreadOut } from './pace.ts';

const roundsAt = (length: 'quick' | 'normal' | 'full', msEach: number): number => {
  let now = 5_000;
  const pace = new Pace(length, () => now);
  let done = 0;
  for (; pace.more(done, { most: 20, least: 6 }); done++) now += msEach;
  return done;
};

describe('the pace of an attack', () => {
  it('tries all where there is time, and never less than the least', () => {
    expect(roundsAt('normal', 100)).toBe(20);
    expect(roundsAt('normal', 3_000)).toBe(13);
    expect(roundsAt('normal', 60_000)).toBe(6);
    expect(roundsAt('quick', 1_000)).toBe(9);
    expect(roundsAt('full', 600_000)).toBe(20);
  });

  it('gives a part of the clock to a part of the attack', () => {
    let now = 0;
    const pace = new Pace('normal', () => now);
    now = 20_000;
    expect(pace.more(6, { most: 20, least: 6 }, 0.5)).toBe(false);
    expect(pace.more(5, { most: 20, least: 6 }, 0.5)).toBe(true);
    expect(pace.more(6, { most: 20, least: 6 })).toBe(true);
  });

  it('tries a little of everything first', () => {
    const all = Array.from({ length: 100 }, (_, i) => i);
    const order = spreadOut(all);
    expect([...order].sort((a, b) => a - b)).toEqual(all);
    const first = order.slice(0, 10).sort((a, b) => a - b);
    const gaps = first.map((x, i) => (first[i + 1] ?? 100) - x);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(20);
    expect(spreadOut([])).toEqual([]);
    expect(spreadOut(['a'])).toEqual(['a']);
  });
});
