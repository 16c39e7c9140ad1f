import type { Words } from '../language.ts';
import { settingsEn } from './settings.en.ts';
import { settingsZh, type SettingsWords } from './settings.zh-CN.ts';

/** Words of 登录, 设置 and 救急. */
export const settingsWords: Words<SettingsWords> = { 'zh-CN': settingsZh, en: settingsEn };
