import type { Words } from '../language.ts';
import { vaultEn } from './vault.en.ts';
import { vaultZh, type VaultWords } from './vault.zh-CN.ts';

/** Words of the lock. */
export const vaultWords: Words<VaultWords> = { 'zh-CN': vaultZh, en: vaultEn };
