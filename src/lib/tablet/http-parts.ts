/** What every request of the tablet to the county has in common. */
import type { NoReply } from '../ports/transport.ts';
import type { Digest } from '../protocol/hash.ts';
import type { Squeezer } from '../protocol/v2/frame.ts';
import { lockSaidSchema, type LockSaid, type SyncError } from '../protocol/sync.ts';
import { outcomeOf } from './http-status.ts';

export interface HttpDeps {
  readonly fetch: typeof fetch;
  readonly digest: Digest;
  /** 128 random bits, base64url: the id that the answer must repeat. */
  requestId(): string;
  /** Undefined where the browser cannot compress: the frame travels as text. */
  readonly gzip: ((text: string) => Promise<Uint8Array<ArrayBuffer>>) | null;
  readonly origin: string;
  /** Waits; a transport without it sends a broken request again from its start. */
  pause?(ms: number): Promise<void>;
  /** Packs and unpacks frames; without it the tablet's own, in JavaScript. */
  readonly squeezer?: Squeezer;
  /** 0 up to 1. */
  random?(): number;
}

/** Of every request: nothing is cached, nothing is followed, nothing is told to others. */
export const COMMON = {
  redirect: 'manual',
  cache: 'no-store',
  credentials: 'same-origin',
  referrerPolicy: 'no-referrer',
} as const satisfies RequestInit;

export const foreign = (why: string): NoReply => ({ kind: 'not_the_county', why });
export const mediaType = (response: Response): string =>
  (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** Anything but a verified 200: told apart so that the screen can name the reason. */
export const refusal = async (response: Response): Promise<NoReply> => {
  const { error, lock } = await saidBy(response);
  const outcome = outcomeOf({
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    error,
    isPage: mediaType(response) === 'text/html',
  });
  return outcome.kind === 'refused' && lock ? { ...outcome, lock } : outcome;
};

interface Said {
  readonly error: SyncError | null;
  readonly lock: LockSaid | null;
}

async function saidBy(response: Response): Promise<Said> {
  try {
    const { error, lock } = JSON.parse(await response.text()) as Record<string, unknown>;
    const read = lockSaidSchema.safeParse(lock);
    return {
      error: typeof error === 'string' ? (error as SyncError) : null,
      lock: read.success ? read.data : null,
    };
  } catch {
    return { error: null, lock: null };
  }
}
