import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkIdentityNumber, identityCheckCharacter } from './identity-number.ts';
import sample from './data/sample-cases.json' with { type: 'json' };
import type { LocalDate } from './values.ts';

const today = '2026-11-21' as LocalDate;
const codes = (text: string) => checkIdentityNumber(text, today).findings.map((f) => f.code);

describe('identity numbers', () => {
  it('[ID1] reads birth date and sex from every number of the samples', () => {
    let read = 0;
    for (const file of sample.cases) {
      for (const person of file.petitioners ?? []) {
        if (!('idNo' in person) || !person.idNo) continue;
        const found = checkIdentityNumber(person.idNo, today).read;
        expect(found?.birthDate).toBe(person.birthDate);
        expect(found?.sex).toBe(person.sex === '男' ? '1' : '0');
        read += 1;
      }
    }
    expect(read).toBeGreaterThanOrEqual(20);
  });

  it('[ID1] takes a small x, full-width digits and spaces', () => {
    expect(checkIdentityNumber('23027819620505141x', today).read?.number).toBe(
      '23027819620505141X',
    );
    expect(codes(' ２３０２７８ 19620505 141Ｘ')).toEqual([]);
  });

  it('[ID1] finds every single wrong digit', () => {
    const good = '230278195703120225';
    fc.assert(
      fc.property(fc.nat({ max: 16 }), fc.integer({ min: 1, max: 9 }), (at, add) => {
        const digit = String((Number(good[at]) + add) % 10);
        const bad = good.slice(0, at) + digit + good.slice(at + 1);
        expect(checkIdentityNumber(bad, today).read).toBeNull();
      }),
    );
  });

  it('[ID2] lengthens a number of 15 digits and says so', () => {
    const { read, findings } = checkIdentityNumber('230278570312022', today);
    expect(read).toEqual({
      number: '230278195703120225',
      birthDate: '1957-03-12',
      sex: '0',
      writtenLength: 15,
    });
    expect(findings).toEqual([{ level: 'WARN', code: 'identity.old_form', field: 'idNo' }]);
  });

  it('[ID1] names what is wrong and never blocks', () => {
    const make = (seventeen: string) => seventeen + identityCheckCharacter(seventeen);
    expect(codes('12345')).toEqual(['identity.length']);
    expect(codes('23027819570312022A')).toEqual(['identity.characters']);
    expect(codes('230278195703120226')).toEqual(['identity.check_digit']);
    expect(codes(make('23027819570230022'))).toEqual(['identity.birth_date']);
    expect(codes(make('23027820261122022'))).toEqual(['identity.birth_date']);
    expect(codes(make('23027818991231022'))).toEqual(['identity.birth_date']);
    expect(codes(make('11010120000229022'))).toEqual([]);
    for (const text of ['', 'x', '230278195703120226']) {
      expect(checkIdentityNumber(text, today).findings.every((f) => f.level === 'WARN')).toBe(true);
    }
  });
});
