/**
 * 编号 (REFERENCE 3.1): temporary number, case number, query code.
 *
 * The query code ends in a Damm check digit: the quasigroup below is totally anti-symmetric with
 * zeros on its diagonal, so one wrong digit and one swap of neighbours are always found.
 */

// prettier-ignore
const DAMM = [
  [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
  [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
  [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
  [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
  [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
  [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
  [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
  [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
  [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
  [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
] as const;

const damm = (digits: string): number =>
  [...digits].reduce((row, digit) => DAMM[row]?.[Number(digit)] ?? 0, 0);

/** Random digits of a query code before its check digit. */
export const QUERY_CODE_RANDOM_DIGITS = 11;
/** Random bytes to hand to `queryCodeFromBytes`: a byte gives a digit with 250 in 256. */
export const QUERY_CODE_BYTES = 32;

/** 查询码 of eleven random digits: the twelfth is their check digit. */
export const queryCodeOf = (random11: string): string => `${random11}${damm(random11)}`;

/** 查询码 from random bytes without bias; null when too few of them fit (try with fresh ones). */
export function queryCodeFromBytes(bytes: Uint8Array): string | null {
  const digits = [...bytes].filter((b) => b < 250).map((b) => b % 10);
  return digits.length < QUERY_CODE_RANDOM_DIGITS
    ? null
    : queryCodeOf(digits.slice(0, QUERY_CODE_RANDOM_DIGITS).join(''));
}

/** True for twelve digits whose check digit is right. */
export const isQueryCode = (text: string): boolean => /^\d{12}$/.test(text) && damm(text) === 0;

/** What a person typed, in any grouping and also in full-width digits; null when it is no code. */
export function readQueryCode(typed: string): string | null {
  const digits = typed
    .replace(/[０-９]/g, (d) => String.fromCharCode(d.charCodeAt(0) - 0xfee0))
    .replace(/[\s\-－—·.,，。_]/g, '');
  return isQueryCode(digits) ? digits : null;
}

/** As printed on the receipt: `4821 6037 5519`. */
export const groupQueryCode = (code: string): string => code.replace(/(\d{4})(?=\d)/g, '$1 ');

/** The parts of a 临时编号. */
export interface TemporaryNo {
  /** 12-digit code of the agent's village. */
  readonly village: string;
  /** e.g. `A01`. */
  readonly agent: string;
  /** One letter per tablet, so that two tablets of one agent never repeat a number. */
  readonly letter: string;
  /** From 1; more than 9999 simply grows. */
  readonly counter: number;
}

/** `临-230278200201-A01-B-0007`. */
export const temporaryNoOf = ({ village, agent, letter, counter }: TemporaryNo): string =>
  `临-${village}-${agent}-${letter}-${String(counter).padStart(4, '0')}`;

/** The parts of a temporary number; null when it is none. */
export function readTemporaryNo(text: string): TemporaryNo | null {
  const match = /^临-(\d{12})-([A-Za-z0-9]{1,12})-([A-Z]{1,2})-(\d{4,9})$/.exec(text.trim());
  if (!match) return null;
  const [, village = '', agent = '', letter = '', counter = ''] = match;
  return { village, agent, letter, counter: Number(counter) };
}

/** 正式编号, e.g. `DL230278202600001`: way, county, year, serial; never used again. */
export const caseNoOf = (parts: {
  county: string;
  year: number;
  serial: number;
  prefix?: string;
}): string =>
  `${parts.prefix ?? 'DL'}${parts.county.slice(0, 6)}${parts.year}${String(parts.serial).padStart(5, '0')}`;

/** True for two letters and fifteen digits. */
export const isCaseNo = (text: string): boolean => /^[A-Z]{2}\d{15}$/.test(text);
