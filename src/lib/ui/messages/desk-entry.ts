import type { Words } from '../language.ts';
import { deskEntryEn } from './desk-entry.en.ts';
import { deskEntryZh, type DeskEntryWords } from './desk-entry.zh-CN.ts';

/** Words of the page where the office types in a letter, a call or a visit. */
export const deskEntryWords: Words<DeskEntryWords> = { 'zh-CN': deskEntryZh, en: deskEntryEn };
