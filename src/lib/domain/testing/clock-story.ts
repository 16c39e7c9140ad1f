/** Clocks of a told story, for tests: all of one code, exactly one, or the whole list. */
import { PUBLISHED_CALENDAR } from '../calendar.ts';
import { clocksOf, type ClockCode, type ClockContext } from '../clocks.ts';
import { accept, begin, opine, shanghai, story, transfer, type Act } from '../samples/story.ts';
import { DEFAULT_SETTINGS } from '../settings.ts';
import { assert } from '../values.ts';

const at = (now: string): ClockContext => ({
  calendar: PUBLISHED_CALENDAR,
  settings: DEFAULT_SETTINGS,
  now: shanghai(now),
});
const END = '2026-11-21T23:59';
export const clocks = (acts: readonly Act[], now = END) => clocksOf(story('t', acts), at(now));
export const all = (code: ClockCode, acts: readonly Act[], now = END) =>
  clocks(acts, now).filter((clock) => clock.code === code);
export const one = (code: ClockCode, acts: readonly Act[], now = END) => {
  const found = all(code, acts, now);
  const [only, ...more] = found;
  assert(only && more.length === 0, `${code} runs once, not ${String(found.length)} times`);
  return only;
};
export const day = (date: string) => shanghai(`${date}T23:59:59`);
export const answered = (from: string, how: object = {}) => [
  ...begin(from, how),
  transfer(from),
  accept(from),
  opine(from),
];
