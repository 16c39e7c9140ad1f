import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PUBLISHED_CALENDAR } from './calendar.ts';
import { clocksOf, type ClockCode, type ClockContext } from './clocks.ts';
import { EVENT_TYPES } from './events.ts';
import {
  accept,
  act,
  begin,
  opine,
  serve,
  shanghai,
  story,
  storyEventId,
  transfer,
  type Act,
} from './samples/story.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { assert } from './values.ts';

const at = (now: string): ClockContext => ({
  calendar: PUBLISHED_CALENDAR,
  settings: DEFAULT_SETTINGS,
  now: shanghai(now),
});
const END = '2026-11-21T23:59';
const clocks = (acts: readonly Act[], now = END) => clocksOf(story('t', acts), at(now));
const all = (code: ClockCode, acts: readonly Act[], now = END) =>
  clocks(acts, now).filter((clock) => clock.code === code);
const one = (code: ClockCode, acts: readonly Act[], now = END) => {
  const found = all(code, acts, now);
  const [only, ...more] = found;
  assert(only && more.length === 0, `${code} runs once, not ${String(found.length)} times`);
  return only;
};
const day = (date: string) => shanghai(`${date}T23:59:59`);
const answered = (from: string, how: object = {}) => [
  ...begin(from, how),
  transfer(from),
  accept(from),
  opine(from),
];

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

