import type { Words } from '../language.ts';
import { dictationEn } from './dictation.en.ts';
import { dictationZh, type DictationWords } from './dictation.zh-CN.ts';

/** Words of 口述. */
export const dictationWords: Words<DictationWords> = { 'zh-CN': dictationZh, en: dictationEn };
