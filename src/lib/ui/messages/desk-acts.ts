import type { Words } from '../language.ts';
import { deskActsEn } from './desk-acts.en.ts';
import { deskActsZh, type DeskActsWords } from './desk-acts.zh-CN.ts';

/** Words of what the desk can do with a case: acts, their fields and choices, clocks, papers. */
export const deskActsWords: Words<DeskActsWords> = { 'zh-CN': deskActsZh, en: deskActsEn };
