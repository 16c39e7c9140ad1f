import type { Words } from '../language.ts';
import { deskCaseEn } from './desk-case.en.ts';
import { deskCaseZh, type DeskCaseWords } from './desk-case.zh-CN.ts';

/** Words of the review page and of papers. */
export const deskCaseWords: Words<DeskCaseWords> = { 'zh-CN': deskCaseZh, en: deskCaseEn };
