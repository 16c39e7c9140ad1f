import { expect, it } from 'vitest';
import type { Instant } from '../src/lib/domain/values.ts';
import { countyTime } from '../src/lib/tablet/county-time.ts';

const at = (text: string) => text as Instant;
const TEN_YEARS = 3650 * 86_400;

it('[TB31] lights count by the county’s time, whatever date the tablet shows', () => {
  const lastReceiptAt = '2026-06-08T09:00:00.000Z';
  const told = (clockOffsetSeconds: number, now: string) =>
    countyTime(at(now), { clockOffsetSeconds, lastReceiptAt });
  // Ten years ahead, ten years behind; and each again after the date was set right.
  expect(told(-TEN_YEARS, '2036-06-05T09:30:00.000Z')).toBe('2026-06-08T09:30:00.000Z');
  expect(told(-TEN_YEARS, '2026-06-08T10:00:00.000Z')).toBe('2026-06-08T10:00:00.000Z');
  expect(told(TEN_YEARS, '2016-06-10T09:30:00.000Z')).toBe('2026-06-08T09:30:00.000Z');
  expect(told(TEN_YEARS, '2026-06-08T10:00:00.000Z')).toBe('2026-06-08T10:00:00.000Z');
  expect(told(-600, '2026-06-08T09:20:00.000Z')).toBe('2026-06-08T09:10:00.000Z');
  expect(told(60, '2026-06-08T09:20:00.000Z')).toBe('2026-06-08T09:20:00.000Z');
  const never = { clockOffsetSeconds: -TEN_YEARS, lastReceiptAt: '' };
  expect(countyTime(at(lastReceiptAt), never)).toBe(lastReceiptAt);
  expect(countyTime(at(lastReceiptAt), null)).toBe(lastReceiptAt);
});
