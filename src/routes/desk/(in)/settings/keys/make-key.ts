/** What the keys page does in the browser; nothing here ever reaches the network. */
import { fromBase64Url } from '$lib/protocol/bytes';
import { loadArgon2 } from '$lib/protocol/kdf';
import { printShare, readShare, SHARES } from '$lib/protocol/key-share';
import {
  fingerprintOf,
  newOfficerKey,
  opensOwn,
  unwrapOfficerKey,
  wrapOfficerKey,
  type OfficerKey,
} from '$lib/protocol/officer-key';
import { joinParts, splitSecret } from '$lib/protocol/shamir';

export type { OfficerKey };

export interface MadeKey {
  readonly wrapped: OfficerKey;
  readonly fingerprint: string;
  /** Texts of the three sheets, in order. */
  readonly sheets: readonly string[];
}

/** Whether these two texts open what is sealed to the key: read as they will be typed. */
async function sheetsOpen(
  key: { readonly keyId: string; readonly publicKey: string },
  typed: readonly string[],
): Promise<boolean> {
  const read = await Promise.all(typed.map((text) => readShare(key.keyId, text)));
  const parts = read.filter((part) => part !== null);
  const publicKey = fromBase64Url(key.publicKey);
  const scalar = parts.length === typed.length ? joinParts(parts) : null;
  return scalar !== null && publicKey !== null && opensOwn({ publicKey, scalar });
}

/** A fresh key with all that goes with it; null when any of its own checks fails. */
export async function makeKey(passphrase: string): Promise<MadeKey | null> {
  const opened = await newOfficerKey('recovery');
  const argon2 = await loadArgon2();
  const wrapped = await wrapOfficerKey('recovery', opened, { passphrase, argon2 });
  if (wrapped === null || !(await opensOwn(opened))) return null;
  const back = await unwrapOfficerKey(wrapped, { passphrase, argon2 });
  if (typeof back === 'string' || !(await opensOwn(back))) return null;
  const parts = splitSecret(opened.scalar, SHARES);
  const sheets = await Promise.all(parts.map((part) => printShare(opened.keyId, part)));
  for (const [i, first] of sheets.entries())
    for (const second of sheets.slice(i + 1))
      if (!(await sheetsOpen(wrapped, [first, second]))) return null;
  opened.scalar.fill(0);
  return { wrapped, fingerprint: await fingerprintOf(opened.publicKey), sheets };
}

export type Tried = 'opens' | 'wrong' | 'cannot';

/** Whether the passphrase still opens one's own key. */
export async function tryPassphrase(own: OfficerKey, passphrase: string): Promise<Tried> {
  const opened = await unwrapOfficerKey(own, { passphrase, argon2: await loadArgon2() });
  if (opened === 'NO_ARGON2') return 'cannot';
  return opened !== 'WRONG' && (await opensOwn(opened)) ? 'opens' : 'wrong';
}

/** Whether two typed sheets still open a key. */
export const trySheets = async (
  key: { readonly keyId: string; readonly publicKey: string },
  typed: readonly [string, string],
): Promise<Tried> => ((await sheetsOpen(key, typed)) ? 'opens' : 'wrong');

/** The key file for the officer's own stick. */
export function saveKeyFile(key: OfficerKey): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(key)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${key.keyId}.daiban-key.json`;
  link.click();
  // The browser has taken it by then; an address that is never given back stays in memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
