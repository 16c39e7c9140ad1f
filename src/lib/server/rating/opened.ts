import type { CaseFile } from '../../domain/case-file.ts';
import type { OpenedRating } from '../../domain/statistics-summary.ts';
import { openRatingBox } from './open-box.ts';
import type { RatingKeyPair } from './key.ts';

/** Opened ratings by the id of their sealed event. */
export type OpenedRatings = ReadonlyMap<string, readonly OpenedRating[]>;

/**
 * Opens the ratings of cases for the figures, each once; a box that cannot be opened counts as
 * not rated. `before` holds ratings that are known already (the demo's samples).
 */
export function ratingOpener(pair: () => Promise<RatingKeyPair>, before: Promise<OpenedRatings>) {
  const known = new Map<string, readonly OpenedRating[]>();
  return async (files: readonly CaseFile[]): Promise<OpenedRatings> => {
    for (const [id, opened] of await before) known.set(id, opened);
    for (const file of files) {
      for (const { mark, payload } of file.ratings) {
        // In a sealed case the whole payload is a box of another kind.
        if (known.has(mark.eventId) || typeof payload.box !== 'string') continue;
        const box = await openRatingBox(await pair(), payload.box, file.caseId);
        const answers = box.ok ? box.value.answers : [];
        known.set(
          mark.eventId,
          answers.flatMap(({ target, value, reasons }) =>
            target === 'AGENT' ? [] : [{ ratingId: mark.eventId, target, value, reasons }],
          ),
        );
      }
    }
    return known;
  };
}
