import { describe, expect, it } from 'vitest';
import {
  KEEP_SEALED_MS,
  Locker,
  watchWindow,
  type KeptLock,
  type Watched,
} from '../../src/lib/tablet/locker.ts';
import {
  HIDDEN_MS,
  IDLE_MS,
  OFFLINE_DAYS,
  type LockEffect,
} from '../../src/lib/tablet/vault/lock.ts';

const START = Date.UTC(2026, 5, 8, 1);
const DAY = 86_400_000;

/** A window that can be touched, hidden and left alone. */
function windowLock(kept: KeptLock = { contactAt: START, seenAt: START, bar: null }) {
  const calls = new Map<string, () => void>();
  const watched: Watched = { addEventListener: (type, call) => void calls.set(type, call) };
  const document = { ...watched, hidden: false };
  const clock = { at: 0, jump: 0 };
  const effects: LockEffect[] = [];
  const keeps: KeptLock[] = [];
  const sealed: number[] = [];
  let tick = (): void => undefined;
  const locker = new Locker(
    {
      ...{ up: () => clock.at, wall: () => START + clock.at + clock.jump },
      ...{ effect: (e) => void effects.push(e), changed: () => undefined },
      keep: (k) => void keeps.push(k),
      keepSealed: (seenAt) => void sealed.push(seenAt),
    },
    kept,
  );
  const stop = watchWindow(locker, {
    ...{ window: watched, document },
    every: (_, call) => {
      tick = call;
      return () => (tick = () => undefined);
    },
  });
  return {
    ...{ locker, clock, keeps, sealed, stop },
    took: () => effects.splice(0),
    wait: (ms: number) => {
      clock.at += ms;
      tick();
    },
    touch: () => calls.get('pointerdown')?.(),
    hide: (hidden: boolean) => {
      document.hidden = hidden;
      calls.get('visibilitychange')?.();
    },
  };
}

