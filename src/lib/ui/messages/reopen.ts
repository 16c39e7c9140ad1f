import type { Words } from '../language.ts';
import { reopenEn } from './reopen.en.ts';
import { reopenZh, type ReopenWords } from './reopen.zh-CN.ts';

/** Words of the county's new way in. */
export const reopenWords: Words<ReopenWords> = { 'zh-CN': reopenZh, en: reopenEn };
