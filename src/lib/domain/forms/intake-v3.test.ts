import { describe, expect, it } from 'vitest';
import type { FormDefinition } from '../intake-form.ts';
import { answerOf, burden, fieldsNow, fieldsOf, holds, saidNow } from './answers.ts';
import { formOf, intakeForms, intakeNow } from './intake-forms.ts';
import { intakeV1 } from './intake-v1.ts';
import { intakeV2 } from './intake-v2.ts';
import { intakeV3 } from './intake-v3.ts';
import { respondentFrom } from './taking.ts';

const field = (form: FormDefinition, id: string) => {
  const found = fieldsOf(form).find((f) => f.id === id);
  if (!found) throw new Error(id);
  return found;
};
const values = (form: FormDefinition, id: string) =>
  field(form, id).options?.map(({ value }) => value);
const said = (form: FormDefinition, id: string, answers: Record<string, unknown>) => {
  const question = form.questions.find((q) => q.id === id);
  if (!question) throw new Error(id);
  return saidNow(form, question, answers)
    .map(({ zh }) => zh)
    .join('');
};

describe('接单 v2', () => {
  it('[UI95] version 2 asks whether a unit may know who said it, among what is asked apart', () => {
    expect(formOf('intake', 2)).toBe(intakeV2);
    expect(burden(intakeV2)).toEqual({ required: 8, fields: 37 });
    expect(values(intakeV2, 'sensitive')).toEqual(['audio', 'photo', 'thumb', 'unit', 'noUnit']);
    expect(values(intakeV2, 'respondentType')).toContain('COUNTY');
    expect(said(intakeV2, 'where', {})).toContain('能不能告诉他们是您说的');
  });
});

describe('接单 v3', () => {
  it('[UI98] what is sealed is not asked about: nothing is read aloud of telling those she accuses', () => {
    for (const form of [intakeV2, intakeV3]) {
      expect(said(form, 'where', {})).toContain('能不能告诉他们是您说的');
      expect(said(form, 'where', { secret: false })).toContain('能不能告诉他们是您说的');
      expect(said(form, 'where', { secret: true })).not.toContain('告诉');
      expect(said(form, 'where', { secret: true })).toContain('这事出在哪块儿');
    }
  });

  it('[UI99] the notice says who reads, and that an accused office is not told; sealed, who alone reads', () => {
    const open = said(intakeV3, 'notice', {});
    expect(open).toContain('管这事的单位看');
    expect(open).toContain('您不点头，不告诉他们是您说的');
    expect(open).not.toContain('封上');
    const sealed = said(intakeV3, 'notice', { secret: true });
    expect(sealed).toContain('只有县里专人看');
    expect(sealed).not.toContain('管这事的单位看');
    // What she is told else stands in both; and another notice has another version.
    for (const notice of [open, sealed]) {
      for (const part of ['不要钱', '县里会打电话问您本人', '我给您换个人']) {
        expect(notice).toContain(part);
      }
    }
    expect(intakeV3.noticeVersion).not.toBe(intakeV2.noticeVersion);
  });

  it('[UI100] who said that a cadre is concerned finds no 没说、说不清 ticked', () => {
    const asked = (answers: Record<string, unknown>) =>
      intakeV3.questions
        .flatMap((q) => fieldsNow(intakeV3, q, answers))
        .find(({ id }) => id === 'respondentType')?.default;
    expect([asked({}), answerOf(intakeV3, {}, 'respondentType')]).toEqual(['UNKNOWN', 'UNKNOWN']);
    const cadre = { conflict: 'CADRE' };
    expect([asked(cadre), answerOf(intakeV3, cadre, 'respondentType')]).toEqual([
      undefined,
      undefined,
    ]);
    // Not answered, nothing is made up; what she answers counts; the name is still asked.
    expect(respondentFrom(cadre)).toEqual({ type: 'UNKNOWN' });
    expect(answerOf(intakeV3, { ...cadre, respondentType: 'UNKNOWN' }, 'respondentType')).toBe(
      'UNKNOWN',
    );
    expect(holds(intakeV3, field(intakeV3, 'respondentName').when, cadre)).toBe(true);
  });

  it('[UI101] whether a unit may know is asked at one place; a draft of before keeps its form', () => {
    expect(values(intakeV3, 'sensitive')).toEqual(['audio', 'photo', 'thumb']);
    expect(intakeForms).toEqual([intakeV3, intakeV2, intakeV1]);
    expect(intakeNow).toBe(intakeV3);
    expect(burden(intakeV3)).toEqual({ required: 8, fields: 37 });
    expect(fieldsOf(intakeV3).map(({ id }) => id)).toEqual(fieldsOf(intakeV2).map(({ id }) => id));
    expect(JSON.parse(JSON.stringify(intakeV3))).toEqual(intakeV3);
  });

  it('[UI102] a case is 封上, never 锁: the word of the tablet means the tablet alone', () => {
    const form = JSON.stringify(intakeV3);
    expect(form).toContain('封上');
    expect(form).not.toContain('锁');
  });
});
