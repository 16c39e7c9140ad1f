import { describe, expect, it } from 'vitest';
import { calendarOf, PUBLISHED_CALENDAR } from './calendar.ts';
import { CLOCK_CODES, CLOCK_RULES, clocksOf, type ClockCode, type ClockContext } from './clocks.ts';
import machine from './data/state-machine.json' with { type: 'json' };
import { accept, act, begin, opine, serve, shanghai, story, transfer } from './samples/story.ts';
import type { Act } from './samples/story.ts';
import { DEFAULT_SETTINGS, settingsOf } from './settings.ts';
import { assert, type LocalDate } from './values.ts';

const at = (now: string): ClockContext => ({
  calendar: PUBLISHED_CALENDAR,
  settings: DEFAULT_SETTINGS,
  now: shanghai(now),
});
const END = '2026-11-21T23:59';
const clocks = (acts: readonly Act[], now = END) => clocksOf(story('t', acts), at(now));
const one = (code: ClockCode, acts: readonly Act[], now = END) => {
  const found = clocks(acts, now).filter((clock) => clock.code === code);
  const [only, ...more] = found;
  assert(only && more.length === 0, `${code} runs once, not ${String(found.length)} times`);
  return only;
};
const codes = (acts: readonly Act[]) => clocks(acts).map((clock) => clock.code);
const day = (date: string) => shanghai(`${date}T23:59:59`);

describe('the table of clocks', () => {
  it('[CL4] has the 21 clocks of the state machine with name, nature and article', () => {
    expect(CLOCK_CODES.length).toBe(21);
    for (const listed of machine.clocks) {
      const rule = CLOCK_RULES[listed.code as ClockCode];
      expect([rule.zh, rule.nature, rule.basis]).toEqual([listed.zh, listed.nature, listed.basis]);
    }
  });

  it('[CL4] starts and stops as the state machine says', () => {
    const extraStops: Readonly<Record<string, readonly string[]>> = {
      // The clock table names these beside the event table.
      C14: ['case.submitted'],
      C16: ['commitment.breached'],
    };
    for (const code of CLOCK_CODES) {
      const starts = machine.events.filter((e) => e.starts.includes(code)).map((e) => e.id);
      const stops = machine.events.filter((e) => e.stops.includes(code)).map((e) => e.id);
      const ours = CLOCK_RULES[code];
      // An opinion's promise also starts C16 (REFERENCE 4.3).
      const more = code === 'C16' ? ['opinion.issued'] : [];
      expect([...ours.startsOn].sort(), code).toEqual([...starts, ...more].sort());
      expect([...ours.stopsOn].sort(), code).toEqual(
        [...stops, ...(extraStops[code] ?? [])].sort(),
      );
    }
  });

  it('[CL5] what the law fixes cannot be set, what it leaves open can', () => {
    expect(settingsOf({ 'rating.windowDays': 60 }).ok).toBe(true);
    for (const key of ['c4.days', 'extension.days', 'representatives.max', 'c1.days']) {
      expect(settingsOf({ [key]: 90 })).toEqual({ ok: false, error: { key, why: 'unknown_key' } });
    }
    expect(settingsOf({ 'rating.windowDays': 0 }).ok).toBe(false);
    expect(settingsOf({ rollOfficeDeadlines: 'yes' }).ok).toBe(false);
    const fixed = (['C1', 'C2', 'C4', 'C8', 'C9', 'C10', 'C11'] as const).map(
      (code) => CLOCK_RULES[code].length,
    );
    expect(fixed.map((length) => 'count' in length && length.count)).toEqual([
      15, 15, 60, 30, 30, 30, 30,
    ]);
  });
});

