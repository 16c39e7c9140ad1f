import { expect, it } from 'vitest';
import { textOf } from './forms/intake-answers.ts';
import { saidWords } from './said-words.ts';

it('[ST71] what cannot be seen is no answer; what can be seen keeps every sign', () => {
  const nothing = ['', ' ', '\u3000', '\u200b', '\ufeff', '\u200e\u202e', '\u2060\u00ad', '\0\t'];
  for (const text of [...nothing, '\u3164', '\u2800\u00a0']) {
    expect(saidWords(text), JSON.stringify(text)).toBe('');
    expect(textOf({ name: text }, 'name')).toBe('');
  }
  const seen = ['周桂芹', '𠮷', '葛\u{E0100}', '王\u200b桂', '\u202e于', '0', '·', '\ue123', '👵'];
  for (const text of seen) expect(saidWords(` ${text}\n`)).toBe(text);
});
