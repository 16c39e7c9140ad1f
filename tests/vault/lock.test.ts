import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  firstLock,
  HIDDEN_MS,
  IDLE_MS,
  modeOf,
  OFFLINE_DAYS,
  rightsOf,
  stepLock,
  type LockEffect,
  type LockEvent,
  type LockState,
} from '../../src/lib/tablet/vault/lock.ts';
import { CLOCK_BACK_MS } from '../../src/lib/tablet/vault/two-clocks.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 5, 8, 1);

/** A tablet with a clock that stands until it is told to go. */
function tablet(state: LockState = firstLock(START, { up: 0, wall: START })) {
  let [now, at, offset] = [state, 0, 0];
  const effects: LockEffect[] = [];
  return {
    after(ms: number) {
      at += ms;
      return this.does({ kind: 'tick' });
    },
    does(event: LockEvent) {
      const step = stepLock(now, event, { up: at, wall: START + at + offset });
      now = step.state;
      effects.push(...step.effects);
      return this;
    },
    /** The machine sleeps: the running clock stands still. */
    asleep(ms: number) {
      offset += ms;
      return this;
    },
    setClock(ms: number) {
      offset += ms;
      return this.does({ kind: 'tick' });
    },
    took: () => effects.splice(0),
    mode: () => modeOf(now),
    rights: () => rightsOf(now),
  };
}
const unlocked = () => tablet().does({ kind: 'unlocked' });

