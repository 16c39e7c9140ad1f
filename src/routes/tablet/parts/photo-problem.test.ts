import { expect, it } from 'vitest';
import { actsEn } from '$lib/ui/messages/acts.en';
import { actsZh } from '$lib/ui/messages/acts.zh-CN';
import { photoProblem } from './photo-problem.ts';

it('[EE23] a photo that was not kept: a full tablet is named, 接单 only where one is taken', () => {
  for (const words of [actsZh, actsEn]) {
    for (const inIntake of [true, false])
      expect(photoProblem('STORAGE_FULL', inIntake, words)).toBe(words.full);
    expect(photoProblem('EMPTY', true, words)).toContain(words.photo.inIntake);
    expect(photoProblem('EMPTY', false, words)).toContain(words.photo.onForm);
  }
  expect(actsZh.full).toContain('机器满了');
  expect(photoProblem('EMPTY', false, actsZh)).not.toContain('接单');
});

it('[UI31] each reason has its own words, in 接单 and on a form', () => {
  const reasons = ['STORAGE_FULL', 'STORE_BROKEN', 'NOT_AN_IMAGE', 'TOO_LARGE', 'EMPTY'] as const;
  for (const words of [actsZh, actsEn])
    for (const inIntake of [true, false]) {
      const said = reasons.map((why) => photoProblem(why, inIntake, words));
      expect(new Set(said).size).toBe(reasons.length);
    }
  expect(photoProblem('STORE_BROKEN', false, actsZh)).not.toContain('机器满了');
});
