import { toHex } from '../protocol/hash.ts';
import type { Passcode } from './session.ts';

/** Tries before the waits begin; then 30 s, doubling to an hour. */
export const FREE_TRIES = 5;
const FIRST_WAIT_SECONDS = 30;
const WAIT_SECONDS_MAX = 3_600;
const ROUNDS = 150_000;

async function derive(digits: string, salt: string): Promise<string> {
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', bytes.encode(digits), 'PBKDF2', false, [
    'deriveBits',
  ]);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes.encode(salt), iterations: ROUNDS };
  return toHex(new Uint8Array(await crypto.subtle.deriveBits(how, key, 256)));
}

/** A screen lock for the villager's curtain: it keeps nobody from the disk. */
export const newPasscode = async (digits: string, salt: string): Promise<Passcode> => ({
  ...{ salt, hash: await derive(digits, salt), wrong: 0, notBefore: '' },
});

/** Checks a try; the caller stores what comes back, so that a reload forgives nothing. */
export async function tryPasscode(
  code: Passcode,
  digits: string,
  now: string,
): Promise<{ readonly ok: boolean; readonly waitSeconds: number; readonly code: Passcode }> {
  const wait = Math.ceil((Date.parse(code.notBefore || now) - Date.parse(now)) / 1000);
  if (wait > 0) return { ok: false, waitSeconds: wait, code };
  if ((await derive(digits, code.salt)) === code.hash)
    return { ok: true, waitSeconds: 0, code: { ...code, wrong: 0, notBefore: '' } };
  const wrong = code.wrong + 1;
  const over = wrong - FREE_TRIES;
  const waitSeconds =
    over < 0 ? 0 : Math.min(WAIT_SECONDS_MAX, FIRST_WAIT_SECONDS * 2 ** Math.min(over, 10));
  const notBefore = new Date(Date.parse(now) + waitSeconds * 1000).toISOString();
  return { ok: false, waitSeconds, code: { ...code, wrong, notBefore: over < 0 ? '' : notBefore } };
}
