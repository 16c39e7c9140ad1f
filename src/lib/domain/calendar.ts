import holidays from './data/holidays.json' with { type: 'json' };
import { assert, type Instant, type LocalDate } from './values.ts';

/*
 * Days and instants by integer arithmetic alone: the machine's time zone never takes part.
 * Asia/Shanghai is UTC+8 the whole year, so a local day is a shift of eight hours and no table.
 */

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** How far a search for a working day may walk before the table itself must be wrong. */
const REST_DAYS_MAX = 60;

/** 休假表: what the county counts working days by. Build it with `calendarOf`. */
export interface Calendar {
  /** Travels with every clock record, so that an old due date can be explained. */
  readonly version: string;
  /** Years whose rest days are known; any other year makes a clock provisional. */
  readonly years: ReadonlySet<number>;
  readonly off: ReadonlySet<string>;
  readonly work: ReadonlySet<string>;
}

/** 本县补充表: days the county adds to or takes from the published table; later entries win. */
export interface CalendarOverlay {
  readonly version: string;
  /** Years the overlay declares complete, e.g. 2027 once its notice is typed in. */
  readonly years?: readonly number[];
  readonly off?: readonly LocalDate[];
  readonly work?: readonly LocalDate[];
}

/** The outcome of counting days: `provisional` when the span touches a year without a table. */
export interface DayCount {
  readonly date: LocalDate;
  readonly provisional: boolean;
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** True for a real day of the Gregorian calendar written `YYYY-MM-DD`. */
export function isLocalDate(text: string): text is LocalDate {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return false;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  if (month < 1 || month > 12 || day < 1) return false;
  const last = month === 2 && isLeapYear(year) ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
  return day <= last;
}

const USABLE_FROM = '1900-01-01';
const USABLE_TO = '2199-12-31';

/** A real day near enough to count with: what nobody can have meant is kept as said, not used. */
export const isUsableDay = (text: string): text is LocalDate =>
  isLocalDate(text) && text >= USABLE_FROM && text <= USABLE_TO;

/** The day as far as it can be used; null when it cannot be. */
export const usableDay = (text: string | null | undefined): LocalDate | null =>
  text != null && isUsableDay(text) ? text : null;

/** Days since 1970-01-01; the proleptic Gregorian count, exact for every year. */
export function dayNumber(date: LocalDate): number {
  assert(isLocalDate(date), `not a day: ${String(date)}`);
  const y = Number(date.slice(0, 4));
  const month = Number(date.slice(5, 7));
  const day = Number(date.slice(8, 10));
  const year = month <= 2 ? y - 1 : y;
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** 0000-01-01 and 9999-12-31: a clock gone wrong leads at most there, so that days stay days. */
const DAY_NUMBER_MIN = -719_528;
const DAY_NUMBER_MAX = 2_932_896;

/** The day that many days after 1970-01-01; the first or last writable one beyond them. */
export function dateOfDayNumber(days: number): LocalDate {
  const z = Math.min(Math.max(days, DAY_NUMBER_MIN), DAY_NUMBER_MAX) + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}` as LocalDate;
}

/** 自然日: the day `count` days later (or earlier when negative); the first day is not counted. */
export function addDays(date: LocalDate, count: number): LocalDate {
  return dateOfDayNumber(dayNumber(date) + count);
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return dayNumber(to) - dayNumber(from);
}

/** 0 Sunday … 6 Saturday. */
export function weekday(date: LocalDate): number {
  return (((dayNumber(date) + 4) % 7) + 7) % 7;
}

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;

/** True for an instant we can count with: `Z` form and a real time. */
export function isInstant(text: string): text is Instant {
  return ISO_INSTANT.test(text) && !Number.isNaN(Date.parse(text));
}

/** The moment as far as it can be used: on a day of the calendar that somebody can have meant. */
export const usableInstant = (text: string | undefined): Instant | null =>
  text !== undefined && isInstant(text) && isUsableDay(text.slice(0, 10)) ? text : null;

/** Milliseconds since 1970 of an instant; asserts the `Z` form, so no zone can slip in. */
export function instantMs(instant: Instant): number {
  assert(ISO_INSTANT.test(instant), `not an instant: ${String(instant)}`);
  const ms = Date.parse(instant);
  assert(!Number.isNaN(ms), `not an instant: ${String(instant)}`);
  return ms;
}

/** The instant of a millisecond count; milliseconds are written only when there are any. */
export function instantOfMs(ms: number): Instant {
  const day = Math.floor(ms / DAY_MS);
  const rest = ms - day * DAY_MS;
  const seconds = Math.floor(rest / 1_000);
  const millis = rest - seconds * 1_000;
  const clock = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const fraction = millis === 0 ? '' : `.${pad(millis, 3)}`;
  const time = clock.map((part) => pad(part, 2)).join(':');
  return `${dateOfDayNumber(day)}T${time}${fraction}Z` as Instant;
}

/** Below zero when `a` is earlier; compares times, not texts, since milliseconds are optional. */
export function compareInstants(a: Instant, b: Instant): number {
  return instantMs(a) - instantMs(b);
}

/** The instant `seconds` later. */
export function addSeconds(instant: Instant, seconds: number): Instant {
  return instantOfMs(instantMs(instant) + seconds * 1_000);
}

/** The Shanghai day an instant falls on. */
export function toLocalDate(instant: Instant): LocalDate {
  return dateOfDayNumber(Math.floor((instantMs(instant) + SHANGHAI_OFFSET_MS) / DAY_MS));
}

/** `HH:MM` of an instant in Shanghai. */
export function toLocalTime(instant: Instant): string {
  const shifted = instantMs(instant) + SHANGHAI_OFFSET_MS;
  const minutes = Math.floor((shifted - Math.floor(shifted / DAY_MS) * DAY_MS) / 60_000);
  return `${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`;
}

/** 00:00:00 of a Shanghai day. */
export function startOfDayShanghai(date: LocalDate): Instant {
  return instantOfMs(dayNumber(date) * DAY_MS - SHANGHAI_OFFSET_MS);
}

/** 当日24时: 23:59:59 of a Shanghai day, the last second in which an act is in time. */
export function endOfDayShanghai(date: LocalDate): Instant {
  return instantOfMs((dayNumber(date) + 1) * DAY_MS - SHANGHAI_OFFSET_MS - 1_000);
}

/** An instant written with any offset (`+08:00`, `Z`) as UTC; null when it is not one. */
export function instantFromIso(text: string): Instant | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$/.test(text))
    return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : instantOfMs(ms);
}

/** The published table with the county's overlay laid over it. */
export function calendarOf(overlay?: CalendarOverlay): Calendar {
  const off = new Set<string>();
  const work = new Set<string>();
  for (const [year, entries] of Object.entries(holidays.years)) {
    for (const entry of entries) {
      const last = dayNumber(`${year}-${entry.to}` as LocalDate);
      for (let day = dayNumber(`${year}-${entry.from}` as LocalDate); day <= last; day += 1) {
        off.add(dateOfDayNumber(day));
      }
      for (const day of entry.makeUp) work.add(`${year}-${day}`);
    }
  }
  for (const day of overlay?.off ?? []) {
    work.delete(day);
    off.add(day);
  }
  for (const day of overlay?.work ?? []) {
    off.delete(day);
    work.add(day);
  }
  const years = new Set([...Object.keys(holidays.years).map(Number), ...(overlay?.years ?? [])]);
  return {
    version: overlay ? `${holidays.version}+${overlay.version}` : holidays.version,
    years,
    off,
    work,
  };
}

/** The table as shipped, without any county overlay. */
export const PUBLISHED_CALENDAR: Calendar = calendarOf();

/** 工作日: make-up days work, days off do not, otherwise Monday to Friday. */
export function isWorkday(calendar: Calendar, date: LocalDate): boolean {
  if (calendar.work.has(date)) return true;
  if (calendar.off.has(date)) return false;
  const day = weekday(date);
  return day !== 0 && day !== 6;
}

/** True when the table of that day's year is known. */
export function isKnownYear(calendar: Calendar, date: LocalDate): boolean {
  return calendar.years.has(Number(date.slice(0, 4)));
}

/** The n-th working day after `date`, which itself is not counted. `count` >= 0. */
export function addWorkdays(calendar: Calendar, date: LocalDate, count: number): DayCount {
  assert(Number.isInteger(count) && count >= 0, 'working days are counted forward');
  let current = date;
  let left = count;
  let rest = 0;
  let provisional = !isKnownYear(calendar, date);
  while (left > 0) {
    current = addDays(current, 1);
    provisional ||= !isKnownYear(calendar, current);
    if (isWorkday(calendar, current)) {
      left -= 1;
      rest = 0;
    } else {
      rest += 1;
      assert(rest <= REST_DAYS_MAX, 'the holiday table leaves no working day');
    }
  }
  return { date: current, provisional };
}

/** 顺延: the day itself when it works, else the first working day after it. */
export function rollToWorkday(calendar: Calendar, date: LocalDate): DayCount {
  let current = date;
  let provisional = !isKnownYear(calendar, date);
  for (let walked = 0; !isWorkday(calendar, current); walked += 1) {
    assert(walked <= REST_DAYS_MAX, 'the holiday table leaves no working day');
    current = addDays(current, 1);
    provisional ||= !isKnownYear(calendar, current);
  }
  return { date: current, provisional };
}

/** Working days left after `from` up to and including `to`; 0 when `to` is not later. */
export function workdaysBetween(calendar: Calendar, from: LocalDate, to: LocalDate): number {
  let count = 0;
  for (let day = dayNumber(from) + 1; day <= dayNumber(to); day += 1) {
    if (isWorkday(calendar, dateOfDayNumber(day))) count += 1;
  }
  return count;
}
