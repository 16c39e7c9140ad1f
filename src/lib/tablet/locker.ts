/**
 * When the screens lock: `vault/lock.ts` with clocks, a tick and somebody who does what it says.
 * One for each open vault; what has to outlive the window is handed out to be kept.
 */
import {
  firstLock,
  modeOf,
  rightsOf,
  stepLock,
  type Bar,
  type Hold,
  type LockEffect,
  type LockEvent,
  type LockMode,
  type LockState,
  type Rights,
} from './vault/lock.ts';

/** How often time alone is looked at. */
export const LOCK_TICK_MS = 10_000;
/** The latest clock is handed out this often; of it the registry keeps the day alone. */
export const KEEP_SEEN_MS = 600_000;
/** The same for the vault, which keeps it sealed and to the minute: what a restart can win. */
export const KEEP_SEALED_MS = 60_000;
/** Sealed and so far ahead of the registry's day: of a clock that the county's word mended since. */
export const SEALED_AHEAD_MS = 2 * 86_400_000;

/** What the registry keeps of a lock. */
export interface KeptLock {
  readonly contactAt: number;
  readonly seenAt: number;
  readonly bar: Bar | null;
}

export interface LockerDeps {
  /** Milliseconds of a clock that does not jump. */
  up(): number;
  /** Milliseconds since 1970 by this device. */
  wall(): number;
  /** Does it at once; what it starts may go on. */
  effect(effect: LockEffect): unknown;
  /** The mode may be another; told after every event. */
  changed(mode: LockMode): unknown;
  /** Keeps what must outlive the window; a failure costs a few minutes of a month. */
  keep(kept: KeptLock): void;
  /** Keeps the latest clock where only an unlocked vault reads it; a failure costs a minute of a month. */
  keepSealed(seenAt: number): void;
}

/** The lock of one vault. */
export class Locker {
  private readonly deps: LockerDeps;
  private state: LockState;
  private kept: KeptLock;
  private readonly begun: KeptLock;
  /** Null until what lies there was read: nothing is written over it before. */
  private sealed: number | null = null;

  constructor(deps: LockerDeps, kept: KeptLock) {
    this.deps = deps;
    this.kept = this.begun = kept;
    const { contactAt, seenAt, bar } = kept;
    const first = firstLock(contactAt, { up: deps.up(), wall: deps.wall() });
    this.state = { ...first, bar, seenAt: Math.max(first.seenAt, seenAt) };
  }

  get mode(): LockMode {
    return modeOf(this.state);
  }

  get rights(): Rights {
    return rightsOf(this.state);
  }

  get isHeld(): boolean {
    return this.state.holds.length > 0;
  }

  /** One event; its effects are done when this returns. */
  tell(event: LockEvent): void {
    const { up, wall } = this.deps;
    const step = stepLock(this.state, event, { up: up(), wall: wall() });
    this.state = step.state;
    for (const effect of step.effects) this.deps.effect(effect);
    this.keepIfNew();
    this.deps.changed(this.mode);
  }

  /** What the open vault had kept; null: nothing yet. It may end the reading at once. */
  remember(seenAt: number | null): void {
    this.sealed ??= 0;
    const counts = seenAt !== null && seenAt < this.begun.seenAt + SEALED_AHEAD_MS;
    this.tell(counts ? { kind: 'remembered', seenAt } : { kind: 'tick' });
  }

  /** Until the returned function is called nothing locks by itself; calling it twice is once. */
  hold(hold: Hold): () => void {
    this.tell({ kind: 'hold', hold });
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.tell({ kind: 'release', hold });
    };
  }

  private keepIfNew(): void {
    const { contactAt, seenAt, bar } = this.state;
    const { kept, sealed } = this;
    if (sealed !== null && (seenAt - sealed >= KEEP_SEALED_MS || seenAt < sealed)) {
      this.sealed = seenAt;
      this.deps.keepSealed(seenAt);
    }
    const later = Math.max(contactAt - kept.contactAt, seenAt - kept.seenAt) >= KEEP_SEEN_MS;
    // The county's word mends a clock that ran ahead: then the later one must not come back.
    if (!later && bar === kept.bar && seenAt >= kept.seenAt) return;
    this.kept = { contactAt, seenAt, bar };
    this.deps.keep(this.kept);
  }
}

/** Where touches and looks come from; a window, in tests something like it. */
export interface Watched {
  addEventListener(type: string, call: () => void, options?: object): void;
}

/** Drives a lock from a window: touches, keys, hiding, and the tick. Returns how to stop. */
export function watchWindow(
  locker: Locker,
  of: {
    readonly window: Watched;
    readonly document: Watched & { readonly hidden: boolean };
    every(ms: number, call: () => void): () => void;
  },
): () => void {
  const away = new AbortController();
  const options = { signal: away.signal, passive: true, capture: true };
  const touched = (): void => locker.tell({ kind: 'touched' });
  for (const type of ['pointerdown', 'keydown']) of.window.addEventListener(type, touched, options);
  const seen = (): void => locker.tell({ kind: of.document.hidden ? 'hidden' : 'shown' });
  of.document.addEventListener('visibilitychange', seen, options);
  const stop = of.every(LOCK_TICK_MS, () => locker.tell({ kind: 'tick' }));
  return () => {
    away.abort();
    stop();
  };
}
