import { describe, expect, it } from 'vitest';
import { checkPhone, readPhone } from './phone.ts';

describe('telephone numbers', () => {
  it.each([
    ['13904521234', 'mobile', '13904521234'],
    ['139 0452-1234', 'mobile', '13904521234'],
    ['+86 13904521234', 'mobile', '13904521234'],
    ['１３９０４５２１２３４', 'mobile', '13904521234'],
    ['0452-4521234', 'landline', '0452-4521234'],
    ['04524521234', 'landline', '0452-4521234'],
    ['010-12345678-12', 'landline', '010-12345678-12'],
    ['01012345678', 'landline', '010-12345678'],
    ['4521234', 'landline', '0452-4521234'],
    ['45212345', 'landline', '0452-45212345'],
  ])('[ID3] reads %s', (said, kind, number) => {
    expect(readPhone(said, '0452')).toMatchObject({ kind, number });
    expect(checkPhone(said, '0452')).toEqual([]);
  });

  it.each(['12904521234', '1390452123', '110', '', '村部那个电话', '139045212345'])(
    '[ID3] warns about %s and keeps it',
    (said) => {
      expect(checkPhone(said, '0452', 'petitioners.0.phone')).toEqual([
        { level: 'WARN', code: 'phone.unusual', field: 'petitioners.0.phone' },
      ]);
    },
  );

  it('[ID3] marks a number that got the county code', () => {
    expect(readPhone('4521234', '0452')?.codeAdded).toBe(true);
    expect(readPhone('0452-4521234', '0452')?.codeAdded).toBe(false);
  });
});
