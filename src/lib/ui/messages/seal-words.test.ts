import { describe, expect, it } from 'vitest';

const files = import.meta.glob<Record<string, unknown>>('./*.zh-CN.ts', { eager: true });

/** Every sentence of a dictionary; what is made of figures is read as its source. */
function sentences(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'function') return [(value as () => unknown).toString()];
  return value && typeof value === 'object' ? Object.values(value).flatMap(sentences) : [];
}

describe('words of a sealed case', () => {
  it('[UI102] no dictionary says of a case that it is locked', () => {
    const all = Object.values(files).flatMap(sentences);
    expect(all.length).toBeGreaterThan(1_500);
    expect(all.filter((one) => one.includes('封上')).length).toBeGreaterThan(6);
    const ofCase = /(单|单子|事)(要|就)?锁|锁上的单|^锁上了?(，|$)|或者锁上了/;
    expect(all.filter((one) => ofCase.test(one))).toEqual([]);
  });
});
