import type { Words } from '../language.ts';
import { homeEn } from './home.en.ts';
import { homeZh, type HomeWords } from './home.zh-CN.ts';

/** Words of 我的单子. */
export const homeWords: Words<HomeWords> = { 'zh-CN': homeZh, en: homeEn };
