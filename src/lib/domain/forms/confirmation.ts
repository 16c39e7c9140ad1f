/** 她认不认: the villager's own confirmation of what was settled on the spot. */
import type { Payload } from '../events.ts';
import type { Proof } from './intake-answers.ts';

export type Says = 'YES' | 'HALF' | 'NO';

/** Without her own hand, her voice or a witness by name it is not confirmed, whatever she says. */
export function villagerConfirms(
  says: Says | null,
  proof: Proof | null,
): Payload<'resolution.recorded'>['villagerConfirms'] {
  const kept = proof !== null && (proof.evidence.length > 0 || proof.witness !== null);
  if (says !== 'YES' || !kept) return { how: 'NOT_YET' };
  const { method, evidence, witness } = proof;
  return {
    how: method === 'INTERPRETER' ? 'WITNESS' : method,
    ...(evidence.length > 0 ? { evidence: [...evidence] } : {}),
    ...(witness
      ? { witness: { name: witness.name, ...(witness.relation && { relation: witness.relation }) } }
      : {}),
  };
}
