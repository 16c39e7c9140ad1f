import type { Words } from '../language.ts';
import { intakeEn } from './intake.en.ts';
import { intakeZh, type IntakeWords } from './intake.zh-CN.ts';

/** Words around the questions of 接单. */
export const intakeWords: Words<IntakeWords> = { 'zh-CN': intakeZh, en: intakeEn };
