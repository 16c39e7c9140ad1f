import type { Words } from '../language.ts';
import { deskSettingsEn } from './desk-settings.en.ts';
import { deskSettingsZh, type DeskSettingsWords } from './desk-settings.zh-CN.ts';

/** Words of the desk's settings. */
export const deskSettingsWords: Words<DeskSettingsWords> = {
  'zh-CN': deskSettingsZh,
  en: deskSettingsEn,
};
