/**
 * When the vault is locked, and what goes on then: pure, told the time, says what to do.
 *
 *     locked ──unlock──▶ unlocked ──idle 5 min, hidden 2 min, press──▶ locked
 *        │                  │ while recording: reading locks, the recording goes on (capture-only)
 *        ├──recover──▶ recovering ──recovered──▶ unlocked
 *        └── revoked, lost (told by the county) · expired (30 days without the county)
 *
 * Revoked and expired lie over locked and unlocked: they bar the reading, never the hand-in.
 */
import { assert } from '../../domain/values.ts';
import { isOver, leapt, type Times } from './two-clocks.ts';

export const IDLE_MS = 5 * 60_000;
export const HIDDEN_MS = 2 * 60_000;
/** The right to read without the county's word. */
export const OFFLINE_DAYS = 30;
const OFFLINE_MS = OFFLINE_DAYS * 86_400_000;

/** What keeps the screen as it is: no idle time locks it meanwhile; a dark screen does. */
export type Hold = 'recording' | 'readback' | 'curtain';

/** Told by the county at a contact: the agent's right ended; the tablet itself is lost. */
export type Bar = 'revoked' | 'lost';

export interface LockState {
  /** Whether the readable half has its key. */
  readonly keys: 'absent' | 'present' | 'recovering';
  readonly bar: Bar | null;
  readonly holds: readonly Hold[];
  /** Last touch, and when the window went out of sight. */
  readonly touchedAt: Times;
  readonly hiddenAt: Times | null;
  /** The clocks at the event before: the tick leaves no long time between two. */
  readonly lookedAt: Times;
  /** Wall clock of the last verified word of the county, milliseconds since 1970. */
  readonly contactAt: number;
  /**
   * Latest wall clock seen, and no less than what ran since: a clock that is put back gives no days. The
   * registry keeps the day alone, the vault the minute, told after the unlock (`remembered`).
   */
  readonly seenAt: number;
}

export type LockEvent =
  | { readonly kind: 'unlocked' | 'recovered' | 'pressed' | 'touched' | 'tick' }
  | { readonly kind: 'hidden' | 'shown' | 'loggedOut' | 'recovering' | 'gaveUp' }
  | { readonly kind: 'hold' | 'release'; readonly hold: Hold }
  | { readonly kind: 'contact'; readonly bar: Bar | null }
  | { readonly kind: 'remembered'; readonly seenAt: number };

/** terminate: the vault's worker; dropQuick: the quick PIN; endKeeper: once nothing is recorded. */
export type LockEffect = 'terminate' | 'dropQuick' | 'endKeeper';

export interface LockStep {
  readonly state: LockState;
  readonly effects: readonly LockEffect[];
}

export const firstLock = (contactAt: number, times: Times): LockState => ({
  ...{ keys: 'absent', bar: null, holds: [], touchedAt: times, hiddenAt: null },
  ...{ lookedAt: times, contactAt, seenAt: Math.max(contactAt, times.wall) },
});

const isExpired = ({ contactAt, seenAt }: LockState): boolean => seenAt - contactAt > OFFLINE_MS;

export type LockMode =
  'unlocked' | 'locked' | 'capture-only' | 'recovering' | 'revoked' | 'expired';

/** What the screen shows. */
export function modeOf(state: LockState): LockMode {
  if (state.bar) return 'revoked';
  if (isExpired(state)) return 'expired';
  if (state.keys === 'recovering') return 'recovering';
  if (state.keys === 'present') return 'unlocked';
  return state.holds.includes('recording') ? 'capture-only' : 'locked';
}

export interface Rights {
  readonly read: boolean;
  /** Taking what a villager says now; sealed for the county alone when nothing may be read. */
  readonly capture: boolean;
  /** Handing in what was never sent: nobody and nothing takes this away. */
  readonly handIn: true;
}

export function rightsOf(state: LockState): Rights {
  const mode = modeOf(state);
  const recording = state.holds.includes('recording');
  const capture = mode === 'revoked' ? recording : mode !== 'recovering' || recording;
  return { read: mode === 'unlocked', capture, handIn: true };
}

