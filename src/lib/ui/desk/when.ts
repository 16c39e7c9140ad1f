import type { Language } from '../language.ts';

const SHANGHAI_MS = 8 * 3_600_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

const pad = (n: number) => String(n).padStart(2, '0');

/** The parts of an instant on a wall clock in Asia/Shanghai. */
function parts(instant: string) {
  const at = new Date(Date.parse(instant) + SHANGHAI_MS);
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    time: `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}`,
    date: Math.floor((Date.parse(instant) + SHANGHAI_MS) / DAY),
  };
}

const englishMonths = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function dayOf(p: { month: number; day: number }, language: Language): string {
  return language === 'en'
    ? `${p.day} ${englishMonths[p.month - 1] ?? ''}`
    : `${p.month}月${p.day}日`;
}

/** `6月24日` of an instant. */
export const dayWords = (instant: string, language: Language): string =>
  dayOf(parts(instant), language);

/** `2026年6月24日` of an instant, for papers. */
export function fullDayWords(instant: string, language: Language): string {
  const p = parts(instant);
  return language === 'en' ? `${dayOf(p, language)} ${p.year}` : `${p.year}年${dayOf(p, language)}`;
}

/** `6月8日 09:30` of an instant. */
export function momentWords(instant: string, language: Language): string {
  const p = parts(instant);
  return `${dayOf(p, language)} ${p.time}`;
}

/** `11月22日 12:26` of a build that is named by the millisecond it was made in; null of any other. */
export const buildWords = (build: string, language: Language): string | null =>
  /^\d{13}$/.test(build) ? momentWords(new Date(Number(build)).toISOString(), language) : null;

/** `09:06` of an instant. */
export const timeWords = (instant: string): string => parts(instant).time;

/** `22 小时 35 分`, `15 天`, `12 分`: a length of time, at most two units. */
export function spanWords(ms: number, language: Language): string {
  const unit =
    language === 'en'
      ? { d: 'd', h: 'h', m: 'min', gap: ' ' }
      : { d: '天', h: '小时', m: '分', gap: ' ' };
  const whole = Math.max(0, ms);
  if (whole >= 2 * DAY) return `${Math.floor(whole / DAY)}${unit.gap}${unit.d}`;
  if (whole >= HOUR) {
    const minutes = Math.floor((whole % HOUR) / MINUTE);
    const rest = minutes > 0 ? ` ${minutes}${unit.gap}${unit.m}` : '';
    return `${Math.floor(whole / HOUR)}${unit.gap}${unit.h}${rest}`;
  }
  return `${Math.floor(whole / MINUTE)}${unit.gap}${unit.m}`;
}

/** `23 小时前`: one unit only, for rows. */
export function agoWords(instant: string, now: string, language: Language): string {
  const ms = Math.max(0, Date.parse(now) - Date.parse(instant));
  const round =
    ms >= DAY ? Math.floor(ms / DAY) * DAY : ms >= HOUR ? Math.floor(ms / HOUR) * HOUR : ms;
  const span = round >= DAY && round < 2 * DAY ? oneDay(language) : spanWords(round, language);
  return language === 'en' ? `${span} ago` : `${span}前`;
}

const oneDay = (language: Language) => (language === 'en' ? '1 d' : '1 天');

/** `还有 15 天` or `过了 1 天`; whole calendar days from two days on, hours and minutes before. */
export function leftWords(due: string, now: string, language: Language): string {
  const left = Date.parse(due) - Date.parse(now);
  const days = parts(due).date - parts(now).date;
  const late = left < 0;
  const span =
    Math.abs(left) < DAY
      ? spanWords(
          Math.abs(left) >= HOUR ? Math.floor(Math.abs(left) / HOUR) * HOUR : Math.abs(left),
          language,
        )
      : language === 'en'
        ? `${Math.abs(days)} d`
        : `${Math.abs(days)} 天`;
  if (language === 'en') return late ? `${span} over` : `${span} left`;
  return late ? `过了 ${span}` : `还有 ${span}`;
}

/** The day in a row: `今天 13:06`, `明天 08:10`, or `6月24日`. */
export function nearDayWords(due: string, now: string, language: Language): string {
  const at = parts(due);
  const distance = at.date - parts(now).date;
  if (distance === 0) return `${language === 'en' ? 'today' : '今天'} ${at.time}`;
  if (distance === 1) return `${language === 'en' ? 'tomorrow' : '明天'} ${at.time}`;
  return dayOf(at, language);
}
