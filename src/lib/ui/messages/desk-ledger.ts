import type { Words } from '../language.ts';
import { deskLedgerEn } from './desk-ledger.en.ts';
import { deskLedgerZh, type DeskLedgerWords } from './desk-ledger.zh-CN.ts';

/** Words of the ledger, supervision, hazards, devices and insight. */
export const deskLedgerWords: Words<DeskLedgerWords> = { 'zh-CN': deskLedgerZh, en: deskLedgerEn };
