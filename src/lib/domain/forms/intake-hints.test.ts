import { describe, expect, it } from 'vitest';
import type { Answers } from '../intake-form.ts';
import type { AreaCode, LocalDate, PersonId } from '../values.ts';
import { intakeHints, questionOf } from './intake-hints.ts';

const world = {
  agent: {
    personId: 'A01' as PersonId,
    name: '王春生',
    areaCode: '230278200201' as AreaCode,
  },
  today: '2026-06-08' as LocalDate,
  countyCode: '0452',
};
const piece = { id: 'p1', verbatim: '粪堆比墙高。', tidy: '', audio: [], seconds: 0, gaps: [] };
const whole: Answers = {
  name: '周桂芹',
  idNo: '230278195703120225',
  phoneType: 'NONE',
  literacy: 'NONE',
  words: { pieces: [piece] },
  prior: ['NO'],
  urgency: 'NORMAL',
};
const codes = (answers: Answers) => intakeHints(answers, world).map(({ code }) => code);

describe('接单前再看看', () => {
  it('[UI10] a whole intake has no hints', () => {
    expect(codes(whole)).toEqual([]);
  });

  it('[UI10] a wrong ID digit, a telephone without number, many people without a speaker', () => {
    const slips = { ...whole, idNo: '230278195703120226', phoneType: 'OWN', petitionerCount: 3 };
    expect(codes(slips)).toEqual([
      'identity.check_digit',
      'phone.missing',
      'representatives.missing',
    ]);
    const [first] = intakeHints(slips, world);
    expect(first && questionOf(first)).toBe('who');
  });

  it('[UI10] hints never block: the only thing missing at all is said, not demanded', () => {
    const bare = intakeHints({}, world);
    expect(bare.map(({ code }) => code)).toContain('words.missing');
    expect(bare.length).toBe(new Set(bare.map(({ code }) => code)).size);
  });
});
