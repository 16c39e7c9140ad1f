/** A named limit: `burst` tries at once, refilled at `perMinute`. */
export interface Limit {
  readonly name: string;
  readonly perMinute: number;
  readonly burst: number;
}

/** Every limit of the front doors, in one place (SECURITY: hardening). */
export const LIMITS = {
  /** Sign-in tries for one account, whoever asks. */
  signInAccount: { name: 'sign-in account', perMinute: 5, burst: 5 },
  /** Sign-in tries of one browser in which this person has signed in before; strangers take none of it. */
  signInKnown: { name: 'sign-in known', perMinute: 5, burst: 5 },
  /** Sign-in tries from one address: a whole office may share one. */
  signInAddress: { name: 'sign-in address', perMinute: 30, burst: 30 },
  /** 查信儿 from one address; a kiosk serves a queue of people. */
  trackAddress: { name: 'track address', perMinute: 10, burst: 10 },
  /** 查信儿 for one code, so that a name cannot be guessed. */
  trackCode: { name: 'track code', perMinute: 5, burst: 5 },
  /** Names that were wrong for one code: some twenty a day, so that no list of names is tried. */
  trackWrong: { name: 'track wrong', perMinute: 20 / (24 * 60), burst: 20 },
  /** Questions about a receipt from one address. */
  receiptAddress: { name: 'receipt address', perMinute: 10, burst: 10 },
  /** Tries of a signed-in person to prove again who he is, by passphrase or six digits. */
  provePerson: { name: 'prove person', perMinute: 5, burst: 5 },
  /** Codes that one agent types on a new tablet. */
  enrolPerson: { name: 'enrol person', perMinute: 5, burst: 5 },
  /** Codes that are typed from one address. */
  enrolAddress: { name: 'enrol address', perMinute: 30, burst: 30 },
  /** Reports of blocked scripts from one address. */
  reportAddress: { name: 'report address', perMinute: 20, burst: 20 },
  /** Exports of one person. */
  exportPerson: { name: 'export person', perMinute: 2, burst: 5 },
} as const satisfies Record<string, Limit>;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Buckets of one limit kept at once, and how many go when there are more. */
export const BUCKETS_MAX = 20_000;
const ROOM = BUCKETS_MAX / 10;
/** Letters of a key that count: longer ones, which nobody of ours has, share a bucket. */
const KEY_MAX = 100;

export interface Limiter {
  /** Takes one token; answers 0 when allowed, else the whole seconds to wait. */
  take(limit: Limit, key: string): number | Promise<number>;
  /** Puts one token back: what was tried was right, and is no guess. */
  give(limit: Limit, key: string): void | Promise<void>;
}

/** Whole seconds until a bucket with less than one token has one. */
export const secondsUntil = ({ perMinute }: Limit, tokens: number): number =>
  Math.max(1, Math.ceil(((1 - tokens) / perMinute) * 60));

/** One that answers at once: in the memory of this process. */
export interface RateLimiter extends Limiter {
  /** Takes one token; answers 0 when allowed, else the whole seconds to wait. */
  take(limit: Limit, key: string): number;
  give(limit: Limit, key: string): void;
}

/** Milliseconds until an empty bucket is full again: nothing of it is worth keeping longer. */
export const refillMs = ({ perMinute, burst }: Limit): number =>
  Math.ceil((burst / perMinute) * 60_000);

const tokensAt = ({ perMinute, burst }: Limit, { tokens, atMs }: Bucket, now: number): number =>
  Math.min(burst, tokens + Math.max(0, ((now - atMs) / 60_000) * perMinute));

/**
 * Forgets the buckets that are full again, which forgives nobody; if that is not enough, those from
 * which least was taken: what a flood of new keys leaves, never the one that is being guessed at.
 */
function makeRoom(limit: Limit, buckets: Map<string, Bucket>, now: number): void {
  const filled = [...buckets].map(([key, bucket]) => [key, tokensAt(limit, bucket, now)] as const);
  filled.sort(([, a], [, b]) => b - a);
  for (const [key, tokens] of filled) {
    if (tokens < limit.burst && buckets.size <= BUCKETS_MAX - ROOM) return;
    buckets.delete(key);
  }
}

/** Token buckets in memory, one per limit and key: where one process serves the county, or protects itself. */
export function createRateLimiter(nowMs: () => number): RateLimiter {
  // Each limit has its own room: who floods one door forgets nothing of another.
  const doors = new Map<string, Map<string, Bucket>>();
  const keyOf = (key: string): string => key.slice(0, KEY_MAX);
  return {
    give(limit, key) {
      const known = doors.get(limit.name)?.get(keyOf(key));
      if (known) known.tokens = Math.min(limit.burst, known.tokens + 1);
    },
    take(limit, key) {
      const buckets = doors.get(limit.name) ?? new Map<string, Bucket>();
      doors.set(limit.name, buckets);
      const [of, at] = [keyOf(key), nowMs()];
      const known = buckets.get(of);
      const tokens = known === undefined ? limit.burst : tokensAt(limit, known, at);
      const allowed = tokens >= 1;
      buckets.set(of, { tokens: allowed ? tokens - 1 : tokens, atMs: at });
      if (buckets.size > BUCKETS_MAX) makeRoom(limit, buckets, at);
      return allowed ? 0 : secondsUntil(limit, tokens);
    },
  };
}
