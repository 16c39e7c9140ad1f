import { describe, expect, it } from 'vitest';
import * as formula from './statistics.ts';
import {
  changeOf,
  meanOf,
  meanOfRatios,
  percentile,
  percentText,
  ratioOf,
  type Period,
} from './statistics-arithmetic.ts';
import type { CaseSummary, OpenedRating, RatingTarget } from './statistics-summary.ts';
import { plainSummary } from './samples/plain-summary.ts';
import { keshanFigures } from './samples/keshan-2022.ts';
import { shanghai } from './samples/story.ts';
import type { CaseId, EventId, LocalDate } from './values.ts';

const P: Period = { from: '2026-06-01' as LocalDate, to: '2026-06-30' as LocalDate };
let count = 0;
function summary(more: Partial<CaseSummary> = {}): CaseSummary {
  count += 1;
  return plainSummary({
    caseId: `case-${String(count)}` as CaseId,
    registeredAt: shanghai('2026-06-02T09:00'),
    endedAt: shanghai('2026-06-12T09:00'),
    takenAt: shanghai('2026-06-01T09:00'),
    takenReceivedAt: shanghai('2026-06-01T19:00'),
    ...more,
  });
}
const rated = (
  values: Partial<Record<RatingTarget, OpenedRating['value']>>,
  reasons: string[] = [],
) => ({
  ratings: Object.entries(values).map(([target, value]) => ({
    ratingId: 'r' as EventId,
    target: target as RatingTarget,
    value,
    reasons,
    at: shanghai('2026-06-15T09:00'),
  })),
});
const duty = (due: string, stopped: string | null) => ({
  due: shanghai(`${due}T23:59:59`),
  stoppedAt: stopped === null ? null : shanghai(stopped),
  unit: null,
});

describe('arithmetic of figures', () => {
  it('[SX1] a ratio carries both counts, one decimal half up, and a dash for nothing', () => {
    expect(ratioOf(144, 150)).toEqual({ numerator: 144, denominator: 150, percent: 96 });
    expect(ratioOf(0, 0)).toEqual({ numerator: 0, denominator: 0, percent: null });
    expect(
      [ratioOf(1, 16), ratioOf(1, 2000), ratioOf(1, 2001), ratioOf(2, 3)].map((r) => r.percent),
    ).toEqual([6.3, 0.1, 0, 66.7]);
    expect([percentText(96), percentText(null), percentText(-32.1)]).toEqual([
      '96.0 %',
      '—',
      '−32.1 %',
    ]);
  });

  it('[SX2] changes: 25→6, 25→12 and 21.5→14.6 as the seed says', () => {
    expect(changeOf(6, 25).percent).toBe(-76);
    expect(changeOf(12, 25).percent).toBe(-52);
    expect(changeOf(14.6, 21.5).percent).toBe(-32.1);
    expect(changeOf(5, 0).percent).toBeNull();
    expect(changeOf(25, 25).percent).toBe(0);
  });

  it('[SX2] a mean over units counts each unit once: 57 of 59 at full give 96.6', () => {
    const units = Array.from({ length: 59 }, (_, i) => ratioOf(i < 57 ? 10 + i : 0, 10 + i));
    expect(meanOfRatios(units)).toBe(96.6);
    expect(meanOfRatios([ratioOf(1, 1), ratioOf(0, 99)])).toBe(50);
    expect(meanOfRatios([ratioOf(0, 0)])).toBeNull();
  });

  it('[SX2] means and percentiles', () => {
    expect([meanOf([1, 2, 2]), meanOf([]), meanOf([3_600_000, 5_400_000], 3_600_000)]).toEqual([
      1.7,
      null,
      1.3,
    ]);
    expect([
      percentile([5, 1, 9], 0.95),
      percentile([], 0.5),
      percentile([1, 2, 3, 4], 0.5),
    ]).toEqual([9, null, 2]);
  });

  it('[SX3] the fixture of 克山 2022 computes to the published figures', () => {
    const { registered, closing, hazards, repeats, skipLevel } = keshanFigures();
    expect([registered, closing.numerator, percentText(closing.percent), hazards]).toEqual([
      150,
      144,
      '96.0 %',
      453,
    ]);
    expect([percentText(repeats), percentText(skipLevel)]).toEqual(['−76.0 %', '−52.0 %']);
  });
});

