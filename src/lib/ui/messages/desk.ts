import type { Words } from '../language.ts';
import { deskEn } from './desk.en.ts';
import { deskZh, type DeskWords } from './desk.zh-CN.ts';

/** Words of the desk around the case: rail, inbox, lists, sign-in, refusals. */
export const deskWords: Words<DeskWords> = { 'zh-CN': deskZh, en: deskEn };
