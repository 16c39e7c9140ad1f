import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from './events.ts';
import { accept, act, begin, serve, shanghai, storyEventId, transfer } from './samples/story.ts';
import { clocks, all, one, day, answered } from './testing/clock-story.ts';

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
