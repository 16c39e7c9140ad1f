import { expect, it } from 'vitest';
import { firstSync } from '../src/lib/ports/tablet-store.ts';
import { ClockWatch } from '../src/lib/tablet/clock-watch.ts';
import { QUIET_LOOP, syncStatus } from '../src/lib/tablet/sync-status.ts';

const MINUTE = 60_000;
/** A tablet's two clocks: `goes` lets time pass, `sets` moves the hands, `sleeps` stops the second. */
function tablet() {
  const watch = new ClockWatch();
  let [wallMs, runningMs] = [Date.parse('2026-06-08T09:00:00Z'), 0];
  const see = () => watch.see({ wallMs, runningMs });
  see();
  return {
    goes: (ms: number) => ((wallMs += ms), (runningMs += ms), see()),
    sets: (ms: number) => ((wallMs += ms), see()),
    sleeps: (ms: number) => ((wallMs += ms), see()),
    hears: (at: string) => (see(), watch.heard(at)),
    mended: (offset: number) => watch.mended(offset),
  };
}

it('[TB121] a clock that was put right without signal is not called wrong any longer', () => {
  for (const offset of [-600, 600, -3650 * 86_400, 3650 * 86_400]) {
    const t = tablet();
    t.hears('1');
    t.goes(MINUTE);
    expect(t.mended(offset)).toBe(false);
    t.sets(offset * 1000);
    for (let i = 0; i < 30; i++) t.goes(MINUTE);
    expect(t.mended(offset)).toBe(true);
  }
});

it('[TB121] a night asleep, a drift, a half mended clock and an older jump mend nothing', () => {
  const t = tablet();
  t.hears('1');
  t.sleeps(8 * 60 * MINUTE);
  t.goes(MINUTE);
  for (const offset of [0, 60, 600, -600, -8 * 3_600]) expect(t.mended(offset)).toBe(false);
  const drifts = tablet();
  drifts.hears('1');
  for (let i = 0; i < 600; i++) drifts.sets(-1_000);
  expect(drifts.mended(-600)).toBe(false);
  const half = tablet();
  half.hears('1');
  half.sets(-300_000);
  expect(half.mended(-600)).toBe(false);
  // The hands were moved before the answer that measured them; it stands for itself.
  half.sets(-600_000);
  expect(half.mended(-600)).toBe(true);
  half.hears('2');
  expect(half.mended(-600)).toBe(false);
});

it('[TB121] the screens hear of no difference once it was mended', () => {
  const sync = { ...firstSync('dv'), clockOffsetSeconds: 600 };
  const status = (clockMended: boolean) =>
    syncStatus({
      ...{ all: [], media: [], unsentTextBytes: 0, sync, line: null, alarmRead: '' },
      ...{ loop: QUIET_LOOP, clockMended },
    }).clockOffsetSeconds;
  expect([status(false), status(true)]).toEqual([600, 0]);
});
