/** What a case was told in words after the office had answered 说的是谁. */
import type { CaseFile } from './case-file.ts';
import type { Dictation } from './dictation.ts';
import type { Mark } from './noted.ts';

/** Position in the log; what is on a tablet alone comes behind all. */
const placeOf = ({ seq }: Mark): number => seq ?? Infinity;

/** When its tidy wording came: a first one that was written later leaves no mark, so at the latest. */
function tidyPlace(file: CaseFile, piece: Dictation): number {
  const rewritten = piece.tidyBefore.at(-1);
  if (rewritten !== undefined) return placeOf(rewritten.mark);
  if ((piece.payload.tidy ?? null) === piece.tidy) return placeOf(piece.mark);
  const pieces = file.timeline.filter(({ type }) => type === 'dictation.recorded');
  return Math.max(...pieces.map(placeOf));
}

/** Dictation, additions and corrected fields behind the place `seq` of the county's log. */
export function toldAfter(file: CaseFile, seq: number): readonly string[] {
  const { dictations, supplements, corrections } = file;
  const said = dictations.flatMap((piece) => [
    { place: placeOf(piece.mark), text: piece.verbatim },
    { place: tidyPlace(file, piece), text: piece.tidy },
  ]);
  const added = supplements.map(({ mark, payload }) => ({
    ...{ place: placeOf(mark), text: JSON.stringify(payload) },
  }));
  // Words of 被反映人 that were changed are asked as such: nobody has answered them.
  const corrected = corrections
    .filter(({ field }) => field !== 'respondent')
    .map(({ mark, new: given }) => ({ place: placeOf(mark), text: JSON.stringify(given ?? '') }));
  return [...said, ...added, ...corrected].flatMap(({ place, text }) =>
    place > seq && text !== null && text !== '' ? [text] : [],
  );
}
