import type { Words } from '../language.ts';
import { sendingEn } from './sending.en.ts';
import { sendingZh, type SendingWords } from './sending.zh-CN.ts';

/** Words of 送达情况. */
export const sendingWords: Words<SendingWords> = { 'zh-CN': sendingZh, en: sendingEn };
