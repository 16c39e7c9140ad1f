import type { Words } from '../language.ts';
import { deskLooksEn } from './desk-looks.en.ts';
import { deskLooksZh, type DeskLooksWords } from './desk-looks.zh-CN.ts';

/** Words of the record of looks: the question why, and the list that the petitioner is told. */
export const deskLooksWords: Words<DeskLooksWords> = { 'zh-CN': deskLooksZh, en: deskLooksEn };
