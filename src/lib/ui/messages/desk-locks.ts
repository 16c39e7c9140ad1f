import type { Words } from '../language.ts';
import { deskLocksEn } from './desk-locks.en.ts';
import { deskLocksZh, type DeskLocksWords } from './desk-locks.zh-CN.ts';

/** Words of 锁和胸牌. */
export const deskLocksWords: Words<DeskLocksWords> = { 'zh-CN': deskLocksZh, en: deskLocksEn };
