import type { Words } from '../language.ts';
import { askEn } from './ask.en.ts';
import { askZh, type AskWords } from './ask.zh-CN.ts';

/** What a case asks of the agent: files that never came, two versions of one intake. */
export const askWords: Words<AskWords> = { 'zh-CN': askZh, en: askEn };
