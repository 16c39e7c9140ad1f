/** 回避: who is out of a case. An agent's word puts nobody of the office out of its own work. */
import type { CaseFile } from './case-file.ts';
import type { Noted } from './noted.ts';
import type { PersonId } from './values.ts';

/**
 * The person that a recusal puts out of the case; null when its word does not reach him. From the
 * field it reaches the writer and the agents of the case; others stand aside by the office's act.
 */
export function recusedBy(file: CaseFile, recusal: Noted<'agent.recused'>): PersonId | null {
  const { actor } = recusal.mark;
  const named = recusal.payload.agent?.personId ?? actor.personId;
  const reaches =
    named === actor.personId ||
    actor.code === 'O' ||
    file.agents.some(({ agent }) => agent.personId === named);
  return reaches ? named : null;
}
