import { describe, expect, it } from 'vitest';
import { addDays, clockTime, dayOf, elapsed, groupCode, timeLeft, when } from './dates.ts';

describe('spoken dates', () => {
  it('[UI6] shows Shanghai time whatever zone the machine is in', () => {
    expect(clockTime('2026-06-08T01:30:00Z')).toBe('09:30');
    expect(dayOf('2026-06-08T16:30:00Z')).toBe('2026-06-09');
    expect(addDays('2026-12-31T10:00:00Z', 1)).toBe('2027-01-01');
  });
  it('[UI6] says today, yesterday and tomorrow by the day in Shanghai', () => {
    const now = '2026-06-08T02:00:00Z';
    expect(when('2026-06-08T01:30:00Z', now, 'zh-CN')).toBe('今天 09:30');
    expect(when('2026-06-07T10:20:00Z', now, 'zh-CN')).toBe('昨天 18:20');
    expect(when('2026-06-09T01:30:00Z', now, 'zh-CN')).toBe('明天 09:30');
    expect(when('2026-05-18T01:00:00Z', now, 'zh-CN')).toBe('5月18日 09:00');
  });
  it('[UI6] says what is left in days, then hours, then minutes, and what is over', () => {
    const now = '2026-06-08T02:00:00Z';
    expect(timeLeft('2026-06-09T00:30:00Z', now, 'zh-CN')).toBe('还有 22 小时');
    expect(timeLeft('2026-06-11T02:00:00Z', now, 'zh-CN')).toBe('还有 3 天');
    expect(timeLeft('2026-06-07T01:00:00Z', now, 'zh-CN')).toBe('过了 1 天');
    expect(timeLeft('2026-06-08T02:20:00Z', now, 'zh-CN')).toBe('还有 20 分钟');
  });
  it('[UI6] groups the query code as it is copied by hand, and counts recorded time', () => {
    expect(groupCode('482160375519')).toBe('4821 6037 5519');
    expect(elapsed(167)).toBe('02:47');
  });
});
