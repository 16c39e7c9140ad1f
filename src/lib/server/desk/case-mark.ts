import { createHash } from 'node:crypto';
import type { Subject } from '../../domain/permissions.ts';
import type { CaseRecord } from '../../ports/county-store.ts';
import type { DeskDeps } from './deps.ts';
import { seeCase } from './see.ts';

/** A word that changes with every event of the case and says nothing else, not even how many. */
export const markOf = ({ salt, lastSeq }: CaseRecord): string =>
  createHash('sha256').update(`${salt} ${lastSeq}`).digest('base64url').slice(0, 16);

/** The mark of a case as it stands now; null for one that the person may not see. Writes no look. */
export async function caseMark(
  deps: DeskDeps,
  person: Subject,
  caseId: string,
): Promise<string | null> {
  const seen = await seeCase(deps, person, caseId);
  return seen === null ? null : markOf(seen.record);
}
