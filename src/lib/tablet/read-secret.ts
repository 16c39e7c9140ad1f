/**
 * The secret by which the county knows that this vault is open: made once, sealed beside the session,
 * shown with every request that reads. A locked tablet has none to show; its work is taken all the
 * same.
 */
import { toBase64Url } from '../protocol/hash.ts';
import {
  DEVICE_HEADER,
  ENROL_PATH,
  EXCHANGE_PATH,
  READ_HEADER,
  WRAPS_PATH,
} from '../protocol/version.ts';
import { holdLock, randomBytes } from './browser.ts';
import { readSealed, writeSealed, type Engine } from './engine.ts';
import { META } from './settings.ts';

const BYTES = 32;
/** Web Lock: of two windows one makes it. */
const LOCK = 'daiban-read-secret';

const isSecret = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{43}$/.test(value);

/**
 * The secret of the open vault, made where there is none. Null while another window makes it; rejects
 * with code LOCKED after a lock.
 */
export async function readSecret(engine: Engine): Promise<string | null> {
  const there = await readSealed(engine, META.read);
  if (isSecret(there)) return there;
  const held = await holdLock(LOCK);
  if (!held) return null;
  try {
    const again = await readSealed(engine, META.read);
    if (isSecret(again)) return again;
    const made = toBase64Url(randomBytes(BYTES));
    // On the disk before the county hears of it.
    await writeSealed(engine, META.read, made);
    return made;
  } finally {
    held.release();
  }
}

/** Headers of a request that reads something beside the exchange; none without a vault. */
export async function readHeaders(engine: Engine): Promise<Record<string, string>> {
  const secret = await readSecret(engine);
  const dv = (await engine.store.sync())?.dv ?? engine.sync.dv;
  return secret === null ? {} : { [READ_HEADER]: secret, [DEVICE_HEADER]: dv };
}

const SHOWN: readonly string[] = [EXCHANGE_PATH, ENROL_PATH, WRAPS_PATH];

/** A fetch that shows the secret where the county asks for it, and nowhere else. */
export function showing(
  plain: typeof fetch,
  secret: (() => Promise<string | null>) | undefined,
): typeof fetch {
  if (!secret) return plain;
  return async (input, init) => {
    const { pathname } = new URL(String(input), location.origin);
    const shown = SHOWN.includes(pathname) ? await secret() : null;
    if (shown === null) return plain(input, init);
    const headers = new Headers(init?.headers);
    headers.set(READ_HEADER, shown);
    return plain(input, { ...init, headers });
  };
}
