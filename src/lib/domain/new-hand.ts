/** 移交: cases whose agent can no longer act for them, or never was theirs. Pure. */
import { isWithinArea } from './area.ts';
import type { CaseFile } from './case-file.ts';
import type { Grant } from './grants.ts';
import { isOutsideGrant, type Subject } from './permissions.ts';
import { TERMINAL } from './status.ts';
import type { AreaCode, Instant, PersonId } from './values.ts';

/**
 * Why a case waits for another agent: NOBODY holds it any more, its agent is GONE (no grant of an
 * agent or township in force), he MOVED on and the village is his no longer, or he took it OUTSIDE
 * the villages of his grants.
 */
export type NewHand = 'NOBODY' | 'GONE' | 'MOVED' | 'OUTSIDE';

/** People with a grant in force, by their id, and the grants of theirs that ended. */
export type InForce = ReadonlyMap<PersonId, Subject & { readonly ended?: readonly Grant[] }>;

const isOver = ({ status }: CaseFile): boolean => status === 'NONE' || TERMINAL.includes(status);

/** One of the grants that ended had this village. */
const wasHis = (ended: readonly Grant[], areaCode: AreaCode): boolean =>
  ended.some(
    (grant) =>
      (grant.role === 'A' || grant.role === 'T') &&
      grant.areaCode !== null &&
      isWithinArea(areaCode, grant.areaCode),
  );

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
  if (given || areaCode === null || !isOutsideGrant(holder, areaCode, now)) return null;
  return wasHis(holder.ended ?? [], areaCode) ? 'MOVED' : 'OUTSIDE';
}
