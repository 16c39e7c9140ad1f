import { describe, expect, it } from 'vitest';
import { Locker, watchWindow, type KeptLock, type Watched } from '../../src/lib/tablet/locker.ts';
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
  let tick = (): void => undefined;
  const locker = new Locker(
    {
      ...{ up: () => clock.at, wall: () => START + clock.at + clock.jump },
      ...{ effect: (e) => void effects.push(e), changed: () => undefined },
      keep: (k) => void keeps.push(k),
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
    ...{ locker, clock, keeps, stop },
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
});
