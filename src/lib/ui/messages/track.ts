import type { Words } from '../language.ts';
import { trackEn } from './track.en.ts';
import { trackZh, type TrackWords } from './track.zh-CN.ts';

/** Words of the public page and of the front door. */
export const trackWords: Words<TrackWords> = { 'zh-CN': trackZh, en: trackEn };
