import type { Words } from '../language.ts';
import { receiptEn } from './receipt.en.ts';
import { receiptZh, type ReceiptWords } from './receipt.zh-CN.ts';

/** Words of 回执. */
export const receiptWords: Words<ReceiptWords> = { 'zh-CN': receiptZh, en: receiptEn };
