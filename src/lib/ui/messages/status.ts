import type { Words } from '../language.ts';
import { statusEn } from './status.en.ts';
import { statusZh, type StatusWords } from './status.zh-CN.ts';

/** 到哪步了: one plain sentence per status. */
export const statusWords: Words<StatusWords> = { 'zh-CN': statusZh, en: statusEn };

/** The sentence of a status code; an unknown code of a newer county shows as itself. */
export const statusSentence = (words: StatusWords, status: string): string =>
  (words as Readonly<Record<string, string | undefined>>)[status] ?? status;
