import { describe, expect, it } from 'vitest';
import {
  burden,
  chosenAfter,
  fieldsNow,
  fieldsOf,
  holds,
  missing,
  questionsNow,
} from './answers.ts';
import { formOf } from './intake-forms.ts';
import { intakeV1 } from './intake-v1.ts';

const question = (id: string) => {
  const found = intakeV1.questions.find((q) => q.id === id);
  if (!found) throw new Error(id);
  return found;
};

describe('接单 v1', () => {
  it('[UI1] asks for at most 8 answers without a default and has at most 37 fields', () => {
    expect(burden(intakeV1)).toEqual({ required: 8, fields: 37 });
  });

  it('[UI1] asks exactly the eight answers of REFERENCE 3.8, consent counting as one', () => {
    const required = fieldsOf(intakeV1)
      .filter((f) => f.required)
      .map((f) => f.id);
    expect(required).toEqual([
      'consent',
      'name',
      'phoneType',
      'literacy',
      'words',
      'prior',
      'urgency',
      'readback',
    ]);
  });

  it('[UI1] never asks more than eight whatever was answered before', () => {
    const paths = [
      {},
      { anonymous: true },
      { phoneType: 'FAMILY', needs: ['minor'], language: '朝鲜语', petitionerCount: 9 },
      { urgency: 'LIFE', prior: ['村'], respondentType: 'VILLAGE' },
    ];
    for (const answers of paths) {
      const asked = intakeV1.questions
        .flatMap((q) => fieldsNow(intakeV1, q, answers))
        .filter((f) => f.required && f.default === undefined);
      expect(asked.length).toBeLessThanOrEqual(8);
    }
  });

  it('[UI2] a field id occurs once and every condition names a field of the form', () => {
    const ids = fieldsOf(intakeV1).map((f) => f.id);
    expect(new Set(ids).size).toBe(ids.length);
    const named = JSON.stringify(intakeV1).matchAll(/"field":"([^"]+)"/g);
    for (const [, field] of named) expect(ids).toContain(field);
  });

  it('[UI2] is data: it comes through JSON unchanged', () => {
    expect(JSON.parse(JSON.stringify(intakeV1))).toEqual(intakeV1);
  });

  it('[UI2] a draft keeps the version it was begun with', () => {
    expect(formOf('intake', 1)).toBe(intakeV1);
    expect(formOf('intake', 99)).toBeUndefined();
  });

  it('[UI2] asks for a name only of people who leave one', () => {
    const fields = (answers: object) =>
      fieldsNow(intakeV1, question('who'), answers as Record<string, unknown>).map((f) => f.id);
    expect(fields({})).toContain('name');
    expect(fields({ anonymous: true })).not.toContain('name');
    expect(fields({ petitionerCount: 3 })).toContain('representatives');
  });

  it('[UI2] tells what is missing, in order, and nothing when all eight are there', () => {
    expect(missing(intakeV1, {}).map((m) => m.field.id)[0]).toBe('consent');
    const all = {
      consent: 'YES',
      name: '周桂芹',
      phoneType: 'NONE',
      literacy: 'NONE',
      words: { pieces: 1 },
      prior: ['NO'],
      urgency: 'NORMAL',
      readback: { done: true },
    };
    expect(missing(intakeV1, all)).toEqual([]);
    expect(questionsNow(intakeV1, all).length).toBe(9);
  });

  it('[UI2] 都没找过 stands alone among the chips', () => {
    const field = question('prior').fields[0];
    if (!field) throw new Error('prior');
    expect(chosenAfter(field, ['村'], ['村', 'NO'])).toEqual(['NO']);
    expect(chosenAfter(field, ['NO'], ['NO', '县'])).toEqual(['县']);
    expect(holds(intakeV1, { field: 'prior', isNot: ['NO'] }, { prior: ['NO'] })).toBe(false);
  });
});
