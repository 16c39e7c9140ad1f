import type { Words } from '../language.ts';
import { deskKeysEn } from './desk-keys.en.ts';
import { deskKeysZh, type DeskKeysWords } from './desk-keys.zh-CN.ts';

/** Words of the county's keys. */
export const deskKeysWords: Words<DeskKeysWords> = { 'zh-CN': deskKeysZh, en: deskKeysEn };
