import { describe, expect, it } from 'vitest';
import { actsZh } from './messages/acts.zh-CN.ts';
import { readbackZh } from './messages/readback.zh-CN.ts';
import { textFor, wordsFor } from './pronoun.ts';

describe('她 and 他', () => {
  it('[UI14] the words follow a sex that is known, and stay where it is not', () => {
    expect(wordsFor(actsZh, '1').notice.what).toBe('告诉他啥');
    expect(wordsFor(actsZh, '0').notice.what).toBe('告诉她啥');
    expect(wordsFor(actsZh, undefined)).toBe(actsZh);
    expect(wordsFor(actsZh, '1')).toBe(wordsFor(actsZh, '1'));
    expect(textFor('她让我替她办哪几样', '1')).toBe('他让我替他办哪几样');
  });

  it('[UI14] what the villager said inside a sentence is never touched', () => {
    const w = wordsFor({ ...readbackZh, told: (a: string) => `她说：${a}` }, '1');
    expect(w.told('她把粪堆在她家门口')).toBe('他说：她把粪堆在她家门口');
    expect(w.claim(0, '让她把墙拆了')).toBe('您要的第一样：让她把墙拆了。');
    expect(w.prior('村里', '她家$&说没地儿')).toContain('她家$&说没地儿');
    expect(w.you('周大力', '', '没有电话')).toBe('您是周大力，没有电话。');
  });
});
