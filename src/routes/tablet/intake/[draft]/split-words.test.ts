import { expect, it } from 'vitest';
import { LIMITS } from '$lib/domain/limits';
import { splitWords } from './split-words.ts';

it('[UI20] words beyond one piece go on in the next, none lost, none changed, no character cut', () => {
  const long = '井水有味儿，浇的地也不长苗。'.repeat(30_000);
  for (const words of [
    long,
    '𠮷'.repeat(40_000),
    'a'.repeat(LIMITS.verbatimMax + 1),
    long + '𠮷',
  ]) {
    const parts = splitWords(words);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.join('')).toBe(words);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(LIMITS.verbatimMax);
    expect(parts.every((part) => part.isWellFormed() && part.length > 0)).toBe(true);
  }
  expect(
    splitWords(long)
      .slice(0, -1)
      .every((part) => part.endsWith('。')),
  ).toBe(true);
  expect(splitWords('写满了'.repeat(5_000))).toHaveLength(1);
  expect(splitWords('')).toEqual(['']);
});
