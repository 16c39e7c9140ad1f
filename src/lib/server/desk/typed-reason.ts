import { saidWords } from '../../domain/said-words.ts';

/** Least letters of why: one alone (“丢”, a dot) tells nobody anything who looks into it later. */
const REASON_MIN = 2;

/** Why something was done to an account, a tablet or a card, as the audit keeps it; null: too short. */
export function typedReason(typed: string, max: number): string | null {
  const reason = saidWords(typed).slice(0, max);
  return [...reason].length < REASON_MIN ? null : reason;
}
