import { describe, expect, it } from 'vitest';
import { begin, accept, act, serve, shanghai, storyEventId, transfer } from './samples/story.ts';
import { clocks, all, one, day, answered } from './testing/clock-story.ts';

describe('windows of the villager', () => {
  it('[CL15] the right to a review rolls over a holiday, the rating window does not', () => {
    const acts = [...answered('2026-01-20'), serve('2026-01-24')];
    expect(one('C8', acts)).toMatchObject({
      due: day('2026-02-24'),
      dueRaw: day('2026-02-23'),
      rolled: true,
      outcome: 'LAPSED',
    });
    expect(one('C12', acts)).toMatchObject({ due: day('2026-02-23'), outcome: 'LAPSED' });
    expect(one('C8', acts, '2026-02-24T12:00').outcome).toBe('RUNNING');
  });

  it('[CL15] no review for suggestions and questions, none and no rating for the anonymous', () => {
    const has = (how: object) => {
      const found = clocks([...answered('2026-06-08', how), serve('2026-06-09')]);
      return ['C8', 'C12'].map((code) => found.some((clock) => clock.code === code));
    };
    expect(has({})).toEqual([true, true]);
    expect(has({ kind: '建议意见' })).toEqual([false, true]);
    expect(has({ kind: '咨询' })).toEqual([false, true]);
    expect(has({ anonymous: true })).toEqual([false, false]);
  });

  it('[CL15] serving another paper opens nothing and stops nothing', () => {
    const acts = [
      ...answered('2026-06-08').slice(0, -1),
      serve('2026-06-09', { docKind: '受理告知书' }),
    ];
    expect(all('C8', acts)).toEqual([]);
    expect(one('C4', acts, '2026-06-10T00:00').stoppedAt).toBeNull();
  });

  it('[CL16] two dates: the later one for the villager, the earlier sending for the unit', () => {
    const base = answered('2026-06-01');
    const twice = [...base, serve('2026-06-06'), serve('2026-06-03', {}, '2026-06-08T09:00')];
    expect(one('C8', twice).startedAt).toBe(shanghai('2026-06-06T16:00'));
    expect(one('C4', twice).stoppedAt).toBe(shanghai('2026-06-03T16:00'));
    const reversed = [...base, serve('2026-06-03'), serve('2026-06-06', {}, '2026-06-08T09:00')];
    expect(one('C8', reversed).startedAt).toBe(shanghai('2026-06-06T16:00'));
    expect(one('C4', reversed).stoppedAt).toBe(shanghai('2026-06-03T16:00'));
  });

  it('[CL16] the earlier date counts for the villager when he signed it himself', () => {
    const acts = [
      ...answered('2026-06-01'),
      serve('2026-06-03', { signedByVillager: true }),
      serve('2026-06-06', {}, '2026-06-08T09:00'),
    ];
    expect(one('C8', acts).startedAt).toBe(shanghai('2026-06-03T16:00'));
    const posted = [
      ...answered('2026-06-01'),
      serve('2026-06-06', { sentAt: shanghai('2026-06-02T10:00') }),
    ];
    expect(one('C4', posted).stoppedAt).toBe(shanghai('2026-06-02T10:00'));
    expect(one('C8', posted).startedAt).toBe(shanghai('2026-06-06T16:00'));
  });

  it('[CL17] a rating made in time uses the window although it arrived after it', () => {
    const served = [...answered('2026-06-01'), serve('2026-06-02')];
    const rating = act('rating.sealed', '2026-07-02T20:00', {
      payload: { targets: ['UNIT'], mode: 'SELF', keyId: 'k', box: 'b' },
      received: '2026-07-10T09:00',
    });
    const accepted = (ratingId: string) =>
      act('rating.accepted', '2026-07-10T09:00', { payload: { ratingId, targets: ['UNIT'] } });
    const id = storyEventId('t', served.length + 1);
    const expired = act('rating.expired', '2026-07-03T00:05', { payload: { targets: ['UNIT'] } });
    const acts = [...served, expired, rating, accepted(id)];
    expect(one('C12', acts)).toMatchObject({
      outcome: 'USED',
      stoppedAt: shanghai('2026-07-02T20:00'),
    });
    const late = { ...rating, at: '2026-07-05T20:00' };
    expect(one('C12', [...served, expired, late, accepted(id)]).outcome).toBe('LAPSED');
    expect(one('C12', [...served, expired]).outcome).toBe('LAPSED');
  });
});

