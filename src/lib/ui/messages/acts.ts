import type { Words } from '../language.ts';
import { actsEn } from './acts.en.ts';
import { actsZh, type ActsWords } from './acts.zh-CN.ts';

/** Words of the acts on a case. */
export const actsWords: Words<ActsWords> = { 'zh-CN': actsZh, en: actsEn };
