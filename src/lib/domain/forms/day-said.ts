/**
 * 腊月初八、打春、八月节: days as they are said, with the days of the solar calendar they may mean.
 * The words stay; a person chooses, or leaves it open.
 */
import { addDays, daysBetween, isLocalDate } from '../calendar.ts';
import lunar from '../data/lunar.json' with { type: 'json' };
import type { LocalDate } from '../values.ts';
import { chineseNumber } from './chinese-number.ts';

/** More are not asked about in one intake. */
export const DAYS_SAID_MAX = 10;
/** Meanings offered for one: the newest years first. */
const MEANINGS_MAX = 2;

export interface DaySaid {
  /** Exactly as it stands in the words. */
  readonly said: string;
  /** Days it may mean, not after today, newest first. */
  readonly days: readonly LocalDate[];
}

const MONTHS = '正二三四五六七八九十冬腊';
const TERMS =
  '小寒 大寒 立春 雨水 惊蛰 春分 清明 谷雨 立夏 小满 芒种 夏至 小暑 大暑 立秋 处暑 白露 秋分 寒露 霜降 立冬 小雪 大雪 冬至'.split(
    ' ',
  );
const TERM_NAMES: Readonly<Record<string, string>> = { 打春: '立春' };
/** Feasts by month and day; day 0 is the last day of the month. */
const FEASTS: Readonly<Record<string, readonly [number, number]>> = {
  ...{ 大年初一: [1, 1], 春节: [1, 1], 元宵节: [1, 15], 灯节: [1, 15], 龙抬头: [2, 2] },
  ...{ 五月节: [5, 5], 端午: [5, 5], 八月节: [8, 15], 中秋: [8, 15], 腊八: [12, 8] },
  ...{ 小年: [12, 23], 年三十: [12, 0], 大年三十: [12, 0], 除夕: [12, 0] },
};
const feastNames = Object.keys(FEASTS).sort((a, b) => b.length - a.length);
// 小雪 and 大雪 fall as snow too, 小暑 and 大寒 are hardly ever days: asked only where it is said so.
const SPOKEN_TERMS = TERMS.filter((t) => !['小雪', '大雪', '雨水', '白露'].includes(t));
const PATTERN = new RegExp(
  `(闰)?([正二三四五六七八九十冬腊]|十一|十二)月(初[一二三四五六七八九十]|廿[一二三四五六七八九]?|二?十[一二三四五六七八九]?|三十)(?![一二三四五六七八九日号])|${[
    ...feastNames,
    ...Object.keys(TERM_NAMES),
    ...SPOKEN_TERMS,
  ].join('|')}`,
  'gu',
);

/** Day of a lunar month in one lunar year; null when there is no such day. */
function solarOf(
  year: (typeof lunar.years)[number],
  month: number,
  of: { readonly day: number; readonly leap: boolean },
): LocalDate | null {
  if (of.leap && year.leap !== month) return null;
  const after = year.leap > 0 && (month > year.leap || of.leap) ? 1 : 0;
  const at = month - 1 + after;
  const length = year.lengths[at] ?? 0;
  const day = of.day === 0 ? length : of.day;
  if (day > length) return null;
  const before = year.lengths.slice(0, at).reduce((sum, n) => sum + n, 0);
  return addDays(year.firstOn as LocalDate, before + day - 1);
}

const lunarDays = (month: number, day: number, leap = false): LocalDate[] =>
  lunar.years.map((y) => solarOf(y, month, { day, leap })).filter((d) => d !== null);

function termDays(name: string): LocalDate[] {
  const at = TERMS.indexOf(TERM_NAMES[name] ?? name);
  const month = two(Math.floor(at / 2) + 1);
  return Object.entries(lunar.terms).map(
    ([year, days]) => `${year}-${month}-${days.split(' ')[at] ?? '01'}` as LocalDate,
  );
}

function monthOf(name: string): number {
  if (name === '十一') return 11;
  return name === '十二' ? 12 : MONTHS.indexOf(name) + 1;
}

const two = (n: number): string => String(n).padStart(2, '0');
const dayOf = (said: string): number =>
  chineseNumber(said.replace('初', '').replace(/^廿/, '二十')) ?? 0;

/** `二月十五` may also be a day of the solar calendar; 初, 廿, 正, 冬 and 腊 never are. */
const mayBeSolar = (month: string, day: string): boolean =>
  !'正冬腊'.includes(month) && !/^[初廿]/.test(day);

function daysOf(match: RegExpMatchArray): LocalDate[] {
  const [said, leap, month, day] = match;
  const feast = FEASTS[said];
  if (feast) return lunarDays(...feast);
  if (month === undefined || day === undefined) return termDays(said);
  const solar = mayBeSolar(month, day)
    ? lunar.years
        .map((y) => `${y.year}-${two(monthOf(month))}-${two(dayOf(day))}`)
        .filter(isLocalDate)
    : [];
  return [...lunarDays(monthOf(month), dayOf(day), leap !== undefined), ...solar];
}

/** Every day of the old calendar in a text, once each, with what it may mean seen from `today`. */
export function daysSaid(text: string, today: LocalDate): readonly DaySaid[] {
  const found = new Map<string, DaySaid>();
  for (const match of text.matchAll(PATTERN)) {
    const days = daysOf(match)
      .filter((d) => daysBetween(d, today) >= 0)
      .sort((a, b) => (a < b ? 1 : -1));
    if (days.length > 0) {
      const most = MEANINGS_MAX * (new Set(daysOf(match)).size > lunar.years.length ? 2 : 1);
      found.set(match[0], { said: match[0], days: days.slice(0, most) });
    }
  }
  return [...found.values()].slice(0, DAYS_SAID_MAX);
}
