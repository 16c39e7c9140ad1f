import { describe, expect, it } from 'vitest';
import {
  ENROL_CODE_LETTERS,
  newEnrolCode,
  printEnrolCode,
  readEnrolCode,
} from '../../src/lib/protocol/enrol-code.ts';

const codes = Array.from({ length: 200 }, () => newEnrolCode());
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXY';

describe('登记码', () => {
  it('[AU290] is ten letters that no look-alike, gap, width or case makes another', () => {
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) {
      expect(code).toMatch(new RegExp(`^[${LETTERS}]{${ENROL_CODE_LETTERS}}$`));
      const wide = [...code].map((c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)).join('');
      const alike = code.replace(/0/g, 'o').replace(/1/g, 'l').replace(/2/g, 'z').toLowerCase();
      for (const typed of [
        code,
        printEnrolCode(code),
        wide,
        alike,
        ` ${code.slice(0, 4)}-${code.slice(4)} `,
      ])
        expect(readEnrolCode(typed)).toBe(code);
    }
  });

  it('[AU290] every single wrong letter and every two that changed places are found by the tablet', () => {
    let wrong = 0;
    for (const code of codes.slice(0, 20))
      for (let at = 0; at < code.length; at += 1) {
        for (const letter of LETTERS) {
          if (letter === code[at]) continue;
          wrong += 1;
          expect(readEnrolCode(code.slice(0, at) + letter + code.slice(at + 1))).toBeNull();
        }
        const [a = '', b = ''] = [code[at], code[at + 1]];
        if (b === '' || a === b || at + 2 === code.length) continue;
        wrong += 1;
        expect(readEnrolCode(code.slice(0, at) + b + a + code.slice(at + 2))).toBeNull();
      }
    expect(wrong).toBeGreaterThan(6_000);
    for (const none of ['', '7K3MA', `${codes[0]}0`, 'é'.repeat(10), '0'.repeat(40)])
      expect(readEnrolCode(none)).toBeNull();
  });

  it('[AU290] all letters are as likely', () => {
    const counts = new Map<string, number>();
    const many = Array.from({ length: 4_000 }, () => newEnrolCode().slice(0, 9)).join('');
    for (const letter of many) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    expect(counts.size).toBe(31);
    const mean = many.length / 31;
    for (const n of counts.values()) expect(Math.abs(n - mean)).toBeLessThan(0.25 * mean);
  });
});
