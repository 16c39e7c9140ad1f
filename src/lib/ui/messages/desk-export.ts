import type { Words } from '../language.ts';
import { deskExportEn } from './desk-export.en.ts';
import { deskExportZh, type DeskExportWords } from './desk-export.zh-CN.ts';

/** Words of the export of a sealed case. */
export const deskExportWords: Words<DeskExportWords> = { 'zh-CN': deskExportZh, en: deskExportEn };