describe('from the yard to the county', () => {
  it('[CL6] C0 runs from the act, C1 from the receipt, and office duties do not roll', () => {
    const acts = begin('2026-09-16');
    expect(one('C0', acts)).toMatchObject({
      startedAt: shanghai('2026-09-16T08:00'),
      due: shanghai('2026-09-17T08:00'),
      outcome: 'MET',
    });
    expect(one('C1', acts)).toMatchObject({
      startedAt: shanghai('2026-09-16T09:00'),
      due: day('2026-10-01'),
      rolled: false,
      outcome: 'MISSED',
    });
  });

  it('[CL6] with the setting on, the office duty rolls over the holiday', () => {
    const settings = { ...DEFAULT_SETTINGS, rollOfficeDeadlines: true };
    const found = clocksOf(story('t', begin('2026-09-16')), { ...at(END), settings });
    expect(found.find((clock) => clock.code === 'C1')).toMatchObject({
      due: day('2026-10-08'),
      dueRaw: day('2026-10-01'),
      rolled: true,
    });
  });

  it('[CL7] a return, a withdrawal asked for and an objection stop neither C1 nor C2', () => {
    const acts = [
      ...begin('2026-06-08').slice(0, 4),
      act('case.returned', '2026-06-09T09:00', { payload: { missing: ['照片'], plain: '补' } }),
      act('withdrawal.requested', '2026-06-09T10:00', {
        payload: { words: '算了', proof: 'ORAL' },
      }),
    ];
    expect(one('C1', acts, '2026-06-10T00:00')).toMatchObject({
      stoppedAt: null,
      outcome: 'RUNNING',
    });
    expect(one('C14', acts, '2026-06-10T00:00').due).toBe(day('2026-06-12'));
    const objected = [
      ...begin('2026-06-08'),
      transfer('2026-06-08'),
      act('objection.raised', '2026-06-10T09:00', { payload: { unitId: 'JTJ', reason: '不归我' } }),
    ];
    expect(one('C2', objected, '2026-06-10T12:00').outcome).toBe('RUNNING');
    expect(one('C3', objected).outcome).toBe('USED');
    expect(one('C17', objected).due).toBe(day('2026-06-12'));
  });

  it('[CL7] C14 ends at the earlier act: material added before the return was read counts', () => {
    const acts = [
      ...begin('2026-06-08').slice(0, 4),
      act('case.returned', '2026-06-09T09:00', { payload: { missing: ['照片'], plain: '补' } }),
      act('case.supplemented', '2026-06-09T08:30', {
        payload: { text: '照片' },
        received: '2026-06-09T18:00',
      }),
      act('case.submitted', '2026-06-11T08:00', {}),
    ];
    expect(one('C14', acts)).toMatchObject({
      stoppedAt: shanghai('2026-06-09T09:00'),
      outcome: 'MET',
    });
  });

  it('[CL7] what the office copies from a merged child answers no return', () => {
    const acts = [
      ...begin('2026-06-08').slice(0, 4),
      act('case.returned', '2026-06-09T09:00', { payload: { missing: ['照片'], plain: '补' } }),
      act('case.supplemented', '2026-06-09T10:00', { payload: { absorbs: { dues: [] } }, by: 'O' }),
    ];
    expect(one('C14', acts, '2026-06-10T00:00').outcome).toBe('RUNNING');
  });

  it('[CL8] C1b is 24 hours after registration, none for what is settled on the spot', () => {
    const acts = [...begin('2026-06-08'), transfer('2026-06-09')];
    expect(one('C1b', acts)).toMatchObject({
      due: shanghai('2026-06-09T10:00'),
      outcome: 'MISSED',
    });
    expect(codes(begin('2026-06-08', { procedure: 'ONSITE' }))).not.toContain('C1b');
  });

  it('[CL8] an upheld objection gives the office one working day, a reopening 24 hours', () => {
    const upheld = [
      ...begin('2026-06-11'),
      transfer('2026-06-11'),
      act('objection.raised', '2026-06-12T09:00', { payload: { unitId: 'JTJ', reason: '不归我' } }),
      act('objection.upheld', '2026-06-12T10:00', { payload: { unitId: 'JTJ' } }),
    ];
    const again = clocks(upheld).filter((clock) => clock.code === 'C1b');
    expect(again.map((clock) => clock.due)).toEqual([
      shanghai('2026-06-12T10:00'),
      day('2026-06-15'),
    ]);
    expect(one('C2', upheld).outcome).toBe('MET');
    const reopened = [
      ...begin('2026-06-08'),
      act('case.not_accepted', '2026-06-09T09:00', { payload: { ground: 'x', rightBody: 'y' } }),
      act('case.reopened', '2026-06-20T09:00', { payload: { reason: 'MISJUDGED', text: '误判' } }),
    ];
    const [, second] = clocks(reopened).filter((clock) => clock.code === 'C1b');
    expect(second?.due).toBe(shanghai('2026-06-21T09:00'));
    expect(clocks(reopened).filter((clock) => clock.code === 'C1').length).toBe(1);
  });
});

