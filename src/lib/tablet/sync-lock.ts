/**
 * One loop across all tabs (FAULTS M1, M2). The tab that sends holds the Web Lock `sync` and gives
 * a sign of life; a tab that waits and hears none for a minute takes the lock away from it: the
 * holder is frozen or hung. Losing the lock in the middle is harmless (ids and the county make it
 * so), but a holder that wakes up again stops at its next step.
 */

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request<T>(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean },
    run: () => Promise<T>,
  ): Promise<T>;
}

/** Signs of life between tabs; one that is lost costs nothing but a needless steal. */
export interface Heartbeat {
  beat(): void;
  /** Calls back at every sign of another tab; returns how to stop. */
  listen(heard: () => void): () => void;
}

export interface LockDeps {
  readonly locks: Locks | null;
  readonly heartbeat: Heartbeat;
  /** Calls back again and again; returns how to stop. */
  every(ms: number, call: () => void): () => void;
  /** Monotone milliseconds. */
  ticks(): number;
}

/** The holder says that it lives this often. */
export const BEAT_MS = 10_000;
/** Silence of the holder after which it counts as frozen. */
export const STEAL_AFTER_MS = 60_000;

/** Whether the lock is still ours; asked before every request. */
export type Held = () => boolean;

/** Runs alone among all tabs. Without Web Locks it just runs: twice at once is harmless. */
export async function aloneAmongTabs<T>(
  deps: LockDeps,
  name: string,
  run: (held: Held) => Promise<T>,
): Promise<T> {
  const { locks } = deps;
  if (!locks) return run(() => true);
  const holding = holder(deps, run);
  const waiting = new AbortController();
  const stop = watch(deps, () => waiting.abort());
  try {
    return await locks.request(name, { signal: waiting.signal }, () => {
      stop();
      return holding.start();
    });
  } catch (error) {
    if (holding.started || !waiting.signal.aborted) throw error;
    return await locks.request(name, { steal: true }, () => holding.start());
  } finally {
    stop();
    holding.end();
  }
}

/** Calls `silent` once when nothing was heard of the holder for too long. */
function watch(deps: LockDeps, silent: () => void): () => void {
  let last = deps.ticks();
  const deaf = deps.heartbeat.listen(() => (last = deps.ticks()));
  const done = deps.every(BEAT_MS, () => {
    if (deps.ticks() - last >= STEAL_AFTER_MS) silent();
  });
  return () => {
    deaf();
    done();
  };
}

/** The run with its signs of life; `held` turns false when the lock was taken away or given back. */
function holder<T>(deps: LockDeps, run: (held: Held) => Promise<T>) {
  let mine = false;
  let quiet: () => void = () => undefined;
  return {
    started: false,
    start(): Promise<T> {
      this.started = true;
      mine = true;
      deps.heartbeat.beat();
      quiet = deps.every(BEAT_MS, () => mine && deps.heartbeat.beat());
      return run(() => mine);
    },
    end(): void {
      mine = false;
      quiet();
    },
  };
}
