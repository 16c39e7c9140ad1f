import type { Words } from '../language.ts';
import { enrolCodeEn } from './enrol-code.en.ts';
import { enrolCodeZh, type EnrolCodeWords } from './enrol-code.zh-CN.ts';

/** Words of 登记码 on the tablet. */
export const enrolCodeWords: Words<EnrolCodeWords> = { 'zh-CN': enrolCodeZh, en: enrolCodeEn };
