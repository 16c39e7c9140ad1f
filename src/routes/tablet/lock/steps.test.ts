import { describe, expect, it } from 'vitest';
import type { EnrolRefusal } from '../../../lib/tablet/vault-types.ts';
import { vaultEn } from '../../../lib/ui/messages/vault.en.ts';
import { vaultZh } from '../../../lib/ui/messages/vault.zh-CN.ts';
import { enrolRefusalWords, lightOfStorage, stepToMend } from './steps.ts';

const refusals: readonly EnrolRefusal[] = [
  ...(['NOT_SIX_DIGITS', 'A_DATE', 'YOUR_OWN_NUMBER'] as const).map((why) => ({
    ...{ code: 'PIN' as const, why },
  })),
  ...(['TOO_SHORT', 'ONE_CHARACTER'] as const).map((why) => ({
    ...{ code: 'PASSPHRASE' as const, why },
  })),
  ...(['NO_CARD', 'CARD_IN_USE', 'NOT_SIGNED_IN', 'OFFLINE', 'COUNTY_FAULT'] as const).map(
    (code) => ({ code }),
  ),
  ...(['strict', 'canary', 'full', 'broken'] as const).map((what) => ({
    ...{ code: 'STORAGE' as const, what },
  })),
];

describe('上锁', () => {
  it('[UI41] every refusal has words of its own in both languages', () => {
    for (const words of [vaultZh, vaultEn]) {
      const said = refusals.map((refusal) => enrolRefusalWords(refusal, words));
      expect(said.every((sentence) => sentence.length > 4)).toBe(true);
      expect(new Set(said).size).toBe(refusals.length);
    }
  });

  it('[UI41] a refusal leads back to the answer that has to change, and to no other', () => {
    expect(refusals.map(stepToMend)).toEqual([
      ...['pin', 'pin', 'pin', 'pass', 'pass', 'card', 'card'],
      ...[null, null, null, null, null, null, null],
    ]);
  });

  it('[UI41] a storage that may be cleared is never told as safe', () => {
    expect(lightOfStorage({ persisted: true })).toBe('ok');
    expect(lightOfStorage({ persisted: false })).toBe('soon');
  });
});
