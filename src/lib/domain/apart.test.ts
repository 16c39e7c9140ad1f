import { describe, expect, it } from 'vitest';
import { apart, apartAll } from './apart.ts';

describe('[AU520] words that turn the direction of writing turn themselves alone', () => {
  it('leaves what turns nothing as it is', () => {
    for (const text of ['', '周桂芹', '𠮷野\u200b', 'No. 12 a.b', '葛\u{E0100}', '\u200e'])
      expect(apart(text)).toBe(text);
  });

  it('closes what was opened, and what was not opened closes nothing', () => {
    expect(apart('周\u202e桂芹')).toBe('\u2068周\u202e桂芹\u2069');
    expect(apart('\u2067周')).toBe('\u2068\u2067周\u2069\u2069');
    expect(apart('周\u2069\u202e桂')).toBe('\u2068周\u202e桂\u2069');
    expect(apart('\u2066a\u2069b\u2069c\u2067')).toBe('\u2068\u2066a\u2069bc\u2067\u2069\u2069');
    expect(apart('מרים')).toBe('\u2068מרים\u2069');
  });

  it('each line by itself, for a line end closes everything', () => {
    expect(apart('一\u202e\n二\r\n')).toBe('\u2068一\u202e\u2069\n\u2068二\u2069\r\n');
  });

  it('reaches every text of what a paper is made from, and changes nothing else', () => {
    const day = new Date(0);
    const seen = new Set(['a']);
    const of = { n: 1, none: null, list: [{ name: '周\u202e' }], plain: '于', day, seen };
    expect(apartAll(of)).toEqual({ ...of, list: [{ name: '\u2068周\u202e\u2069' }] });
    expect(apartAll(of).day).toBe(day);
  });
});
