import { describe, expect, it } from 'vitest';
import { followUps } from './admit.ts';
import { PUBLISHED_CALENDAR } from './calendar.ts';
import type { CaseFile } from './case-file.ts';
import { clocksOf } from './clocks.ts';
import type { CaseEvent } from './events.ts';
import { evolve } from './evolve.ts';
import {
  graceEnd,
  isDoubleSatisfied,
  RATING_CODES,
  ratingsDiffer,
  ratingTargets,
  ratingWindowEnd,
} from './rating.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { at } from './testing/ids.ts';
import {
  CLOSED,
  DELIVERED,
  fileOf,
  ISSUED,
  next,
  REGISTERED,
  RESOLVED,
  told,
} from './testing/story.ts';

/** What the county appends after the event, by type. */
const adds = (file: CaseFile, event: CaseEvent) => followUps(evolve(file, event), event);

describe('满意度', () => {
  it('[RT1] has the values, codes and 双满意 of the rules', () => {
    expect(RATING_CODES).toEqual({ 满意: 0, 基本满意: 1, 不满意: 3 });
    expect(isDoubleSatisfied({ OFFICE: '满意', UNIT: '满意' })).toBe(true);
    expect(isDoubleSatisfied({ OFFICE: '满意', UNIT: '基本满意' })).toBe(false);
    expect(isDoubleSatisfied({ OFFICE: '满意' })).toBe(false);
    expect(ratingsDiffer('满意', '不满意')).toBe(true);
    expect(ratingsDiffer('满意', '基本满意')).toBe(false);
  });

  it('[RT2] nobody is asked to rate a sealed or anonymous case, nor a unit on a statutory way', () => {
    expect(ratingTargets(fileOf(...CLOSED))).toEqual(['OFFICE', 'UNIT', 'AGENT']);
    expect(ratingTargets(fileOf(...CLOSED, ['case.sealed']))).toEqual([]);
    const anonymous = fileOf(...CLOSED, ['case.corrected', { field: 'anonymous', new: true }]);
    expect(ratingTargets(anonymous)).toEqual([]);
    expect(ratingTargets(fileOf(...REGISTERED, ['case.diverted']))).not.toContain('UNIT');
  });

  it('[RT3] the window opens with service or approval and ends after 30 days at midnight', () => {
    expect(ratingWindowEnd(fileOf(...ISSUED))).toBeNull();
    const served = fileOf(...ISSUED, ['delivery.recorded', {}, { at: '2026-06-11T02:00:00Z' }]);
    expect(ratingWindowEnd(served)).toBe(at('2026-07-11T15:59:59Z'));
  });

  it('[RT3] the window is the one that C12 is counted by, whatever the setting', () => {
    const lines = [...ISSUED, ['delivery.recorded', {}, { at: '2026-06-11T02:00:00Z' }]] as const;
    const now = at('2026-06-12T00:00:00Z');
    for (const days of [1, 30, 60]) {
      const settings = { ...DEFAULT_SETTINGS, 'rating.windowDays': days };
      const counted = clocksOf(told(lines), { calendar: PUBLISHED_CALENDAR, settings, now });
      const c12 = counted.find(({ code }) => code === 'C12');
      expect(c12?.due).toBe(ratingWindowEnd(fileOf(...lines), settings));
    }
    const end = ratingWindowEnd(fileOf(...lines)) ?? now;
    expect(graceEnd(end, { ...DEFAULT_SETTINGS, 'rating.lateSyncGraceDays': 2 })).toBe(
      at('2026-07-13T15:59:59Z'),
    );
  });

  it('[RT4] a rating before the approval waits and counts with it (S01)', () => {
    const rated = fileOf(...RESOLVED, ['rating.sealed']);
    expect(adds(fileOf(...RESOLVED), next(fileOf(...RESOLVED), ['rating.sealed']))).toEqual([]);
    const acts = adds(rated, next(rated, ['resolution.approved']));
    expect(acts.map((a) => a.type)).toEqual(['rating.accepted']);
    expect(acts[0]?.payload).toMatchObject({ targets: ['OFFICE', 'UNIT'] });
  });

  it('[RT4] of two waiting ratings the first counts per target, the second repeats', () => {
    const rated = fileOf(
      ...ISSUED,
      ['rating.sealed', { targets: ['OFFICE'] }],
      ['rating.sealed', { targets: ['OFFICE', 'UNIT'] }, { id: 'second' }],
    );
    const acts = adds(rated, next(rated, ['delivery.recorded']));
    expect(acts.map((a) => a.payload)).toMatchObject([
      { targets: ['OFFICE'] },
      { targets: ['UNIT'] },
      { targets: ['OFFICE'], repeat: true },
    ]);
  });

  it("[RT5] no event and no file holds a rating's value", () => {
    const file = fileOf(...DELIVERED, ['rating.sealed'], ['rating.accepted']);
    expect(file.ratings[0]?.state).toBe('ACCEPTED');
    expect(JSON.stringify(file.ratings)).not.toMatch(/满意|基本/);
  });
});
