/** 满意度评价 (REFERENCE 2.2, 7.5): values, the sealed form, and when one counts. */
import { addDays, endOfDayShanghai, toLocalDate } from './calendar.ts';
import type { CaseFile } from './case-file.ts';
import { happenedAt, isAfter, isTimeUncertain } from './event-time.ts';
import type { EventOf, Payload } from './events.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import type { Instant } from './values.ts';

export type RatingTarget = Payload<'rating.sealed'>['targets'][number];
/** 满意 0, 基本满意 1, 不满意 3: the codes of a provincial system. */
export const RATING_VALUES = ['满意', '基本满意', '不满意'] as const;
export type RatingValue = (typeof RATING_VALUES)[number];
export const RATING_CODES: Readonly<Record<RatingValue, 0 | 1 | 3>> = {
  满意: 0,
  基本满意: 1,
  不满意: 3,
};

/** Reasons of 不满意, as pictures with words. */
export const RATING_REASONS = [
  '没人管',
  '太慢',
  '态度不好',
  '没解决',
  '没听明白',
  '答非所问',
  '其他',
] as const;

/** What is inside the box: read by the rating desk alone. A target left out is 不想评. */
export interface SealedRating {
  readonly caseId: string;
  readonly at: Instant;
  readonly answers: readonly {
    readonly target: RatingTarget;
    readonly value: RatingValue;
    readonly reasons: readonly string[];
    readonly words?: string;
  }[];
}

/**
 * 评价窗口, days, and the days after it in which a rating made in time may still arrive (K07): the
 * same settings that C12 is counted by. The fold and every tablet must agree on them, so they are
 * those of the build. Source: 国信发〔2022〕11号, the numbers themselves unverified.
 */
export type RatingWindow = Pick<Settings, 'rating.windowDays' | 'rating.lateSyncGraceDays'>;

/** 双满意: the office and the unit both 满意. */
export const isDoubleSatisfied = (opened: Readonly<Partial<Record<RatingTarget, RatingValue>>>) =>
  opened.OFFICE === '满意' && opened.UNIT === '满意';

/** Two or more steps apart (满意 and 不满意): a call is due (K08). */
export const ratingsDiffer = (a: RatingValue, b: RatingValue): boolean =>
  Math.abs(RATING_VALUES.indexOf(a) - RATING_VALUES.indexOf(b)) >= 2;

/** Nobody is asked to rate a sealed or anonymous case; a statutory way has no unit to rate. */
export function ratingTargets(file: CaseFile): readonly RatingTarget[] {
  if (file.sealed !== null || file.head.anonymous === true) return [];
  const withoutUnit = file.status === 'DIVERTED' || file.status === 'NOT_ACCEPTED';
  return withoutUnit ? ['OFFICE', 'AGENT'] : ['OFFICE', 'UNIT', 'AGENT'];
}

/** When the window opened: service of the answer, or approval of an on-the-spot solution. */
export function ratingOpenedAt(file: CaseFile): Instant | null {
  if (file.closeKind === 'ONSITE') return file.statusSince?.receivedAt ?? file.moments.endedAt;
  return file.moments.deliveredAt;
}

/** Last second of the window; null while it is not open. */
export function ratingWindowEnd(
  file: CaseFile,
  window: RatingWindow = DEFAULT_SETTINGS,
): Instant | null {
  const opened = ratingOpenedAt(file);
  if (opened === null) return null;
  return endOfDayShanghai(addDays(toLocalDate(opened), window['rating.windowDays']));
}

/** Last second in which something made in time may still arrive, counted from its end. */
export const graceEnd = (end: Instant, window: RatingWindow = DEFAULT_SETTINGS): Instant =>
  endOfDayShanghai(addDays(toLocalDate(end), window['rating.lateSyncGraceDays']));

/** Made in time, device time certain, and here within the grace (K07). */
export function isRatingInTime(
  file: CaseFile,
  event: EventOf<'rating.sealed'>,
  window: RatingWindow = DEFAULT_SETTINGS,
): boolean {
  const end = ratingWindowEnd(file, window);
  if (end === null) return true;
  if (isTimeUncertain(event) || isAfter(happenedAt(event), end)) return false;
  const { receivedAt } = event.stamp;
  return receivedAt === null || !isAfter(receivedAt, graceEnd(end, window));
}

/** Targets for which a valid rating already counts. */
export const countedTargets = (file: CaseFile): ReadonlySet<RatingTarget> =>
  new Set(file.ratings.flatMap((r) => r.counted));
