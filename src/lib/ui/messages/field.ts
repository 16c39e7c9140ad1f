import type { Words } from '../language.ts';
import { fieldEn } from './field.en.ts';
import { fieldZh, type FieldWords } from './field.zh-CN.ts';

/** Words of 人命关天, 隐患排查 and 该办的事. */
export const fieldWords: Words<FieldWords> = { 'zh-CN': fieldZh, en: fieldEn };
