import { describe, expect, it } from 'vitest';
import { keepLooks, keptLooks } from './kept-looks.ts';

/** A storage that starts with this text under every key. */
function storageWith(text: string | null) {
  let kept = text;
  return {
    getItem: () => kept,
    setItem: (_key: string, value: string) => void (kept = value),
    get text() {
      return kept;
    },
  };
}

describe('size and theme outside the lock', () => {
  it('[UI50] the lock screen stands in the size, theme and language that were set last', () => {
    const storage = storageWith(null);
    expect(keptLooks(storage)).toEqual({ textSize: 18, theme: 'auto', language: 'zh-CN' });
    const set = { textSize: 30, theme: 'dark', language: 'en' } as const;
    keepLooks(set, storage);
    expect(keptLooks(storage)).toEqual(set);
    expect(Object.keys(JSON.parse(storage.text ?? '') as object)).toEqual([
      'textSize',
      'theme',
      'language',
    ]);
  });

  it('[UI50] what is no setting is none, and a forbidden storage stops nothing', () => {
    const plain = { textSize: 18, theme: 'auto', language: 'zh-CN' };
    for (const text of [
      '',
      '{',
      '7',
      'null',
      '{"textSize":900,"theme":"x","language":"__proto__"}',
    ])
      expect(keptLooks(storageWith(text))).toEqual(plain);
    const forbidden = {
      getItem: (): never => {
        throw new Error('SecurityError');
      },
      setItem: (): never => {
        throw new Error('QuotaExceededError');
      },
    };
    expect(keptLooks(forbidden)).toEqual(plain);
    expect(keptLooks(null)).toEqual(plain);
    expect(() => keepLooks(keptLooks(null), forbidden)).not.toThrow();
  });
});