describe('units', () => {
  it('[CL9] every unit has its own C2, C3 and C4, and ends only its own', () => {
    const acts = [
      ...begin('2026-06-08'),
      transfer('2026-06-08', 'GAJ', ['JYJ']),
      accept('2026-06-10', 'GAJ'),
    ];
    const found = clocks(acts, '2026-06-11T00:00').filter(({ code }) => code === 'C2');
    expect(found.map(({ handlingUnit, outcome }) => [handlingUnit, outcome])).toEqual([
      ['GAJ', 'MET'],
      ['JYJ', 'RUNNING'],
    ]);
    expect(one('C4', acts).handlingUnit).toBe('GAJ');
  });

  it('[CL10] 60 days only for article 31(6); the simple procedure has 3 and 10 working days', () => {
    const sent = (how: object) => [...begin('2026-09-24', how), transfer('2026-09-24')];
    expect(one('C4', [...sent({ route: '6' }), accept('2026-10-09')]).due).toBe(day('2026-12-08'));
    expect(codes([...sent({ route: '4' }), accept('2026-10-09')])).not.toContain('C4');
    const simple = [...sent({ procedure: 'SIMPLE' }), accept('2026-09-24', 'JTJ', 'SIMPLE')];
    expect(one('C6', simple).due).toBe(day('2026-09-30'));
    expect(one('C7', simple).due).toBe(day('2026-10-15'));
    expect(codes(simple)).not.toContain('C4');
  });

  it('[CL11] an extension of at most 30 days stands on C4, once', () => {
    const extension = (from: string, days: number) =>
      act('extension.approved', `${from}T09:00`, {
        payload: { unitId: 'JTJ', days, reason: '复杂' },
        by: 'D',
      });
    const base = [...begin('2026-03-02'), transfer('2026-03-02'), accept('2026-03-05')];
    const acts = [...base, extension('2026-04-30', 30), extension('2026-05-20', 30)];
    expect(one('C5', acts)).toMatchObject({ due: day('2026-06-03'), dueRaw: day('2026-06-03') });
    expect(one('C4', acts)).toMatchObject({
      due: day('2026-05-04'),
      extendedTo: day('2026-06-03'),
    });
    const served = [...acts, opine('2026-05-28'), serve('2026-05-29')];
    expect([one('C4', served).outcome, one('C5', served).outcome]).toEqual(['MET', 'MET']);
    expect(codes([...base, extension('2026-04-30', 45)])).not.toContain('C5');
    expect(codes([...base, extension('2026-05-05', 30)])).not.toContain('C5');
  });

  it('[CL12] a change of procedure counts anew from the same start, both ways', () => {
    const change = (from: string, procedure: string) =>
      act('case.classified', `${from}T10:00`, { payload: { procedure, reason: '改' }, by: 'O' });
    const base = [...begin('2026-06-08'), transfer('2026-06-08')];
    const toSimple = [...base, accept('2026-06-10'), change('2026-06-12', 'SIMPLE')];
    expect(codes(toSimple)).not.toContain('C4');
    expect(one('C7', toSimple)).toMatchObject({
      startedAt: shanghai('2026-06-10T09:00'),
      due: day('2026-06-25'),
    });
    const toOrdinary = [
      ...begin('2026-06-08', { procedure: 'SIMPLE' }),
      transfer('2026-06-08'),
      accept('2026-06-10', 'JTJ', 'SIMPLE'),
      change('2026-06-20', 'ORDINARY'),
    ];
    expect(codes(toOrdinary)).not.toContain('C7');
    expect(one('C4', toOrdinary)).toMatchObject({
      startedAt: shanghai('2026-06-10T09:00'),
      due: day('2026-08-09'),
    });
    expect(one('C6', [...base, change('2026-06-08', 'SIMPLE')]).startedAt).toBe(
      shanghai('2026-06-08T11:00'),
    );
  });
});

describe('counting', () => {
  it('[CL3] a clock that touches a year without a table is provisional until the table comes', () => {
    const acts = [...begin('2026-10-09'), transfer('2026-10-09'), accept('2026-11-05')];
    expect(one('C4', acts)).toMatchObject({ due: day('2027-01-04'), provisional: true });
    expect(one('C2', acts).provisional).toBe(false);
    const calendar = calendarOf({ version: 'x', years: [2027], off: ['2027-01-01' as LocalDate] });
    const known = clocksOf(story('t', acts), { ...at(END), calendar });
    expect(known.find((clock) => clock.code === 'C4')).toMatchObject({
      provisional: false,
      holidayTableVersion: 'cn-2026.1+x',
    });
  });

  it('[CL13] what is still on the tablet counts provisionally, and looking changes nothing', () => {
    const acts = begin('2026-06-08').map((one, i) => (i < 3 ? { ...one, received: null } : one));
    const unsent = acts.slice(0, 3);
    expect(one('C0', unsent, '2026-06-08T12:00')).toMatchObject({
      provisional: true,
      outcome: 'RUNNING',
    });
    const early = clocks(begin('2026-06-08'), '2026-06-09T00:00');
    const later = clocks(begin('2026-06-08'), '2026-12-09T00:00');
    const bare = (all: typeof early) =>
      all.map(({ outcome, ...rest }) => [rest, outcome.length > 0]);
    expect(bare(later)).toEqual(bare(early));
  });

  it('[CL14] device time is corrected, and beyond a day only the receipt counts', () => {
    const skewed = (offsetSeconds: number, acts: Act[]) =>
      acts.map((one, i) =>
        i === 1 ? { ...one, offsetSeconds, received: '2026-06-08T09:00' } : one,
      );
    const start = (offset: number) => one('C0', skewed(offset, begin('2026-06-08'))).startedAt;
    expect(start(600)).toBe(shanghai('2026-06-08T08:10'));
    expect(start(2 * 86_400)).toBe(shanghai('2026-06-08T09:00'));
    expect(start(7_200)).toBe(shanghai('2026-06-08T09:00'));
  });

  it('[CL14] the last second of the last day is in time, the next is not', () => {
    const base = [...begin('2026-06-08'), transfer('2026-06-08')];
    const outcome = (time: string) =>
      one('C2', [
        ...base,
        act('case.accepted', time, { payload: { unitId: 'JTJ', procedure: 'ORDINARY' } }),
      ]).outcome;
    expect(outcome('2026-06-23T23:59:59')).toBe('MET');
    expect(outcome('2026-06-24T00:00:00')).toBe('MISSED');
  });
});
