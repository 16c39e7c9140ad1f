import { expect, it } from 'vitest';
import { actsEn } from '$lib/ui/messages/acts.en';
import { actsZh } from '$lib/ui/messages/acts.zh-CN';
import { intakeEn } from '$lib/ui/messages/intake.en';
import { intakeZh } from '$lib/ui/messages/intake.zh-CN';
import { photoProblem } from './photo-problem.ts';

it('[EE23] a photo that was not kept: a full tablet is named, 接单 only where one is taken', () => {
  for (const words of [
    { acts: actsZh, intake: intakeZh },
    { acts: actsEn, intake: intakeEn },
  ]) {
    for (const inIntake of [true, false])
      expect(photoProblem('STORAGE_FULL', inIntake, words)).toBe(words.acts.full);
    expect(photoProblem('NOT_AN_IMAGE', true, words)).toBe(words.intake.photoFailed);
    expect(photoProblem('NOT_AN_IMAGE', false, words)).toBe(words.acts.photoFailed);
  }
  expect(actsZh.full).toContain('机器满了');
  expect(actsZh.photoFailed).not.toContain('接单');
});
