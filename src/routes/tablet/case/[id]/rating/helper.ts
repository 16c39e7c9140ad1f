import type { RatingTarget } from '$lib/domain/rating';

/** Who presses and what is asked: settled before the tablet is handed over. */
export interface Helper {
  /** The agent may never be the helper. */
  readonly mode: 'SELF' | 'HELPER';
  readonly name: string;
  readonly targets: readonly RatingTarget[];
}
