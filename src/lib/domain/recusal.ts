/**
 * 回避: who is out of a case. An agent's word puts nobody of the office out of its own work, and in a
 * sealed case one hand of the office puts out nobody but itself.
 */
import type { CaseFile } from './case-file.ts';
import type { Noted } from './noted.ts';
import type { PersonId } from './values.ts';

/** Whom it puts aside: the one it names, else who wrote it. */
export const namedBy = ({ mark, payload }: Noted<'agent.recused'>): PersonId =>
  payload.agent?.personId ?? mark.actor.personId;

/** What was recorded before the case was sealed holds on. */
function isAfterSealing(file: CaseFile, { mark }: Noted<'agent.recused'>): boolean {
  const sealedAt = file.sealed?.mark.seq ?? null;
  return file.sealed !== null && (sealedAt === null || mark.seq === null || mark.seq > sealedAt);
}

/** Another person of the office said the same of the same person. */
const isSeconded = (file: CaseFile, recusal: Noted<'agent.recused'>): boolean =>
  file.recusals.some(
    (one) =>
      one.mark.actor.code === 'O' &&
      one.mark.actor.personId !== recusal.mark.actor.personId &&
      namedBy(one) === namedBy(recusal),
  );

/**
 * The person that a recusal puts out of the case; null when its word does not reach him. From the
 * field it reaches the writer and the agents of the case; others stand aside by the office's act,
 * in a sealed case by the act of two.
 */
export function recusedBy(file: CaseFile, recusal: Noted<'agent.recused'>): PersonId | null {
  const { actor } = recusal.mark;
  const named = namedBy(recusal);
  if (named === actor.personId) return named;
  if (file.agents.some(({ agent }) => agent.personId === named)) return named;
  if (actor.code !== 'O') return null;
  return !isAfterSealing(file, recusal) || isSeconded(file, recusal) ? named : null;
}