describe('ends, merging and what runs beside', () => {
  it('[CL19] a merging stops the clocks and its undoing lets them run on as before', () => {
    const merged = [
      ...begin('2026-06-08').slice(0, 4),
      act('case.merged', '2026-06-10T09:00', {
        payload: { masterCaseId: storyEventId('m', 0), ground: '同一事项' },
      }),
    ];
    expect(one('C1', merged)).toMatchObject({
      outcome: 'MET',
      stoppedAt: shanghai('2026-06-10T09:00'),
    });
    const undone = [
      ...merged,
      act('case.unmerged', '2026-06-12T09:00', { payload: { reason: '错' } }),
    ];
    expect(one('C1', undone, '2026-06-13T00:00')).toMatchObject({
      startedAt: shanghai('2026-06-08T09:00'),
      stoppedAt: null,
      stopEventId: null,
      outcome: 'RUNNING',
    });
  });

  it('[CL19] the master of a merging keeps the earlier of both due dates', () => {
    const absorb = (due: string) => [
      ...begin('2026-06-08').slice(0, 4),
      act('case.supplemented', '2026-06-09T09:00', {
        payload: {
          absorbs: { caseId: storyEventId('c', 0), dues: [{ code: 'C1', due: day(due) }] },
        },
        by: 'O',
      }),
    ];
    expect(one('C1', absorb('2026-06-20')).due).toBe(day('2026-06-20'));
    expect(one('C1', absorb('2026-06-30')).due).toBe(day('2026-06-23'));
  });

  it('[CL20] an ending closes every duty of the handling and leaves danger and promises open', () => {
    const acts = [
      ...begin('2026-06-08'),
      act('urgent.reported', '2026-06-08T11:00', {
        payload: { level: 'MAJOR', kind: 'x', done: 'y', calls: [] },
      }),
      transfer('2026-06-08'),
      act('withdrawal.confirmed', '2026-06-12T09:00', { payload: { how: 'PHONE', verified: 'x' } }),
    ];
    const open = clocks(acts, '2026-06-12T12:00').filter((clock) => clock.stoppedAt === null);
    expect(open.map((clock) => clock.code)).toEqual(['C13']);
    expect(one('C2', acts).outcome).toBe('MET');
    const voided = [
      ...begin('2026-06-08').slice(0, 4),
      act('case.voided', '2026-06-09T09:00', { payload: { reason: '登记错了' }, by: 'O' }),
    ];
    expect(one('C1', voided).stoppedAt).toBe(shanghai('2026-06-09T09:00'));
  });

  it('[CL21] an alarm is answered by the first acknowledgement after it, whichever came first', () => {
    const report = (time: string, received: string) =>
      act('urgent.reported', time, {
        payload: { level: 'LIFE', kind: 'x', done: 'y', calls: [] },
        received,
      });
    const heard = act('urgent.acknowledged', '2026-06-08T20:21', {
      payload: { by: '值班员', source: 'phone' },
      received: '2026-06-08T20:50',
    });
    const base = begin('2026-06-08');
    const later = [...base, heard, report('2026-06-08T20:09', '2026-06-08T22:30')];
    expect(one('C13', later)).toMatchObject({
      due: shanghai('2026-06-08T20:39'),
      stoppedAt: shanghai('2026-06-08T20:21'),
      outcome: 'MET',
    });
    const another = [...later, report('2026-06-08T23:00', '2026-06-08T23:01')];
    expect(all('C13', another, '2026-06-09T09:00').map((clock) => clock.outcome)).toEqual([
      'MET',
      'MISSED',
    ]);
  });

  it('[CL22] each promise has its clock; one reported broken is missed at once', () => {
    const promise = act('resolution.recorded', '2026-06-08T12:00', {
      payload: {
        measures: 'x',
        claims: [
          { i: 0, result: 'PROMISED', due: '2026-06-20' },
          { i: 1, result: 'DONE' },
          { i: 2, result: 'PROMISED', due: '2026-07-01' },
        ],
        villagerConfirms: { how: 'SIGN' },
      },
    });
    const base = [...begin('2026-06-08'), promise];
    const id = storyEventId('t', base.length - 1);
    expect(all('C16', base).map((clock) => clock.subject)).toEqual([`${id}/0`, `${id}/2`]);
    const kept = act('commitment.fulfilled', '2026-06-19T09:00', {
      payload: { commitmentId: `${id}/0`, evidence: 'x' },
    });
    const broken = act('commitment.breached', '2026-06-19T10:00', {
      payload: { commitmentId: `${id}/2` },
    });
    expect(all('C16', [...base, kept, broken]).map((clock) => clock.outcome)).toEqual([
      'MET',
      'MISSED',
    ]);
  });

  it('[CL23] a leader’s case never outlasts the handling, a reminder is answered in two days', () => {
    const leader = act('leader.assigned', '2026-06-08T12:00', {
      payload: { leader: { personId: 'L', name: 'x' }, team: 'x', task: 'x', duty: 'x' },
    });
    const base = [...begin('2026-06-08'), transfer('2026-06-08'), leader];
    expect(one('C18', base).due).toBe(day('2026-09-06'));
    expect(one('C18', [...base, accept('2026-06-10')])).toMatchObject({
      due: day('2026-08-09'),
      dueRaw: day('2026-09-06'),
    });
    const supervise = (level: number, more: object = {}) => [
      ...base,
      act('supervision.issued', '2026-06-11T09:00', {
        payload: { level, ground: '拖延', ...more },
      }),
    ];
    expect(one('C19', supervise(1)).due).toBe(day('2026-06-15'));
    expect(one('C19', supervise(2)).due).toBe(day('2026-06-26'));
    expect(one('C19', supervise(2, { answerBy: '2026-06-12' })).due).toBe(day('2026-06-12'));
    const assigned = { ...transfer('2026-06-08'), type: 'case.assigned' as const };
    const payload = { unitId: 'JTJ', reason: 'x', feedbackOn: '2026-07-10' };
    expect(one('C15', [...begin('2026-06-08'), { ...assigned, payload }]).due).toBe(
      day('2026-07-10'),
    );
  });

  it('[CL24] an act without power starts no clock until the villager ratifies it', () => {
    const mandate = (more: object) => ({
      principal: 'x',
      agents: [{ personId: 'P1', name: 'x' }],
      matter: 'x',
      powers: [],
      from: '2026-06-01',
      proof: 'SIGN',
      ...more,
    });
    const base = [
      ...answered('2026-06-01'),
      serve('2026-06-02'),
      act('mandate.granted', '2026-06-02T17:00', { payload: mandate({}) }),
      act('mandate.revoked', '2026-06-03T09:00', { payload: { reason: 'VILLAGER' }, by: 'T' }),
      act('review.requested', '2026-06-05T09:00', {
        payload: { body: '县人民政府', reason: '不服' },
        by: 'A',
      }),
    ];
    expect(all('C9', base)).toEqual([]);
    expect(one('C8', base, '2026-06-06T00:00').outcome).toBe('RUNNING');
    const ratifies = [storyEventId('t', base.length - 1)];
    const bound = [
      ...base,
      act('mandate.granted', '2026-06-08T09:00', { payload: mandate({ ratifies }), by: 'T' }),
    ];
    expect(one('C8', bound).stoppedAt).toBe(shanghai('2026-06-05T09:00'));
    expect(all('C9', bound).length).toBe(1);
  });

  it('[CL24] no event in any order can break the counting', () => {
    const time = fc.constantFrom('2026-06-08T08:00', '2026-06-30T23:59', '2026-07-15T12:00');
    const payload = fc.oneof(
      fc.constant({}),
      fc.constant({ sealedBox: { keyId: 'k', box: 'b' } }),
      fc.constant({ unitId: 'JTJ', claims: [{ i: 0, due: '2026-02-31' }], days: 30 }),
      fc.constant({ docKind: '处理意见书', sentAt: 'soon', procedure: 'SIMPLE', targets: [] }),
      fc.constant({ claims: 'none', coUnits: 7, feedbackOn: 'x', absorbs: {}, ratifies: 'y' }),
    );
    const acts = fc.array(fc.tuple(fc.constantFrom(...EVENT_TYPES), time, payload), {
      maxLength: 25,
    });
    fc.assert(
      fc.property(acts, fc.boolean(), (told, begun) => {
        const life = told.map(([type, when, what]) => act(type, when, { payload: what }));
        const found = clocks(begun ? [...answered('2026-06-08'), ...life] : life);
        for (const clock of found) {
          expect(clock.stoppedAt === null || clock.stoppedAt >= clock.startedAt).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });
});
