/**
 * 登记码: what the county says on the telephone so that a new tablet may work for an agent.
 *
 *     9 random letters and a check letter, of 31: digits and capitals without I L O U Z
 *
 * Made to be read aloud and typed with a thumb: what looks alike counts as the same. The check
 * letter finds every single wrong letter and every two that changed places, before anybody is asked.
 */
import { randomBytes } from './bytes.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXY';
const RANDOM_LETTERS = 9;
const GROUP = 5;
/** Letters of a code; a group of five, a gap, a group of five on paper. */
export const ENROL_CODE_LETTERS = RANDOM_LETTERS + 1;
/** More than this was typed is no code, whatever stands between the letters. */
export const ENROL_CODE_TYPED_MAX = 32;

const LOOK_ALIKE: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1', Z: '2', U: 'V' };

/** Weights 1 to 9 under a prime: no single letter and no swap leaves the sum as it was. */
function checkLetter(letters: string): string {
  const sum = [...letters].reduce((s, c, i) => s + (i + 1) * ALPHABET.indexOf(c), 0);
  return ALPHABET[sum % ALPHABET.length] ?? '';
}

/** A fresh code, without its gap. */
export function newEnrolCode(random: (bytes: number) => Uint8Array = randomBytes): string {
  let letters = '';
  while (letters.length < RANDOM_LETTERS)
    for (const byte of random(RANDOM_LETTERS)) {
      // The 32nd of five bits is thrown again, so that all letters are as likely.
      const letter = ALPHABET[byte & 31];
      if (letter !== undefined && letters.length < RANDOM_LETTERS) letters += letter;
    }
  return letters + checkLetter(letters);
}

/** As it is read aloud and written down: `7K3MA 0XW9D`. */
export const printEnrolCode = (code: string): string =>
  `${code.slice(0, GROUP)} ${code.slice(GROUP)}`;

/** The code that was typed, whatever case, width, gaps and look-alikes; null: it is none. */
export function readEnrolCode(typed: string): string | null {
  if (typed.length > ENROL_CODE_TYPED_MAX) return null;
  const bare = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-—–_.]/g, '');
  const letters = bare.replace(/[OILZU]/g, (one) => LOOK_ALIKE[one] ?? one);
  if (letters.length !== ENROL_CODE_LETTERS) return null;
  if ([...letters].some((one) => !ALPHABET.includes(one))) return null;
  const random = letters.slice(0, RANDOM_LETTERS);
  return checkLetter(random) === letters.slice(RANDOM_LETTERS) ? letters : null;
}