const NOTHING: readonly LockEffect[] = [];

/** Drops the key if it is there. */
function lock(state: LockState, more: readonly LockEffect[] = NOTHING): LockStep {
  const effects: LockEffect[] = state.keys === 'absent' ? [] : ['terminate'];
  return { state: { ...state, keys: 'absent' }, effects: [...effects, ...more] };
}

/** Locks what has become due by time alone; `slept`: the machine did, and perhaps told nobody. */
function due(state: LockState, now: Times, slept: boolean): LockStep {
  if (state.keys !== 'present') return { state, effects: NOTHING };
  // The right secret alone does not help: what the county took stays taken.
  if (state.bar !== null || isExpired(state)) return lock(state);
  // Whatever is held: a dark screen has no reader. A recording goes on, a draft is on the disk.
  if (slept || (state.hiddenAt !== null && isOver(state.hiddenAt, now, HIDDEN_MS)))
    return lock(state);
  if (state.holds.length > 0) return { state, effects: NOTHING };
  return isOver(state.touchedAt, now, IDLE_MS) ? lock(state) : { state, effects: NOTHING };
}

function change(state: LockState, event: LockEvent, now: Times): LockStep {
  const as = (more: Partial<LockState>): LockStep => ({
    state: { ...state, ...more },
    effects: NOTHING,
  });
  switch (event.kind) {
    case 'unlocked':
    case 'recovered':
      return as({ keys: 'present', touchedAt: now });
    case 'recovering':
      return as({ keys: state.keys === 'present' ? 'present' : 'recovering' });
    case 'gaveUp':
      return state.keys === 'recovering' ? lock(state) : as({});
    case 'pressed':
      return lock(state);
    case 'loggedOut':
      return lock({ ...state, holds: [] }, ['dropQuick', 'endKeeper']);
    case 'touched':
      return as({ touchedAt: now });
    case 'hidden':
      return as({ hiddenAt: state.hiddenAt ?? now });
    case 'shown':
      return as({ hiddenAt: null });
    case 'tick':
      return as({});
    case 'hold':
      return as({ holds: [...new Set([...state.holds, event.hold])] });
    case 'release':
      return released(state, event.hold, now);
    case 'contact':
      return contact(state, event.bar, now.wall);
    case 'remembered':
      return as({ seenAt: Math.max(state.seenAt, event.seenAt) });
  }
}

/** The end of a hold starts the idle time anew; a barred tablet's keeper ends with the recording. */
function released(state: LockState, hold: Hold, now: Times): LockStep {
  const holds = state.holds.filter((h) => h !== hold);
  const ends = state.bar !== null && hold === 'recording';
  return { state: { ...state, holds, touchedAt: now }, effects: ends ? ['endKeeper'] : NOTHING };
}

function contact(state: LockState, bar: Bar | null, wall: number): LockStep {
  // The county's word also mends a clock that once ran ahead.
  const next = { ...state, bar, contactAt: wall, seenAt: wall };
  if (!bar) return { state: next, effects: NOTHING };
  const recording = state.holds.includes('recording');
  return lock(next, recording ? ['dropQuick'] : ['dropQuick', 'endKeeper']);
}

/** One event; what is due by time happens before and after it. */
export function stepLock(before: LockState, event: LockEvent, times: Times): LockStep {
  const slept = leapt(before.lookedAt, times, HIDDEN_MS);
  const ran = Math.max(0, times.up - before.lookedAt.up);
  const seen = { ...before, lookedAt: times, seenAt: Math.max(before.seenAt + ran, times.wall) };
  // A touch after the time was up comes too late.
  const late =
    event.kind === 'contact' ? { state: seen, effects: NOTHING } : due(seen, times, slept);
  const changed = change(late.state, event, times);
  const after = due(changed.state, times, slept && event.kind === 'contact');
  assert(after.state.bar === null || after.state.keys !== 'present', 'a barred vault has no key');
  return { state: after.state, effects: [...late.effects, ...changed.effects, ...after.effects] };
}
