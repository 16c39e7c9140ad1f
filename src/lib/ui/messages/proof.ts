import type { Words } from '../language.ts';
import { proofEn } from './proof.en.ts';
import { proofZh, type ProofWords } from './proof.zh-CN.ts';

/** Words of the receipt that is verified and of the notice. */
export const proofWords: Words<ProofWords> = { 'zh-CN': proofZh, en: proofEn };
