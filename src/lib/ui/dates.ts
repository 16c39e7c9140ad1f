/**
 * Days and hours as they are spoken. Asia/Shanghai is UTC+8 without summer time, so plain integer
 * arithmetic is exact whatever zone the machine thinks it is in.
 */
import type { Instant } from '../domain/values.ts';
import type { Language } from './language.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const weekZh = ['日', '一', '二', '三', '四', '五', '六'];
const weekEn = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

const shanghai = (at: string): Date =>
  new Date(Date.parse(at.length === 10 ? `${at}T00:00:00+08:00` : at) + 8 * hourMs);
const two = (n: number): string => String(n).padStart(2, '0');
const dayNumber = (at: string): number => Math.floor(shanghai(at).getTime() / dayMs);

/** `2026-06-08` in Asia/Shanghai of an instant. */
export const dayOf = (at: string): string => shanghai(at).toISOString().slice(0, 10);

/** `09:30`. */
export const clockTime = (at: string): string =>
  `${two(shanghai(at).getUTCHours())}:${two(shanghai(at).getUTCMinutes())}`;

/** `09:21:47`. */
export const clockSeconds = (at: string): string =>
  `${clockTime(at)}:${two(shanghai(at).getUTCSeconds())}`;

/** `6月8日` / `8 Jun`, with the year when it is not this one. */
export function monthDay(at: string, lang: Language, now?: string): string {
  const d = shanghai(at);
  const other = now !== undefined && shanghai(now).getUTCFullYear() !== d.getUTCFullYear();
  const [y, m, n] = [d.getUTCFullYear(), d.getUTCMonth() + 1, d.getUTCDate()];
  if (lang === 'en') return `${other ? `${y}-` : ''}${two(m)}-${two(n)}`;
  return `${other ? `${y}年` : ''}${m}月${n}日`;
}

/** `2026年6月8日 09:30`, as a receipt shows it. */
export const fullDate = (at: string, lang: Language): string =>
  lang === 'en'
    ? `${dayOf(at)} ${clockTime(at)}`
    : `${shanghai(at).getUTCFullYear()}年${monthDay(at, lang)} ${clockTime(at)}`;

/** `6月8日 星期一`. */
export function todayWords(now: string, lang: Language): string {
  const day = shanghai(now).getUTCDay();
  return lang === 'en'
    ? `${monthDay(now, lang)} ${weekEn[day]}`
    : `${monthDay(now, lang)} 星期${weekZh[day]}`;
}

/** `今天 09:30`, `昨天 18:20`, `明天 09:30`, else `6月8日 09:30`. */
export function when(at: string, now: string, lang: Language): string {
  const names: Record<number, readonly [string, string]> = {
    [-1]: ['昨天', 'yesterday'],
    0: ['今天', 'today'],
    1: ['明天', 'tomorrow'],
  };
  const name = names[dayNumber(at) - dayNumber(now)];
  const day = name ? name[lang === 'en' ? 1 : 0] : monthDay(at, lang, now);
  return `${day} ${clockTime(at)}`;
}

/** Whole days between two moments' days, later minus earlier. */
export const daysBetween = (from: string, to: string): number => dayNumber(to) - dayNumber(from);

/** `还有 22 小时`, `还有 3 天`, `过了 1 天`: what is left until a moment. */
export function timeLeft(due: string, now: string, lang: Language): string {
  const left = Date.parse(due) - Date.parse(now);
  const size = Math.abs(left);
  const [n, zh, en] =
    size >= dayMs
      ? [Math.floor(size / dayMs), '天', 'd']
      : size >= hourMs
        ? [Math.floor(size / hourMs), '小时', 'h']
        : [Math.max(1, Math.floor(size / 60_000)), '分钟', 'min'];
  if (lang === 'en') return left >= 0 ? `${n} ${en} left` : `${n} ${en} over`;
  return left >= 0 ? `还有 ${n} ${zh}` : `过了 ${n} ${zh}`;
}

/** `02:47` of a number of seconds; hours only when there are any. */
export function elapsed(seconds: number): string {
  const s = Math.floor(seconds);
  const minutes = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  return s >= 3600 ? `${Math.floor(s / 3600)}:${minutes}` : minutes;
}

/** `3 秒`, `2 分 12 秒`: how long something will take. */
export function duration(seconds: number, lang: Language): string {
  const s = Math.max(1, Math.round(seconds));
  const [m, rest] = [Math.floor(s / 60), s % 60];
  if (lang === 'en') return m ? `${m} min ${rest} s` : `${rest} s`;
  return m ? `${m} 分${rest ? ` ${rest} 秒` : '钟'}` : `${rest} 秒`;
}

/** `1.6 KB`, `2.4 MB`, `10.7 GB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} KB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

/** `YYYY-MM-DD` some days later, in Asia/Shanghai. */
export const addDays = (at: string, days: number): string =>
  new Date((dayNumber(at) + days) * dayMs).toISOString().slice(0, 10);

/** The end of a day in Asia/Shanghai as an instant. */
export const endOfDay = (day: string): Instant => `${day}T15:59:59Z` as Instant;

/** Twelve digits in three groups of four. */
export const groupCode = (digits: string): string => digits.replace(/(\d{4})(?=\d)/g, '$1 ');