describe('review and re-review', () => {
  const closed = [
    ...answered('2026-06-01'),
    serve('2026-06-02'),
    act('case.closed', '2026-06-03T09:00', { by: 'O' }),
  ];
  const review = (time: string, received?: string) =>
    act('review.requested', time, {
      payload: { body: '县人民政府', reason: '不服' },
      by: 'A',
      ...(received === undefined ? {} : { received }),
    });
  const decided = act('review.decided', '2026-07-20T09:00', {
    payload: { body: '县政府', result: 'MAINTAIN' },
    by: 'O',
  });

  it('[CL18] asked on the last day and received later: in time, and C9 runs from the receipt', () => {
    const acts = [...closed, review('2026-07-02T23:00', '2026-07-05T09:00')];
    expect(one('C8', acts)).toMatchObject({
      outcome: 'USED',
      stoppedAt: shanghai('2026-07-02T23:00'),
    });
    expect(one('C9', acts)).toMatchObject({
      startedAt: shanghai('2026-07-05T09:00'),
      due: day('2026-08-04'),
    });
    expect(one('C8', [...closed, review('2026-07-03T08:00')]).outcome).toBe('LAPSED');
  });

  it('[CL18] a hearing stops only C11, for the days it took', () => {
    const base = [
      ...closed,
      review('2026-06-20T09:00'),
      decided,
      serve('2026-07-21', { docKind: '复查意见书' }),
      act('recheck.requested', '2026-08-01T09:00', {
        payload: { body: '市人民政府', reason: '不服' },
        by: 'A',
      }),
    ];
    expect(one('C10', base)).toMatchObject({ due: day('2026-08-20'), outcome: 'USED' });
    expect(one('C11', base).due).toBe(day('2026-08-31'));
    const hearing = [
      ...base,
      act('hearing.scheduled', '2026-08-10T09:00', { payload: { stage: 'RECHECK' }, by: 'O' }),
    ];
    expect(one('C11', hearing)).toMatchObject({
      frozenSince: shanghai('2026-08-10T09:00'),
      outcome: 'RUNNING',
    });
    const held = [
      ...hearing,
      act('hearing.held', '2026-08-20T09:00', {
        payload: { stage: 'RECHECK', attended: 'x', minutes: 'y' },
        by: 'O',
      }),
    ];
    expect(one('C11', held)).toMatchObject({ due: day('2026-09-10'), dueRaw: day('2026-08-31') });
    const handling = [
      ...begin('2026-06-01'),
      transfer('2026-06-01'),
      accept('2026-06-01'),
      act('hearing.scheduled', '2026-06-05T09:00', { payload: { stage: 'HANDLING' }, by: 'D' }),
      act('hearing.held', '2026-06-15T09:00', {
        payload: { stage: 'HANDLING', attended: 'x', minutes: 'y' },
        by: 'D',
      }),
    ];
    expect(one('C4', handling).due).toBe(day('2026-07-31'));
  });

  it('[CL18] a changed opinion opens a new round with 60 days of its own', () => {
    const acts = [
      ...closed,
      review('2026-06-20T09:00'),
      { ...decided, payload: { body: '县政府', result: 'REVOKE' } },
      act('review.settled', '2026-07-22T09:00', { payload: { result: 'NEW_ROUND' }, by: 'O' }),
    ];
    const [old, fresh] = all('C4', acts);
    expect(old?.outcome).toBe('MET');
    expect(fresh).toMatchObject({ due: day('2026-09-20'), handlingUnit: 'JTJ' });
  });
});
