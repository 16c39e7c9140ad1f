import type { EnrolRefusal, Enrolled } from '$lib/tablet/vault-types';
import type { VaultWords } from '$lib/ui/messages/vault.zh-CN';
import type { LightShape } from '$lib/ui/shapes';

/** One question a screen; the last two come by themselves. */
export const ENROL_STEPS = ['why', 'sign', 'card', 'pin', 'pass', 'working', 'done'] as const;
export type EnrolStep = (typeof ENROL_STEPS)[number];

/** Where a refusal is put right: the step whose answer has to change; null: later or elsewhere. */
export function stepToMend(refusal: EnrolRefusal): EnrolStep | null {
  if (refusal.code === 'PIN') return 'pin';
  if (refusal.code === 'PASSPHRASE') return 'pass';
  if (refusal.code === 'NO_CARD' || refusal.code === 'CARD_IN_USE') return 'card';
  return null;
}

/** What happened and what to do next, in one sentence. */
export function enrolRefusalWords(refusal: EnrolRefusal, words: VaultWords): string {
  if (refusal.code === 'PIN') return words.pinFaults[refusal.why];
  if (refusal.code === 'PASSPHRASE') return words.passFaults[refusal.why];
  if (refusal.code === 'STORAGE') return words.enrol.storage[refusal.what];
  return words.enrol.refusals[refusal.code];
}

/** The self-test of the storage as one light. */
export const lightOfStorage = ({ persisted }: Pick<Enrolled, 'persisted'>): LightShape =>
  persisted ? 'ok' : 'soon';
