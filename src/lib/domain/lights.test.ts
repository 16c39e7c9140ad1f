import { describe, expect, it } from 'vitest';
import { PUBLISHED_CALENDAR } from './calendar.ts';
import { clocksOf, type ClockCode, type ClockContext } from './clocks.ts';
import { caseLights, clockLight, liveLimit, nextDuty, timeLeft, timeLeftWords } from './lights.ts';
import { accept, act, begin, shanghai, story, transfer, type Act } from './samples/story.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { assert } from './values.ts';

const at = (now: string): ClockContext => ({
  calendar: PUBLISHED_CALENDAR,
  settings: DEFAULT_SETTINGS,
  now: shanghai(now),
});
const find = (acts: readonly Act[], code: ClockCode, now: string) => {
  const clock = clocksOf(story('t', acts), at(now)).find((one) => one.code === code);
  assert(clock, `${code} runs`);
  return clock;
};
const light = (acts: readonly Act[], code: ClockCode, now: string) =>
  clockLight(find(acts, code, now), at(now));

type Row = readonly [acts: readonly Act[], code: ClockCode, now: string, expected: string];
const rows = (listed: readonly Row[]) => listed.map((row) => ({ row }));

const received = begin('2026-06-08').slice(0, 4);
const registered = begin('2026-06-08');
const sent = [...registered, transfer('2026-06-08')];
const accepted = [...sent, accept('2026-06-10')];
const simple = [
  ...begin('2026-06-08', { procedure: 'SIMPLE' }),
  transfer('2026-06-08'),
  accept('2026-06-10', 'JTJ', 'SIMPLE'),
];

describe('the light of a clock', () => {
  it.each(
    rows([
      // 15 days: yellow for the last three; due 2026-06-23.
      [received, 'C1', '2026-06-20T23:59', 'green'],
      [received, 'C1', '2026-06-21T00:00', 'yellow'],
      [received, 'C1', '2026-06-24T00:00', 'red'],
      // 60 days: yellow for the last seven; due 2026-08-09.
      [accepted, 'C4', '2026-08-02T23:59', 'green'],
      [accepted, 'C4', '2026-08-03T00:00', 'yellow'],
      [accepted, 'C4', '2026-08-10T00:00', 'red'],
      // C1b: yellow for the last four hours, at 20 h.
      [registered, 'C1b', '2026-06-09T05:59', 'green'],
      [registered, 'C1b', '2026-06-09T06:00', 'yellow'],
      [registered, 'C1b', '2026-06-09T10:01', 'red'],
      // Ten working days, due 2026-06-25: one working day, not one day.
      [simple, 'C7', '2026-06-23T12:00', 'green'],
      [simple, 'C7', '2026-06-24T08:00', 'yellow'],
      [simple, 'C7', '2026-06-26T00:00', 'red'],
    ]),
  )('[CL25] turns yellow and red on time, row %#', ({ row: [acts, code, now, expected] }) => {
    expect(light(acts, code, now)).toBe(expected);
  });

  it('[CL25] over a weekend a working-day clock is yellow from the last working day', () => {
    // C14: returned on Thursday 2026-06-11, three working days, due Tuesday 2026-06-16.
    const acts = [
      ...received,
      act('case.returned', '2026-06-11T09:00', { payload: { missing: ['x'], plain: 'x' } }),
    ];
    expect(light(acts, 'C14', '2026-06-13T12:00')).toBe('green');
    expect(light(acts, 'C14', '2026-06-15T12:00')).toBe('yellow');
  });

  it('[CL25] what is over is grey, and a lapsed right is never red', () => {
    expect(light(sent, 'C1', '2026-12-01T00:00')).toBe('grey');
    expect(light(sent, 'C3', '2026-12-01T00:00')).toBe('grey');
  });
});

describe('the light of a case', () => {
  it('[CL26] is the worst of its duties under law or rule; targets are only dots', () => {
    const now = '2026-06-10T12:00';
    const lights = caseLights(clocksOf(story('t', registered), at(now)), at(now));
    expect(lights.light).toBe('green');
    expect(lights.decidedBy?.code).toBe('C1');
    expect(lights.dots.map((dot) => [dot.clock.code, dot.light])).toEqual([['C1b', 'red']]);
    const late = caseLights(
      clocksOf(story('t', sent), at('2026-07-10T12:00')),
      at('2026-07-10T12:00'),
    );
    expect([late.light, late.decidedBy?.code]).toEqual(['red', 'C2']);
    const none = caseLights([], at(now));
    expect([none.light, none.decidedBy, none.dots]).toEqual(['grey', null, []]);
  });

  it('[CL26] an extended limit is judged by its new day alone', () => {
    const acts = [
      ...accepted,
      act('extension.approved', '2026-08-01T09:00', {
        payload: { unitId: 'JTJ', days: 20, reason: 'x' },
        by: 'D',
      }),
    ];
    const now = '2026-08-12T12:00';
    const clocks = clocksOf(story('t', acts), at(now));
    expect(caseLights(clocks, at(now)).light).toBe('green');
    expect(liveLimit(clocks)?.code).toBe('C5');
    expect(nextDuty(clocks)?.due).toBe(shanghai('2026-08-29T23:59:59'));
  });

  it('[CL26] a case waiting for its hearing is purple', () => {
    const acts = [
      ...accepted,
      act('opinion.issued', '2026-06-11T09:00', {
        payload: { unitId: 'JTJ', docNo: '1', claims: [], reviewBody: 'x', plain: 'x' },
      }),
      act('delivery.recorded', '2026-06-11T10:00', {
        payload: { docKind: '处理意见书', how: 'FACE' },
      }),
      act('review.requested', '2026-06-12T10:00', { payload: { body: 'x', reason: 'x' }, by: 'A' }),
      act('review.decided', '2026-06-13T10:00', { payload: { body: 'x', result: 'MAINTAIN' } }),
      act('delivery.recorded', '2026-06-14T10:00', {
        payload: { docKind: '复查意见书', how: 'FACE' },
      }),
      act('recheck.requested', '2026-06-15T10:00', {
        payload: { body: 'x', reason: 'x' },
        by: 'A',
      }),
      act('hearing.scheduled', '2026-06-16T10:00', { payload: { stage: 'RECHECK' }, by: 'O' }),
    ];
    const now = '2026-09-01T00:00';
    expect(caseLights(clocksOf(story('t', acts), at(now)), at(now)).light).toBe('purple');
  });
});

describe('time left in words', () => {
  it.each(
    rows([
      [received, 'C1', '2026-06-20T12:00', '还有 3 天'],
      [received, 'C1', '2026-06-23T20:00', '今天到期'],
      [received, 'C1', '2026-06-25T08:00', '超了 2 天'],
      [registered, 'C1b', '2026-06-08T12:30', '还有 21 小时'],
      [registered, 'C1b', '2026-06-09T09:15', '还有 45 分钟'],
      [registered, 'C1b', '2026-06-09T12:30', '超了 3 小时'],
      [simple, 'C7', '2026-06-18T12:00', '还有 4 个工作日'],
      [simple, 'C7', '2026-06-29T12:00', '超了 2 个工作日'],
    ]),
  )('[CL27] says how long there is, row %#', ({ row: [acts, code, now, words] }) => {
    expect(timeLeftWords(timeLeft(find(acts, code, now), at(now)))).toBe(words);
  });
});