describe('the lock', () => {
  it('[AU70] comes after five idle minutes, two hidden ones, or a press', () => {
    const t = unlocked().after(IDLE_MS - 1);
    expect(t.mode()).toBe('unlocked');
    t.does({ kind: 'touched' }).after(IDLE_MS - 1);
    expect([t.mode(), t.took()]).toEqual(['unlocked', []]);
    t.after(1);
    expect([t.mode(), t.took()]).toEqual(['locked', ['terminate']]);
    const hidden = unlocked()
      .does({ kind: 'hidden' })
      .after(HIDDEN_MS - 1);
    expect(hidden.does({ kind: 'shown' }).after(HIDDEN_MS).mode()).toBe('unlocked');
    expect(hidden.does({ kind: 'hidden' }).after(HIDDEN_MS).mode()).toBe('locked');
    expect(unlocked().does({ kind: 'pressed' }).mode()).toBe('locked');
  });

  it('[AU70] a touch that comes after the time was up comes too late', () => {
    // No tick came in between.
    const start = stepLock(
      firstLock(START, { up: 0, wall: START }),
      { kind: 'unlocked' },
      { up: 0, wall: START },
    );
    const times = { up: 3_600_000, wall: START + 3_600_000 };
    const { state, effects } = stepLock(start.state, { kind: 'touched' }, times);
    expect([modeOf(state), effects]).toEqual(['locked', ['terminate']]);
  });

  it('[AU71] nothing locks by itself while recording, reading back or in curtain mode', () => {
    for (const hold of ['recording', 'readback', 'curtain'] as const) {
      const t = unlocked()
        .does({ kind: 'hold', hold })
        .after(8 * IDLE_MS);
      expect([t.mode(), t.took()]).toEqual(['unlocked', []]);
      // Its end starts the idle time anew.
      t.does({ kind: 'release', hold }).after(IDLE_MS - 1);
      expect(t.mode()).toBe('unlocked');
      expect(t.after(1).mode()).toBe('locked');
    }
  });

  it('[AU71] a call in the middle locks the reading, never the recording', () => {
    const t = unlocked().does({ kind: 'hold', hold: 'recording' }).does({ kind: 'hidden' });
    t.after(HIDDEN_MS);
    expect([t.mode(), t.took()]).toEqual(['capture-only', ['terminate']]);
    expect(t.rights()).toEqual({ read: false, capture: true, handIn: true });
    t.after(8 * IDLE_MS);
    expect([t.mode(), t.took()]).toEqual(['capture-only', []]);
    t.does({ kind: 'release', hold: 'recording' });
    expect(t.mode()).toBe('locked');
    expect(
      unlocked().does({ kind: 'hold', hold: 'recording' }).does({ kind: 'pressed' }).mode(),
    ).toBe('capture-only');
  });

  it('[AU335] asleep with the running clock standing still: the wall clock alone ends the time', () => {
    const drawer = unlocked()
      .does({ kind: 'hidden' })
      .asleep(3 * DAY)
      .does({ kind: 'shown' });
    expect([drawer.mode(), drawer.took()]).toEqual(['locked', ['terminate']]);
    const early = unlocked()
      .does({ kind: 'hidden' })
      .asleep(HIDDEN_MS - 1)
      .does({ kind: 'shown' });
    expect(early.mode()).toBe('unlocked');
    // The lid was shut without a word that the window is hidden.
    const lid = unlocked().asleep(IDLE_MS).does({ kind: 'touched' });
    expect([lid.mode(), lid.took()]).toEqual(['locked', ['terminate']]);
    expect(
      unlocked()
        .asleep(HIDDEN_MS - 1)
        .does({ kind: 'touched' })
        .mode(),
    ).toBe('unlocked');
  });

  it('[AU335] a clock that was put back counts as over, a time server’s second does not', () => {
    const put = unlocked()
      .does({ kind: 'hidden' })
      .setClock(-2 * CLOCK_BACK_MS);
    expect([put.mode(), put.took()]).toEqual(['locked', ['terminate']]);
    expect(
      unlocked()
        .setClock(1 - CLOCK_BACK_MS)
        .mode(),
    ).toBe('unlocked');
    expect(
      unlocked()
        .setClock(-1 - CLOCK_BACK_MS)
        .mode(),
    ).toBe('locked');
  });

  it('[AU336] two minutes out of sight lock whatever is held; a recording goes on being kept', () => {
    for (const hold of ['recording', 'readback', 'curtain'] as const)
      for (const dark of ['awake', 'asleep'] as const) {
        const t = unlocked().does({ kind: 'hold', hold }).does({ kind: 'hidden' });
        if (dark === 'awake') t.after(HIDDEN_MS - 1);
        expect(t.mode()).toBe('unlocked');
        if (dark === 'awake') t.after(1);
        else t.asleep(HIDDEN_MS).does({ kind: 'shown' });
        const mode = hold === 'recording' ? 'capture-only' : 'locked';
        expect([t.mode(), t.took()]).toEqual([mode, ['terminate']]);
        expect(t.rights()).toEqual({ read: false, capture: true, handIn: true });
      }
  });

  it('[AU334] a machine that slept two minutes was out of sight, told or not, whatever is held', () => {
    for (const hold of ['recording', 'readback', 'curtain'] as const)
      for (const event of [
        { kind: 'tick' },
        { kind: 'touched' },
        { kind: 'shown' },
        { kind: 'release', hold },
        { kind: 'contact', bar: null },
      ] as const)
        for (const ms of [HIDDEN_MS, 3 * DAY, -HIDDEN_MS]) {
          const t = unlocked()
            .does({ kind: 'hold', hold })
            .after(3 * IDLE_MS);
          t.asleep(Math.sign(ms) * (HIDDEN_MS - 1)).after(1);
          expect([t.mode(), t.took()]).toEqual(['unlocked', []]);
          t.asleep(ms).does(event);
          const records = hold === 'recording' && event.kind !== 'release';
          expect([t.mode(), t.took()]).toEqual([
            records ? 'capture-only' : 'locked',
            ['terminate'],
          ]);
          expect(t.rights()).toEqual({ read: false, capture: true, handIn: true });
          // Opened again it stays open.
          expect(t.does({ kind: 'unlocked' }).after(1).mode()).toBe('unlocked');
        }
  });

  it('[AU72] thirty days without the county end the reading; taking and handing in go on', () => {
    const t = unlocked();
    t.does({ kind: 'hold', hold: 'curtain' }).after(OFFLINE_DAYS * DAY);
    expect(t.mode()).toBe('unlocked');
    t.after(1);
    expect([t.mode(), t.took()]).toEqual(['expired', ['terminate']]);
    expect(t.rights()).toEqual({ read: false, capture: true, handIn: true });
    // The right secret alone does not help: no key is kept.
    t.does({ kind: 'unlocked' });
    expect([t.mode(), t.took()]).toEqual(['expired', ['terminate']]);
    t.does({ kind: 'contact', bar: null }).does({ kind: 'unlocked' });
    expect([t.mode(), t.rights().read]).toEqual(['unlocked', true]);
  });

  it('[AU72] a clock that is put back gives no days', () => {
    const t = unlocked()
      .after(29 * DAY)
      .does({ kind: 'unlocked' });
    t.setClock(-25 * DAY).does({ kind: 'unlocked' });
    expect(t.mode()).toBe('unlocked');
    t.setClock(25 * DAY).after(DAY + 1);
    expect(t.mode()).toBe('expired');
    expect(t.setClock(-20 * DAY).mode()).toBe('expired');
    expect(t.does({ kind: 'contact', bar: null }).mode()).toBe('locked');
  });

  it('[AU404] a window that stays open counts what ran, however often its clock is put back', () => {
    const t = unlocked();
    for (let days = 0; days < OFFLINE_DAYS; days += 1) {
      expect(t.does({ kind: 'unlocked' }).mode()).toBe('unlocked');
      t.after(DAY).setClock(-DAY);
    }
    expect(t.after(1).mode()).toBe('expired');
    // The county's word gives thirty days anew, by whatever clock.
    t.does({ kind: 'contact', bar: null }).does({ kind: 'unlocked' });
    expect(t.after(OFFLINE_DAYS * DAY).mode()).toBe('locked');
    expect(t.after(1).mode()).toBe('expired');
  });

  it('[AU73] revoked or lost: reading ends at the contact, a running recording does not', () => {
    for (const bar of ['revoked', 'lost'] as const) {
      const t = unlocked().does({ kind: 'contact', bar });
      expect([t.mode(), t.took()]).toEqual(['revoked', ['terminate', 'dropQuick', 'endKeeper']]);
      expect(t.rights()).toEqual({ read: false, capture: false, handIn: true });
      const r = unlocked().does({ kind: 'hold', hold: 'recording' }).does({ kind: 'contact', bar });
      expect([r.mode(), r.took()]).toEqual(['revoked', ['terminate', 'dropQuick']]);
      expect(r.rights().capture).toBe(true);
      r.does({ kind: 'release', hold: 'recording' });
      expect([r.took(), r.rights().capture]).toEqual([['endKeeper'], false]);
      expect(r.does({ kind: 'contact', bar: null }).mode()).toBe('locked');
    }
  });

  it('[AU73] recovery leads to unlocked or back to locked', () => {
    const t = tablet().does({ kind: 'recovering' });
    expect([t.mode(), t.rights().read]).toEqual(['recovering', false]);
    expect(t.does({ kind: 'gaveUp' }).mode()).toBe('locked');
    expect(t.does({ kind: 'recovering' }).does({ kind: 'recovered' }).mode()).toBe('unlocked');
    expect(t.does({ kind: 'loggedOut' }).took()).toContain('endKeeper');
  });

  it('[AU74] whatever happens: no key while barred or expired, handing in always, no key unasked', () => {
    const holds = fc.constantFrom('recording', 'readback', 'curtain');
    const event = fc.oneof(
      fc
        .constantFrom(
          ...['unlocked', 'recovered', 'pressed', 'touched', 'tick', 'hidden', 'shown'],
          ...['loggedOut', 'recovering', 'gaveUp'],
        )
        .map((kind) => ({ kind }) as LockEvent),
      fc.record({ kind: fc.constantFrom('hold', 'release'), hold: holds }),
      fc.record({ kind: fc.constant('contact'), bar: fc.constantFrom(null, 'revoked', 'lost') }),
    ) as fc.Arbitrary<LockEvent>;
    const jumps = fc.oneof(fc.nat(400_000), fc.nat(40 * DAY));
    const story = fc.array(fc.tuple(event, jumps), { maxLength: 40 });
    fc.assert(
      fc.property(story, (steps) => {
        let [state, up] = [firstLock(START, { up: 0, wall: START }), 0];
        for (const [e, ms] of steps) {
          up += ms;
          const before = state;
          const step = stepLock(state, e, { up, wall: START + up });
          state = step.state;
          const mode = modeOf(state);
          expect(rightsOf(state).handIn).toBe(true);
          if (mode === 'revoked' || mode === 'expired') expect(state.keys).not.toBe('present');
          if (state.keys === 'present' && before.keys !== 'present')
            expect(['unlocked', 'recovered']).toContain(e.kind);
          if (before.keys === 'present' && state.keys !== 'present')
            expect(step.effects).toContain('terminate');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
