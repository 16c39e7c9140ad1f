import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonical,
  cleanString,
  cleanText,
  depthAtMost,
  isCleanText,
} from '../../src/lib/protocol/canonical.ts';

describe('canonical JSON', () => {
  it('[SY17] follows RFC 8785: key order by code units, numbers and escapes as ECMAScript', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      1: 'One',
      '\u{1f600}': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.keys(JSON.parse(canonical(value)) as object)).toHaveLength(7);
    expect(canonical(value)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With ' +
        'Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
    const numbers = [
      Number('333333333.33333329'),
      1e30,
      4.5,
      2e-3,
      0.000000000000000000000000001,
      -0,
    ];
    expect(canonical(numbers)).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27,0]');
  });

  it('[SY17] does not depend on the order of keys, and says what JSON.parse gives back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonical(value);
        expect(canonical(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(canonical({ b: 1, a: { d: 2, c: undefined } })).toBe(canonical({ a: { d: 2 }, b: 1 }));
  });

  it('[SY17] names keep their code points: no normalisation, only NUL and lone surrogates go', () => {
    const names = ['𠮷野', '𡈽', '𰻞', 'e\u0301', '葛\u{e0100}'];
    for (const name of names) expect(cleanString(name)).toBe(name);
    expect(cleanString('a\0b\ud83d')).toBe('ab\ufffd');
    const dirty = { 'k\0': ['\udc00', { ok: 1 }] };
    expect(cleanText(dirty)).toEqual({ k: ['\ufffd', { ok: 1 }] });
    expect([isCleanText(dirty), isCleanText(cleanText(dirty))]).toEqual([false, true]);
    const proto: unknown = JSON.parse('{"__proto__":{"admin":true}}');
    expect(canonical(cleanText(proto))).toBe('{"__proto__":{"admin":true}}');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('[SY17] depth is measured without recursion', () => {
    let deep: unknown = 0;
    for (let level = 0; level < 200_000; level++) deep = [deep];
    expect(depthAtMost(deep)).toBe(false);
    expect(depthAtMost({ a: [{ b: 1 }] }, 3)).toBe(true);
    expect(depthAtMost({ a: [{ b: [] }] }, 3)).toBe(false);
  });
});
