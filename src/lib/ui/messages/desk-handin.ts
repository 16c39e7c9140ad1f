import type { Words } from '../language.ts';
import { deskHandInEn } from './desk-handin.en.ts';
import { deskHandInZh, type DeskHandInWords } from './desk-handin.zh-CN.ts';

/** Words of the page that takes hand-in files. */
export const deskHandInWords: Words<DeskHandInWords> = { 'zh-CN': deskHandInZh, en: deskHandInEn };
