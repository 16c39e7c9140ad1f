/** What of a sealed case counts only when a second one of the office says the same. Pure. */
import type { CaseFile } from './case-file.ts';
import { sightOf } from './case-sight.ts';
import type { Mark } from './noted.ts';
import { namedBy, recusedBy } from './recusal.ts';
import type { PersonId } from './values.ts';

/** The last answer to 说的是谁, where it is one person's word so far. */
function loneAnswer(file: CaseFile): Mark | null {
  const { sealed, respondent } = sightOf(file);
  if (!sealed || respondent.later !== undefined) return null;
  const said = file.corrections.findLast(
    ({ field, new: given, mark }) =>
      field === 'respondent' &&
      mark.actor.code === 'O' &&
      (given as { readonly about?: string } | null)?.about !== undefined,
  );
  return said?.mark ?? null;
}

/**
 * Since when a colleague's word waits for this person's: 说的是谁, or a 回避 of a third. Null where
 * nothing does, or where he said it himself or is the one it is about.
 */
export function waitsForSecond(file: CaseFile, me: PersonId): Mark | null {
  const answer = loneAnswer(file);
  if (answer !== null && answer.actor.personId !== me) return answer;
  const aside = file.recusals.findLast(
    (one) =>
      one.mark.actor.code === 'O' &&
      one.mark.actor.personId !== me &&
      namedBy(one) !== me &&
      recusedBy(file, one) === null,
  );
  return aside?.mark ?? null;
}
