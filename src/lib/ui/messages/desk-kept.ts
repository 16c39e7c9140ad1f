import type { Words } from '../language.ts';
import { deskKeptEn } from './desk-kept.en.ts';
import { deskKeptZh, type DeskKeptWords } from './desk-kept.zh-CN.ts';

/** Words of 暂存. */
export const deskKeptWords: Words<DeskKeptWords> = { 'zh-CN': deskKeptZh, en: deskKeptEn };
