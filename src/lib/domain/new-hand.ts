/** 移交: cases whose agent can no longer act for them, or never was theirs. Pure. */
import type { CaseFile } from './case-file.ts';
import { isOutsideGrant, type Subject } from './permissions.ts';
import { TERMINAL } from './status.ts';
import type { Instant, PersonId } from './values.ts';

/**
 * Why a case waits for another agent: NOBODY holds it any more, its agent is GONE (no grant of an
 * agent or township in force), or he took it OUTSIDE the villages of his grants.
 */
export type NewHand = 'NOBODY' | 'GONE' | 'OUTSIDE';

/** People with a grant in force, by their id. */
export type InForce = ReadonlyMap<PersonId, Subject>;

const isOver = ({ status }: CaseFile): boolean => status === 'NONE' || TERMINAL.includes(status);

/**
 * Null while the case is in the right hands. Whom the office gave it to on purpose may be from
 * another village: a neighbour's agent after 回避 (条例 art. 28(3)).
 */
export function newHandFor(file: CaseFile, people: InForce, now: Instant): NewHand | null {
  // Entered by the office, it never had an agent and needs none.
  if (isOver(file) || file.agents.length === 0) return null;
  if (file.agent === null) return 'NOBODY';
  const holder = people.get(file.agent.personId);
  const acts = holder?.grants.some(({ role }) => role === 'A' || role === 'T') ?? false;
  if (holder === undefined || !acts) return 'GONE';
  const given = file.agents.at(-1)?.how === 'HANDED_OVER';
  const { areaCode } = file.head;
  return !given && areaCode !== null && isOutsideGrant(holder, areaCode, now) ? 'OUTSIDE' : null;
}
