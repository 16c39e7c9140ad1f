import { addDays, addWorkdays, PUBLISHED_CALENDAR, rollToWorkday } from '../calendar.ts';
import type { LocalDate } from '../values.ts';
import rows from './golden-days.json' with { type: 'json' };

/** One row of the hand-written table of days; exactly one of `workdays`, `days` is set. */
export interface GoldenRow {
  readonly from: string;
  readonly workdays?: number;
  readonly days?: number;
  readonly due: string;
  readonly rolled?: string;
  readonly provisional?: boolean;
}

/** 期限算例: the table every machine must agree with, whatever its time zone. */
export const GOLDEN_ROWS: readonly GoldenRow[] = rows;

/** The rows that this machine counts differently, in words; empty when all agree. */
export function goldenDayMismatches(): string[] {
  const wrong: string[] = [];
  for (const row of GOLDEN_ROWS) {
    const from = row.from as LocalDate;
    const counted =
      row.workdays === undefined
        ? { date: addDays(from, row.days ?? 0), provisional: row.provisional ?? false }
        : addWorkdays(PUBLISHED_CALENDAR, from, row.workdays);
    const label = `${row.from} +${row.workdays ?? row.days ?? 0}`;
    if (counted.date !== row.due) wrong.push(`${label}: ${counted.date}, expected ${row.due}`);
    if (counted.provisional !== (row.provisional ?? false)) wrong.push(`${label}: provisional`);
    if (row.rolled !== undefined) {
      const rolled = rollToWorkday(PUBLISHED_CALENDAR, row.due as LocalDate).date;
      if (rolled !== row.rolled) wrong.push(`${label} rolled: ${rolled}, expected ${row.rolled}`);
    }
  }
  return wrong;
}
