import type { Words } from '../language.ts';
import { ratingEn } from './rating.en.ts';
import { ratingZh, type RatingWords } from './rating.zh-CN.ts';

/** Words of 请您评一评. */
export const ratingWords: Words<RatingWords> = { 'zh-CN': ratingZh, en: ratingEn };