describe('who is counted', () => {
  it('[SX4] registered and not voided; a merged child only when it was a repeat', () => {
    const all = [
      summary(),
      summary({ registeredAt: null }),
      summary({ status: 'VOIDED' }),
      summary({ status: 'MERGED' }),
      summary({ status: 'MERGED', repeat: true }),
      summary({ registeredAt: shanghai('2026-05-31T23:59') }),
      summary({ registeredAt: shanghai('2026-06-30T23:59:59'), people: 32 }),
    ];
    expect(formula.registeredCount(all, P)).toBe(3);
    expect(formula.peopleCount(all, P)).toBe(34);
    expect(formula.repeatRate(all, P)).toEqual({ numerator: 1, denominator: 3, percent: 33.3 });
  });

  it('[SX5] closing rate, duration, on-the-spot share and trips', () => {
    const all = [
      summary({ onsite: true, trips: 2 }),
      summary({ status: 'ACCEPTED', endedAt: null }),
      summary({ status: 'WITHDRAWN', endedAt: shanghai('2026-06-03T21:00') }),
    ];
    expect(formula.closingRate(all, P)).toMatchObject({ numerator: 2, denominator: 3 });
    expect(formula.meanDuration(all, P)).toEqual({ count: 2, days: 5.8 });
    expect(formula.onsiteShare(all, P)).toMatchObject({ numerator: 1, denominator: 2 });
    expect(formula.tripCount(all, P)).toBe(2);
    expect(formula.offlineLag(all, P)).toEqual({ count: 3, mean: 10, p95: 10, max: 10 });
  });
});

describe('being in time', () => {
  it('[SX6] counts by the due date, and leaves out what was withdrawn before', () => {
    const all = [
      summary({ officeDuty: duty('2026-06-10', '2026-06-10T23:59:59') }),
      summary({ officeDuty: duty('2026-06-10', '2026-06-11T00:00:00') }),
      summary({ officeDuty: duty('2026-06-10', null) }),
      summary({ officeDuty: duty('2026-07-01', '2026-06-11T00:00:00') }),
      summary({ unitDuties: [{ ...duty('2026-06-20', '2026-06-10T09:00'), withdrawn: false }] }),
      summary({ unitDuties: [{ ...duty('2026-06-20', '2026-06-10T09:00'), withdrawn: true }] }),
    ];
    expect(formula.officeTimelyRate(all, P)).toMatchObject({ numerator: 1, denominator: 3 });
    expect(formula.unitTimelyRate(all, P)).toMatchObject({ numerator: 1, denominator: 1 });
  });

  it('[SX6] the closing in time has four parts that make the whole', () => {
    const all = [
      summary({ liveLimit: duty('2026-06-10', '2026-06-09T09:00') }),
      summary({ liveLimit: duty('2026-06-10', '2026-06-12T09:00') }),
      summary({ liveLimit: duty('2026-06-10', null) }),
      summary({ liveLimit: duty('2026-06-28', null) }),
      summary({ liveLimit: duty('2026-08-28', null) }),
    ];
    expect(formula.onTimeRate(all, P, shanghai('2026-06-20T09:00'))).toEqual({
      numerator: 1,
      denominator: 4,
      percent: 25,
      onTime: 1,
      late: 1,
      open: 1,
      overdue: 1,
    });
  });

  it('[SX6] the provincial variants run from registration', () => {
    const sent = (at: string | null) =>
      summary({
        registeredAt: shanghai('2026-06-01T09:00'),
        transferredAt: at === null ? null : shanghai(at),
        acceptedAt: at === null ? null : shanghai(at),
        unitDuties: [{ ...duty('2026-06-16', null), withdrawn: false }],
        endedAt: null,
      });
    const all = [sent('2026-06-16T23:00'), sent('2026-06-17T09:00'), sent(null)];
    expect(formula.officeTimelyRateProvincial(all, P)).toMatchObject({
      numerator: 1,
      denominator: 3,
    });
    const july: Period = { ...P, to: '2026-07-01' as LocalDate };
    expect(formula.unitTimelyRateProvincial(all, july)).toMatchObject({
      numerator: 2,
      denominator: 3,
    });
  });

  it('[SX6] transfer within 24 hours counts first petitions that had to be transferred', () => {
    const fast = (stopped: string, first: boolean) =>
      summary({
        first,
        fastTransfer: {
          due: shanghai('2026-06-03T09:00'),
          stoppedAt: shanghai(stopped),
          unit: null,
        },
      });
    const all = [
      fast('2026-06-03T09:00', true),
      fast('2026-06-03T10:00', true),
      fast('2026-06-02T10:00', false),
    ];
    expect(formula.fastTransferRate([...all, summary()], P)).toMatchObject({
      numerator: 1,
      denominator: 2,
    });
  });
});

