/** What the agent may do with a case now, so that no button leads to a refusal. */
import { LIFECYCLE } from '$lib/domain/lifecycle-table';
import { ratingTargets } from '$lib/domain/rating';
import type { CaseFile } from '$lib/domain/case-file';

/** Each act is a page below the case. */
export type CaseAct =
  'visit' | 'supplement' | 'notice' | 'delivery' | 'resolution' | 'rating' | 'withdraw' | 'receipt';

const made = {
  visit: 'visit.recorded',
  supplement: 'case.supplemented',
  notice: 'notice.told',
  delivery: 'delivery.recorded',
  resolution: 'resolution.recorded',
  withdraw: 'withdrawal.requested',
} as const;

/** Somebody may be asked what she thinks of it: not on sealed or anonymous cases. */
export const mayRate = (file: CaseFile): boolean =>
  LIFECYCLE['rating.sealed'].from.includes(file.status) &&
  ratingTargets(file).some((target) => target !== 'AGENT');

function may(file: CaseFile, act: CaseAct): boolean {
  if (act === 'receipt') return true;
  if (act === 'rating') return mayRate(file);
  return LIFECYCLE[made[act]].from.includes(file.status);
}

/** The next right act in this status; null when nothing waits for the agent. */
function mainOf(file: CaseFile): CaseAct | null {
  if (file.sealed !== null) return null;
  if (file.status === 'RETURNED') return 'supplement';
  if (file.status === 'OPINION_ISSUED') return 'delivery';
  if (mayRate(file) && file.ratings.length === 0 && file.deliveries.length > 0) return 'rating';
  if (file.status === 'FIELD_RESOLVED') return file.ratings.length === 0 ? 'rating' : null;
  return may(file, 'resolution') ? 'resolution' : null;
}

const order: readonly CaseAct[] = [
  ...(['visit', 'supplement', 'notice', 'delivery'] as const),
  ...(['resolution', 'rating', 'withdraw', 'receipt'] as const),
];

/** What can still be done for a case that nobody at this tablet reads any more. */
const awayActs: readonly CaseAct[] = ['supplement', 'receipt'];

/** Acts in the order of the screen; the main one stands in the bar under the thumb. */
export function actsOf(
  file: CaseFile,
  away = false,
): {
  readonly main: CaseAct | null;
  readonly rest: CaseAct[];
} {
  if (away) return { main: null, rest: awayActs.filter((act) => may(file, act)) };
  const wanted = mainOf(file);
  const main = wanted !== null && may(file, wanted) ? wanted : null;
  return { main, rest: order.filter((act) => act !== main && may(file, act)) };
}
