import type { Words } from '../language.ts';
import { deskHistoryEn } from './desk-history.en.ts';
import { deskHistoryZh, type DeskHistoryWords } from './desk-history.zh-CN.ts';

/** What the codes of the history mean. */
export const deskHistoryWords: Words<DeskHistoryWords> = {
  'zh-CN': deskHistoryZh,
  en: deskHistoryEn,
};
