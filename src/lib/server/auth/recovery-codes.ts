/**
 * 备用码: each stands once for the six digits of a lost phone.
 *
 *     10 random letters of 32: digits and capitals without I L O U; five, a dash, five
 *
 * Copied by hand and typed months later: case, width, gaps and what looks alike count as the same.
 */
import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODES = 10;
const GROUP = 5;
const LETTERS = 2 * GROUP;
const LOOK_ALIKE: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1', U: 'V' };

const printed = (letters: string): string => `${letters.slice(0, GROUP)}-${letters.slice(GROUP)}`;

/** Fresh codes as they are shown, 50 random bits each. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: CODES }, () =>
    printed([...randomBytes(LETTERS)].map((byte) => ALPHABET[byte & 31]).join('')),
  );

/** Codes of before: letters of either case that all differ. */
const WAS = /^[a-z\d]{5}-[a-z\d]{5}$/i;

/** The codes that may be meant by what was typed, the likeliest first; never none. */
export function recoveryCodesMeant(typed: string): readonly [string, ...string[]] {
  const plain = typed.normalize('NFKC').replace(/\s/g, '');
  const letters = plain
    .toUpperCase()
    .replace(/[-—–_.]/g, '')
    .replace(/[OILU]/g, (one) => LOOK_ALIKE[one] ?? one);
  const code = printed(letters);
  return WAS.test(plain) && plain !== code ? [code, plain] : [code];
}
