import type { Words } from '../language.ts';
import { findingsEn } from './findings.en.ts';
import { findingsZh, type FindingsWords } from './findings.zh-CN.ts';

/** Words of the checks of an intake. */
export const findingsWords: Words<FindingsWords> = { 'zh-CN': findingsZh, en: findingsEn };
