import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  caseNoOf,
  groupQueryCode,
  isCaseNo,
  isQueryCode,
  QUERY_CODE_BYTES,
  queryCodeFromBytes,
  queryCodeOf,
  readQueryCode,
  readTemporaryNo,
  temporaryNoOf,
} from './numbers.ts';
import { readbackHash, sha256OfText } from './text-hash.ts';

const eleven = fc.stringMatching(/^\d{11}$/);

describe('查询码', () => {
  it('[ST18] finds every wrong digit and every swap of neighbours', () => {
    let tried = 0;
    fc.assert(
      fc.property(eleven, (random) => {
        const code = queryCodeOf(random);
        expect(isQueryCode(code)).toBe(true);
        for (let i = 0; i < 12; i += 1) {
          for (let d = 0; d < 10; d += 1) {
            const wrong = `${code.slice(0, i)}${d}${code.slice(i + 1)}`;
            if (wrong !== code) expect(isQueryCode(wrong), wrong).toBe(false);
            tried += 1;
          }
          const swapped = `${code.slice(0, i)}${code[i + 1] ?? ''}${code[i] ?? ''}${code.slice(i + 2)}`;
          if (i < 11 && swapped !== code) expect(isQueryCode(swapped), swapped).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
    expect(tried).toBe(300 * 120);
  });
  it('[ST18] is read in any grouping and width, and refused when it is none', () => {
    const code = queryCodeOf('48216037551');
    expect(groupQueryCode(code)).toBe(`4821 6037 551${code[11]}`);
    expect(readQueryCode(groupQueryCode(code))).toBe(code);
    expect(readQueryCode(` ４８２１－６０３７-551${code[11]} `)).toBe(code);
    expect(readQueryCode('4821 6037 551')).toBeNull();
    expect(readQueryCode('')).toBeNull();
  });
  it('[ST18] comes from random bytes without bias, null when they do not suffice', () => {
    const bytes = new Uint8Array(QUERY_CODE_BYTES).map((_x, i) => i * 7);
    const code = queryCodeFromBytes(bytes);
    expect(code && isQueryCode(code)).toBe(true);
    expect(queryCodeFromBytes(new Uint8Array(32).fill(255))).toBeNull();
  });
});

describe('编号', () => {
  it('[ST18] temporary and case numbers have the form of the receipt', () => {
    const parts = { village: '230278200201', agent: 'A01', letter: 'B', counter: 7 };
    expect(temporaryNoOf(parts)).toBe('临-230278200201-A01-B-0007');
    expect(readTemporaryNo(temporaryNoOf(parts))).toEqual(parts);
    expect(readTemporaryNo('临-2302-A01-B-0007')).toBeNull();
    expect(caseNoOf({ county: '230278000000', year: 2026, serial: 1 })).toBe('DL230278202600001');
    expect(isCaseNo('DL230278202600001')).toBe(true);
  });
});

describe('the hash of what was read', () => {
  it('[ST19] is SHA-256, as the platform counts it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const platform = createHash('sha256').update(text, 'utf8').digest('hex');
        expect(sha256OfText(text)).toBe(platform);
      }),
      { numRuns: 200 },
    );
  });
  it('[ST19] changes with any character and with the order, not with what the wire cleans', () => {
    const piece = { verbatim: '牛粪堆井边', tidy: null };
    const other = { verbatim: '牛粪堆井沿', tidy: null };
    expect(readbackHash([piece], [])).not.toBe(readbackHash([other], []));
    expect(readbackHash([piece, other], [])).not.toBe(readbackHash([other, piece], []));
    expect(readbackHash([piece], ['清走'])).not.toBe(readbackHash([piece], []));
    const dirty = { verbatim: '牛粪\u0000堆井边', tidy: null };
    expect(readbackHash([dirty], [])).toBe(readbackHash([piece], []));
  });
});
