/**
 * The passphrase of the account goes over the line and the county knows it: it opens no lock. What was
 * typed at the sign-in is kept as a salted, stretched print until a lock is open, in memory alone.
 */
import { randomBytes, sameBytes, textBytes } from '../protocol/bytes.ts';
import { PBKDF2_STANDARD, SALT_BYTES, stretch, type Kdf } from '../protocol/kdf.ts';

/** Whether words are those that were typed at the sign-in. */
export type IsLogin = (words: string) => Promise<boolean>;

/** Spaces, width and case make no other sentence. */
const letters = (words: string): string =>
  words.normalize('NFKC').replaceAll(/\s+/g, '').toLowerCase();

/** Forgets the passphrase and knows it again. */
export function loginWords(passphrase: string, kdf: Kdf = PBKDF2_STANDARD): IsLogin {
  const salt = randomBytes(SALT_BYTES);
  const printOf = (words: string) =>
    stretch(textBytes(letters(words)), salt, { kdf, argon2: null });
  const typed = printOf(passphrase);
  typed.catch(() => undefined);
  return async (words) => {
    const [before, now] = [await typed, await printOf(words)];
    return before !== null && now !== null && sameBytes(before, now);
  };
}
