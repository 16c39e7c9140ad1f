import type { Words } from '../language.ts';
import { deskCodesEn } from './desk-codes.en.ts';
import { deskCodesZh, type DeskCodesWords } from './desk-codes.zh-CN.ts';

/** Words of 登记码 at the desk. */
export const deskCodesWords: Words<DeskCodesWords> = { 'zh-CN': deskCodesZh, en: deskCodesEn };