describe('ratings and solving', () => {
  it('[SX7] taking part, satisfaction and both satisfied', () => {
    const lapsed = (target: RatingTarget) => ({ target, at: shanghai('2026-06-16T00:05') });
    const all = [
      summary(rated({ OFFICE: '满意', UNIT: '满意' })),
      summary(rated({ OFFICE: '满意', UNIT: '基本满意' })),
      summary(rated({ OFFICE: '基本满意', UNIT: '不满意' }, ['太慢', '没解决'])),
      summary({ expired: [lapsed('OFFICE'), lapsed('UNIT')] }),
      summary({ ...rated({ OFFICE: '满意', UNIT: '满意' }), status: 'DIVERTED' }),
    ];
    expect(formula.ratingRate(all, P, 'OFFICE')).toMatchObject({ numerator: 4, denominator: 5 });
    expect(formula.ratingRate(all, P, 'UNIT')).toMatchObject({ numerator: 3, denominator: 4 });
    expect(formula.satisfactionRate(all, P, 'UNIT')).toMatchObject({
      numerator: 2,
      denominator: 3,
    });
    expect(formula.doubleSatisfactionRate(all.slice(0, 4), P)).toMatchObject({
      numerator: 1,
      denominator: 3,
    });
    const reasons = formula.dissatisfactionReasons(all, P, 'UNIT');
    expect([...reasons].map(([reason, share]) => [reason, share.percent])).toEqual([
      ['太慢', 100],
      ['没解决', 100],
    ]);
  });

  it('[SX7] solved at once: no bad word, no review, no reopening, no repeat within 90 days', () => {
    const solved = summary();
    const again = summary({
      first: false,
      repeat: true,
      repeatOf: solved.caseId,
      registeredAt: shanghai('2026-09-10T08:59'),
      endedAt: null,
      status: 'ACCEPTED',
    });
    const rate = (...all: CaseSummary[]) => formula.onceSolvedRate(all, P, 90);
    expect(rate(solved)).toMatchObject({ numerator: 1, denominator: 1 });
    expect(rate(solved, again)).toMatchObject({ numerator: 0, denominator: 1 });
    const later = { ...again, registeredAt: shanghai('2026-09-11T08:59') };
    expect(rate(solved, later)).toMatchObject({ numerator: 1, denominator: 1 });
    const others = [
      summary({ reviewed: true }),
      summary({ reopened: true }),
      summary({ status: 'TERMINATED' }),
      summary(rated({ UNIT: '不满意' })),
      summary({ first: false }),
      summary({ status: 'DIVERTED' }),
    ];
    expect(rate(...others)).toMatchObject({ numerator: 0, denominator: 4 });
  });

  it('[SX9] ranks what people come with against the period before; sealed cases in no line', () => {
    const may: Period = { from: '2026-05-01' as LocalDate, to: '2026-05-31' as LocalDate };
    const of = (categoryL2: string, more: Partial<CaseSummary> = {}) =>
      summary({ categoryL2, ...more });
    const old = { registeredAt: shanghai('2026-05-10T09:00') };
    const all = [
      of('NY06'),
      of('JT01'),
      of('JT01'),
      of('JC01', { sealed: true }),
      of('NY06', old),
      of('NY06', old),
      of('RS01', old),
      summary(),
    ];
    const lines = formula.demandRanking(all, { now: P, before: may }, (one) => one.categoryL2);
    expect(
      lines.map(({ key, change }) => [key, change.now, change.before, change.percent]),
    ).toEqual([
      ['JT01', 2, 0, null],
      ['NY06', 1, 2, -50],
      ['RS01', 0, 1, -100],
    ]);
    expect([formula.publishable(4), formula.publishable(5), formula.publishable(3, 3)]).toEqual([
      null,
      5,
      3,
    ]);
  });

  it('[SX8] visits above the level, hazards, news that arrived, cases from the field', () => {
    const all = [
      summary({ channel: 'LF', skipLevel: true, notices: { issued: 3, told: 2 } }),
      summary({ channel: 'LF', notices: { issued: 1, told: 1 } }),
      summary({ skipLevel: true }),
    ];
    expect(formula.skipLevelRate(all, P)).toMatchObject({ numerator: 1, denominator: 2 });
    expect(formula.skipLevelMarks(all, P)).toBe(2);
    expect(formula.toldRate(all, P)).toMatchObject({ numerator: 3, denominator: 4, percent: 75 });
    expect(formula.fieldShare(all, P)).toMatchObject({ numerator: 1, denominator: 3 });
    const hazard = (foundOn: string, status: formula.HazardSummary['status']) => ({
      foundOn: foundOn as LocalDate,
      status,
    });
    const hazards = [
      hazard('2026-06-01', 'RESOLVED'),
      hazard('2026-06-30', 'TO_CASE'),
      hazard('2026-07-01', 'RESOLVED'),
    ];
    expect(formula.hazardCounts(hazards, P)).toEqual({ found: 2, resolved: 1, toCase: 1 });
  });
});
