import { describe, expect, it } from 'vitest';
import { waitWords } from './wait-words.ts';

describe('the wait after wrong tries', () => {
  it('[UI40] is said in words and never shorter than it is', () => {
    const said = [0, 1, 30, 60, 99, 100, 120, 121, 480, 3_540, 3_541, 3_600].map((seconds) =>
      waitWords(seconds, 'zh-CN'),
    );
    expect(said).toEqual([
      ...['1 秒', '1 秒', '30 秒', '60 秒', '99 秒', '2 分钟', '2 分钟', '3 分钟'],
      ...['8 分钟', '59 分钟', '1 小时', '1 小时'],
    ]);
    expect(waitWords(29.2, 'en')).toBe('30 seconds');
    expect(waitWords(3_600, 'en')).toBe('1 hour');
  });
});
