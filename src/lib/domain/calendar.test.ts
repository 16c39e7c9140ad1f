import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import chineseDays from 'chinese-days';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addWorkdays,
  calendarOf,
  dateOfDayNumber,
  dayNumber,
  endOfDayShanghai,
  instantFromIso,
  instantMs,
  instantOfMs,
  isLocalDate,
  isWorkday,
  PUBLISHED_CALENDAR,
  rollToWorkday,
  startOfDayShanghai,
  toLocalDate,
  toLocalTime,
  workdaysBetween,
} from './calendar.ts';
import { GOLDEN_ROWS, goldenDayMismatches } from './samples/golden-days.ts';
import type { Instant, LocalDate } from './values.ts';

const day = (text: string) => text as LocalDate;
const at = (text: string) => text as Instant;

describe('the golden table of days', () => {
  it('[CL1] counts every row as the hand-written table says', () => {
    expect(GOLDEN_ROWS.length).toBeGreaterThanOrEqual(13);
    expect(goldenDayMismatches()).toEqual([]);
  });

  it.each(['Etc/GMT+12', 'UTC', 'Pacific/Tongatapu', 'Etc/GMT-14', 'America/New_York'])(
    '[CL2] counts the same days on a machine in %s',
    (zone) => {
      const golden = pathToFileURL(resolve('src/lib/domain/samples/golden-days.ts')).href;
      const calendar = pathToFileURL(resolve('src/lib/domain/calendar.ts')).href;
      const script = `
        import { goldenDayMismatches } from '${golden}';
        import { endOfDayShanghai, toLocalDate, toLocalTime } from '${calendar}';
        console.log(JSON.stringify({
          offset: new Date(0).getTimezoneOffset(),
          wrong: goldenDayMismatches(),
          end: endOfDayShanghai('2026-06-24'),
          day: [toLocalDate('2026-06-24T15:59:59Z'), toLocalDate('2026-06-24T16:00:00Z')],
          time: toLocalTime('2026-06-24T16:05:00Z'),
        }));`;
      const told: unknown = JSON.parse(
        execFileSync(process.execPath, ['--input-type=module', '-e', script], {
          env: { ...process.env, TZ: zone },
          encoding: 'utf8',
        }),
      );
      const offsets: Record<string, number> = {
        'Etc/GMT+12': 720,
        UTC: 0,
        'Pacific/Tongatapu': -780,
        'Etc/GMT-14': -840,
        'America/New_York': 300,
      };
      expect(told).toEqual({
        offset: offsets[zone],
        wrong: [],
        end: '2026-06-24T15:59:59Z',
        day: ['2026-06-24', '2026-06-25'],
        time: '00:05',
      });
    },
    30_000,
  );
});

describe('working days', () => {
  it('[CL1] agrees with an independent library on every day of the known years', () => {
    let compared = 0;
    for (let n = dayNumber(day('2025-01-01')); n <= dayNumber(day('2026-12-31')); n += 1) {
      const date = dateOfDayNumber(n);
      expect(isWorkday(PUBLISHED_CALENDAR, date), date).toBe(chineseDays.isWorkday(date));
      compared += 1;
    }
    expect(compared).toBe(730);
  });

  it('[CL3] is provisional as soon as one day lies in a year without a table', () => {
    expect(addWorkdays(PUBLISHED_CALENDAR, day('2026-12-30'), 1)).toEqual({
      date: '2026-12-31',
      provisional: false,
    });
    expect(addWorkdays(PUBLISHED_CALENDAR, day('2026-12-31'), 1).provisional).toBe(true);
    expect(rollToWorkday(PUBLISHED_CALENDAR, day('2027-01-02')).provisional).toBe(true);
  });

  it('[CL3] an overlay of the county makes the year known and moves the day', () => {
    const overlay = calendarOf({
      version: 'county-1',
      years: [2027],
      off: [day('2027-01-01'), day('2027-01-04')],
      work: [day('2027-01-03')],
    });
    expect(addWorkdays(overlay, day('2026-12-31'), 2)).toEqual({
      date: '2027-01-05',
      provisional: false,
    });
    expect(overlay.version).toBe('cn-2026.1+county-1');
    expect(isWorkday(PUBLISHED_CALENDAR, day('2027-01-01'))).toBe(true);
  });

  it('[CL1] counts the working days between two days', () => {
    expect(workdaysBetween(PUBLISHED_CALENDAR, day('2026-09-24'), day('2026-10-09'))).toBe(5);
    expect(workdaysBetween(PUBLISHED_CALENDAR, day('2026-10-09'), day('2026-09-24'))).toBe(0);
  });
});

describe('days and instants', () => {
  it('counts days both ways without loss', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_900_000 }), (n) => {
        const date = dateOfDayNumber(n);
        expect(isLocalDate(date)).toBe(true);
        expect(dayNumber(date)).toBe(n);
        expect(Date.parse(`${date}T00:00:00Z`)).toBe(n * 86_400_000);
      }),
    );
  });

  it('refuses days that do not exist', () => {
    for (const text of ['2026-02-29', '2026-13-01', '2026-04-31', '2026-1-1', '', '2026-00-10']) {
      expect(isLocalDate(text), text).toBe(false);
    }
    expect(isLocalDate('2028-02-29')).toBe(true);
    expect(addDays(day('2028-02-28'), 2)).toBe('2028-03-01');
  });

  it('[CL2] a Shanghai day begins and ends by Shanghai time', () => {
    expect(startOfDayShanghai(day('2026-06-24'))).toBe('2026-06-23T16:00:00Z');
    expect(endOfDayShanghai(day('2026-06-24'))).toBe('2026-06-24T15:59:59Z');
    expect(toLocalDate(endOfDayShanghai(day('2026-12-31')))).toBe('2026-12-31');
    expect(toLocalTime(at('2026-06-08T01:30:00Z'))).toBe('09:30');
  });

  it('reads and writes instants exactly, with or without milliseconds', () => {
    expect(instantFromIso('2026-06-08T09:30:00+08:00')).toBe('2026-06-08T01:30:00Z');
    expect(instantFromIso('2026-06-08T01:30:00.250Z')).toBe('2026-06-08T01:30:00.250Z');
    expect(instantFromIso('2026-06-08')).toBeNull();
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 4e12 }), (ms) => {
        expect(instantMs(instantOfMs(ms))).toBe(ms);
      }),
    );
    expect(() => instantMs(at('2026-06-08T09:30:00+08:00'))).toThrow('invariant');
  });
});
