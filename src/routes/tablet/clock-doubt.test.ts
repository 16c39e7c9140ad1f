import { expect, it } from 'vitest';
import type { Instant } from '$lib/domain/values';
import type { Workspace } from '$lib/tablet/workspace-types';
import { shellZh } from '$lib/ui/messages/shell.zh-CN';
import { clockDoubt, doubtWords } from './clock-doubt.ts';
import { truthOf } from './truth.ts';

const at = '2026-06-08T09:42:00Z' as Instant;
const said = (clockOffsetSeconds: number, lastReceiptAt: Instant | null, now: string) => {
  const doubt = clockDoubt({ clockOffsetSeconds, lastReceiptAt }, now);
  return doubt && [doubt.kind, doubtWords(doubt, shellZh)];
};

it('[UI19] a clock that cannot be right is said, with how far it is off', () => {
  expect(said(-315_360_000, at, '2036-06-05T09:42:00Z')).toEqual([
    'OFF',
    expect.stringContaining('差 3650 天'),
  ]);
  expect(said(600, at, at)).toEqual(['OFF', expect.stringContaining('差 10 分钟')]);
  // No signal since the date jumped: only the county's last answer can tell.
  expect(said(0, at, '2036-06-05T09:42:00Z')).toEqual(['FAR', expect.stringContaining('3650 天')]);
  expect(said(0, at, '2026-06-08T06:42:00Z')).toEqual(['BACK', expect.stringContaining('3 小时')]);
  for (const now of [at, '2026-07-20T09:42:00Z', '2026-06-08T09:41:00Z'])
    expect(said(30, at, now)).toBeNull();
  expect(said(0, null, '2036-06-05T09:42:00Z')).toBeNull();
});

it('[UI91] a clock that was set right since is not called wrong; set wrong again, it is', () => {
  const day = 86_400;
  // It stood ten years ahead, ten behind, an hour ahead: put right, it cannot stand as it was found.
  for (const offset of [-3650 * day, 3650 * day, -3_600])
    expect(said(offset, at, '2026-06-08T09:50:00Z')).toBeNull();
  expect(said(-3650 * day, at, '2026-06-01T09:42:00Z')?.[0]).toBe('BACK');
  expect(said(-3650 * day, at, '2031-06-01T09:42:00Z')?.[0]).toBe('FAR');
  // An hour behind, or ahead for an hour and longer: nothing tells a mended clock from time passed.
  expect(said(3_600, at, '2026-06-08T09:50:00Z')?.[0]).toBe('OFF');
  expect(said(-3_600, at, '2026-06-08T10:50:00Z')?.[0]).toBe('OFF');
});

it('[UI19] while the clock is doubted, the strip on top accuses nobody of being late', () => {
  const row = { ticks: { county: 'none' }, light: { clock: 'C0', level: 'late' } };
  const strip = (now: string) =>
    truthOf(
      {
        ...{ now, signInNeeded: false, rows: [row] },
        sync: {
          ...{ phase: 'idle', unsentCases: 1, reason: 'NO_ANSWER', allSent: null },
          ...{ nearestDue: null, mediaProgress: null, clockOffsetSeconds: 0, lastReceiptAt: at },
        },
      } as unknown as Workspace,
      shellZh,
      'zh-CN',
    );
  expect(strip('2026-06-10T09:42:00Z').tone).toBe('late');
  const doubted = strip('2036-06-05T09:42:00Z');
  expect([doubted.tone, doubted.title]).toEqual(['unsent', '1 件还在机器里']);
  expect(doubted.note).toContain('日期');
});
