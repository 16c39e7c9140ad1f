import type { Words } from '../language.ts';
import { caseEn } from './case.en.ts';
import { caseZh, type CaseWords } from './case.zh-CN.ts';

/** Words of 案件. */
export const caseWords: Words<CaseWords> = { 'zh-CN': caseZh, en: caseEn };
