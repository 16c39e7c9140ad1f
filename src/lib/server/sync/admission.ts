/**
 * Who may come in now (FAULTS K1-K5, N8): decided by the headers alone, before a body is read.
 *
 *     ask ─ too many of this person while others wait ─► 429, seconds
 *         ─ house full ───────────────────────────────► 503, seconds: a turn of his own
 *         ─ else ─► arrive (its body comes; takes no place) ─► enter (waits for a free place;
 *                   the desk's pages come in between) ─► leave
 *
 * Whoever is sent away gets a time behind those who were sent away before him, so that a crowd
 * comes back one after another. State of one process; nothing of it has to survive.
 */
import { RETRY_AFTER_SECONDS_MAX } from '../../protocol/version.ts';
import { createRateLimiter, type Limit } from '../auth/rate-limit.ts';
import type { Refused } from './body.ts';
import { EXCHANGES_AT_ONCE_MAX, READING_PERSON_MAX } from './limits.ts';

/** Exchanges that run at the same time; the others of the queue wait. */
export const EXCHANGES_RUNNING_MAX = 32;
/** With so many inside, fairness counts: nobody comes twice while another has not been in once. */
export const CROWD_FROM = 8;
/** One a second and five at once, for one person, while there is a crowd. */
export const inCrowd: Limit = { name: 'exchange in a crowd', perMinute: 60, burst: 5 };
/** After a start or after somebody was sent away the tablets spread their return further. */
export const UNREST_MS = 15 * 60_000;
/** Share of its power that the county plans for a return of all its tablets. */
const PLANNED_LOAD = 0.25;
/** Milliseconds an exchange is taken to cost before any was measured. */
const FIRST_COST_MS = 20;
const NEWEST_WEIGHT = 0.1;
/** Tablets counted at most. */
const SEEN_MAX = 50_000;

export interface AdmissionDeps {
  /** Monotone milliseconds. */
  nowMs(): number;
  random(): number;
  /** Lets everything else that waits have its turn. */
  pause(): Promise<void>;
}

export interface Admission {
  /** Null: come in. Looks at nothing but who asks. */
  ask(personId: string): Refused | null;
  /** Counts a body that comes, until the returned call; null: too many of this person come. */
  arrive(personId: string): (() => void) | null;
  /** Takes a place, perhaps after a while; always to be followed by `leave`. */
  enter(): Promise<() => void>;
  /** What tablets are told to spread over after their next absence. */
  spreadSeconds(base: number): number;
}

const once = (run: () => void): (() => void) => {
  let over = false;
  return () => {
    if (!over) run();
    over = true;
  };
};

export function createAdmission(deps: AdmissionDeps): Admission {
  const limiter = createRateLimiter(() => deps.nowMs());
  const waiting: (() => void)[] = [];
  const seen = new Set<string>();
  const reading = new Map<string, number>();
  let bodies = 0;
  let running = 0;
  let costMs = FIRST_COST_MS;
  let nextTurnMs = 0;
  let unrestUntil = deps.nowMs() + UNREST_MS;

  /** Behind the queue and behind everyone who was sent away already. */
  const turn = (): number => {
    const now = deps.nowMs();
    unrestUntil = now + UNREST_MS;
    const inside = (bodies + running + waiting.length) * costMs;
    nextTurnMs = Math.max(nextTurnMs, now + inside) + costMs / PLANNED_LOAD;
    // A second or two apart, so that whole seconds bunch nobody.
    const seconds = Math.ceil((nextTurnMs - now) / 1000 + deps.random());
    return Math.min(RETRY_AFTER_SECONDS_MAX, Math.max(1, seconds));
  };
  const leave = (startedMs: number, beside: number): void => {
    const one = (deps.nowMs() - startedMs) / Math.max(1, beside);
    costMs += NEWEST_WEIGHT * (one - costMs);
    running -= 1;
    waiting.shift()?.();
  };
  const start = (): (() => void) => {
    const [startedMs, beside] = [deps.nowMs(), running];
    return once(() => leave(startedMs, beside));
  };
  return {
    ask: (personId) => {
      if (seen.size < SEEN_MAX) seen.add(personId);
      const inside = bodies + running + waiting.length;
      if (inside >= EXCHANGES_AT_ONCE_MAX)
        return { status: 503, error: 'BUSY', retryAfterSeconds: turn() };
      const wait = limiter.take(inCrowd, personId);
      if (wait > 0 && inside >= CROWD_FROM)
        return { status: 429, error: 'BUSY', retryAfterSeconds: wait };
      return null;
    },
    arrive: (personId) => {
      const his = reading.get(personId) ?? 0;
      if (his >= READING_PERSON_MAX) return null;
      reading.set(personId, his + 1);
      bodies += 1;
      return once(() => {
        bodies -= 1;
        const left = (reading.get(personId) ?? 1) - 1;
        if (left > 0) reading.set(personId, left);
        else reading.delete(personId);
      });
    },
    enter: async () => {
      if (running < EXCHANGES_RUNNING_MAX) running += 1;
      else await new Promise<void>((resolve) => waiting.push(() => ((running += 1), resolve())));
      await deps.pause();
      return start();
    },
    spreadSeconds: (base) => {
      const wanted = Math.ceil((seen.size * costMs) / PLANNED_LOAD / 1000);
      const unrest = deps.nowMs() < unrestUntil ? 2 * base : base;
      return Math.min(RETRY_AFTER_SECONDS_MAX, Math.max(base, unrest, wanted));
    },
  };
}
