import type { Words } from '../language.ts';
import { shellEn } from './shell.en.ts';
import { shellZh, type ShellWords } from './shell.zh-CN.ts';

/** Words of every tablet screen. */
export const shellWords: Words<ShellWords> = { 'zh-CN': shellZh, en: shellEn };
