import type { Words } from '../language.ts';
import { readbackEn } from './readback.en.ts';
import { readbackZh, type ReadbackWords } from './readback.zh-CN.ts';

/** Words of 读回 and of signing. */
export const readbackWords: Words<ReadbackWords> = { 'zh-CN': readbackZh, en: readbackEn };
