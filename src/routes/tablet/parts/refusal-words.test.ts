import { expect, it } from 'vitest';
import { actsEn } from '$lib/ui/messages/acts.en';
import { actsZh } from '$lib/ui/messages/acts.zh-CN';
import { refusalWords } from './refusal-words.ts';

it('[AU122] a save that met a locked vault says so in words of its own: what is safe, what next', () => {
  const codes = ['STORAGE_FULL', 'STORE_BROKEN', 'LOCKED', 'NOT_FOUND', 'REFUSED'] as const;
  for (const words of [actsZh, actsEn])
    expect(new Set(codes.map((code) => refusalWords(code, words))).size).toBe(codes.length);
  const said = refusalWords('LOCKED', actsZh);
  for (const part of ['锁上了', '没存上', '没丢', '再按一次']) expect(said).toContain(part);
});