describe('when the screens lock', () => {
  it('[AU133] a window left alone for five minutes locks by its own tick; a touch puts it off', () => {
    const w = windowLock();
    w.locker.tell({ kind: 'unlocked' });
    w.wait(IDLE_MS - 1);
    w.touch();
    w.wait(IDLE_MS - 1);
    expect(w.locker.mode).toBe('unlocked');
    w.wait(1);
    expect([w.locker.mode, w.took()]).toEqual(['locked', ['terminate']]);
  });

  it('[AU133] a hidden window locks after two minutes, one that comes back in time does not', () => {
    const w = windowLock();
    w.locker.tell({ kind: 'unlocked' });
    w.hide(true);
    w.wait(HIDDEN_MS - 1);
    w.hide(false);
    w.wait(HIDDEN_MS - 1);
    expect(w.locker.mode).toBe('unlocked');
    w.hide(true);
    // The browser slept: no tick came before the window was looked at again.
    w.clock.at += HIDDEN_MS;
    w.hide(false);
    expect([w.locker.mode, w.took()]).toEqual(['locked', ['terminate']]);
  });

  it('[AU133] nothing locks while something is held; two holds need two ends, one end is one', () => {
    const w = windowLock();
    w.locker.tell({ kind: 'unlocked' });
    const [a, b] = [w.locker.hold('readback'), w.locker.hold('curtain')];
    w.wait(IDLE_MS * 3);
    a();
    a();
    w.wait(IDLE_MS * 3);
    expect([w.locker.mode, w.locker.isHeld]).toEqual(['unlocked', true]);
    b();
    w.wait(IDLE_MS - 1);
    expect(w.locker.mode).toBe('unlocked');
    w.wait(1);
    expect(w.locker.mode).toBe('locked');
  });

  it('[AU133] a stopped watch locks nothing any more', () => {
    const w = windowLock();
    w.locker.tell({ kind: 'unlocked' });
    w.stop();
    w.wait(IDLE_MS * 2);
    expect(w.took()).toEqual([]);
  });

  it('[AU137] the latest clock and the county’s word outlive the window', () => {
    const w = windowLock();
    w.locker.tell({ kind: 'unlocked' });
    w.wait(3_600_000);
    expect(w.keeps.at(-1)?.seenAt).toBe(START + 3_600_000);
    w.locker.tell({ kind: 'contact', bar: 'revoked' });
    const kept = w.keeps.at(-1);
    expect(kept).toEqual({
      contactAt: START + 3_600_000,
      seenAt: START + 3_600_000,
      bar: 'revoked',
    });
    expect(windowLock(kept).locker.mode).toBe('revoked');
  });

  it('[AU137] thirty days without the county: closed to reading after a restart with the clock put back', () => {
    const seenAt = START + (OFFLINE_DAYS + 1) * DAY;
    const w = windowLock({ contactAt: START, seenAt, bar: null });
    expect(w.locker.mode).toBe('expired');
    w.locker.tell({ kind: 'unlocked' });
    expect([w.locker.mode, w.took()]).toEqual(['expired', ['terminate']]);
    expect(w.locker.rights).toEqual({ read: false, capture: true, handIn: true });
    w.locker.tell({ kind: 'contact', bar: null });
    expect(w.locker.mode).toBe('locked');
  });

  it('[AU409] a clock put back each morning gives no days: the vault keeps the minute that the registry does not', () => {
    const morning = START - (START % DAY) + 60_000;
    const kept = { row: { contactAt: morning, seenAt: morning, bar: null } as KeptLock, fine: 0 };
    let days = 0;
    for (; days < 100; days++) {
      // The app begins anew, its clock shows the first morning, and works twelve hours.
      const w = windowLock(kept.row);
      w.clock.jump = morning - START;
      w.locker.tell({ kind: 'unlocked' });
      w.locker.remember(kept.fine === 0 ? null : kept.fine);
      if (w.locker.mode === 'expired') break;
      for (let hour = 0; hour < 12; hour++) {
        w.touch();
        w.wait(3_600_000);
      }
      const seenAt = w.keeps.at(-1)?.seenAt ?? kept.row.seenAt;
      kept.row = { ...kept.row, seenAt: seenAt - (seenAt % DAY) };
      kept.fine = w.sealed.at(-1) ?? kept.fine;
    }
    expect([days >= 2 * OFFLINE_DAYS, days <= 2 * OFFLINE_DAYS + 2]).toEqual([true, true]);
  });

  it('[AU409] nothing is kept before what lies there was read; then by the minute, and after the county’s word anew', () => {
    const w = windowLock();
    w.locker.tell({ kind: 'unlocked' });
    w.wait(KEEP_SEALED_MS);
    expect(w.sealed).toEqual([]);
    w.locker.remember(START + 7_200_000);
    w.wait(KEEP_SEALED_MS - 1);
    w.wait(1);
    expect(w.sealed).toEqual([START + 7_200_000, START + 7_200_000 + KEEP_SEALED_MS]);
    w.locker.tell({ kind: 'contact', bar: null });
    expect(w.sealed.at(-1)).toBe(START + 2 * KEEP_SEALED_MS);
  });

  it('[AU409] a clock that ran far ahead before the county’s word locks nobody out', () => {
    const w = windowLock();
    w.locker.tell({ kind: 'unlocked' });
    w.locker.remember(START + (OFFLINE_DAYS + 9) * DAY);
    expect([w.locker.mode, w.sealed]).toEqual(['unlocked', [START]]);
    const over = windowLock({ contactAt: START, seenAt: START + OFFLINE_DAYS * DAY, bar: null });
    over.locker.tell({ kind: 'unlocked' });
    over.locker.remember(START + OFFLINE_DAYS * DAY + KEEP_SEALED_MS);
    expect([over.locker.mode, over.took()]).toEqual(['expired', ['terminate']]);
  });
});
