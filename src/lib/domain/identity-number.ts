import { isLocalDate } from './calendar.ts';
import { warn, type Finding } from './findings.ts';
import type { LocalDate } from './values.ts';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS = '10X98765432';
const EARLIEST_BIRTH = '1900-01-01';

/** 居民身份证号码, read: what the number itself says about its holder. */
export interface IdentityNumber {
  /** Always the 18-character form with upper-case X; an old number is lengthened. */
  readonly number: string;
  readonly birthDate: LocalDate;
  /** 0 女, 1 男 (17th digit even or odd). */
  readonly sex: '0' | '1';
  /** 15 for a number issued before 1999. */
  readonly writtenLength: 15 | 18;
}

/** What a check of an identity number found; `read` is null as soon as the number is not sound. */
export interface IdentityNumberCheck {
  readonly read: IdentityNumber | null;
  readonly findings: readonly Finding[];
}

/** Full-width digits and letters to plain ones, spaces and hyphens out, X upper-case. */
export function tidyIdentityNumber(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[\s\u3000-]/g, '')
    .toUpperCase();
}

/** The 18th character that belongs to 17 digits. Source: GB 11643-1999. */
export function identityCheckCharacter(seventeen: string): string {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(seventeen[i]), 0);
  return CHECK_CHARACTERS[sum % 11] ?? '';
}

function birthDateOf(eightDigits: string, today: LocalDate): LocalDate | null {
  const date = `${eightDigits.slice(0, 4)}-${eightDigits.slice(4, 6)}-${eightDigits.slice(6, 8)}`;
  if (!isLocalDate(date) || date < EARLIEST_BIRTH || date > today) return null;
  return date;
}

/**
 * Checks an 18- or 15-character number against GB 11643. Never blocks: a number that is not sound
 * is saved as unverified. The first six digits need not be today's county.
 *
 * `field` is the path shown with the findings.
 */
export function checkIdentityNumber(
  text: string,
  today: LocalDate,
  field = 'idNo',
): IdentityNumberCheck {
  const number = tidyIdentityNumber(text);
  const flaw = (code: Finding['code']) => ({ read: null, findings: [warn(code, field)] });
  if (number.length !== 18 && number.length !== 15) return flaw('identity.length');
  const digits = number.length === 15 ? /^\d{15}$/ : /^\d{17}[\dX]$/;
  if (!digits.test(number)) return flaw('identity.characters');
  const old = number.length === 15;
  const seventeen = old ? `${number.slice(0, 6)}19${number.slice(6)}` : number.slice(0, 17);
  const birthDate = birthDateOf(seventeen.slice(6, 14), today);
  if (birthDate === null) return flaw('identity.birth_date');
  const check = identityCheckCharacter(seventeen);
  if (!old && number[17] !== check) return flaw('identity.check_digit');
  const read: IdentityNumber = {
    number: seventeen + check,
    birthDate,
    sex: Number(seventeen[16]) % 2 === 1 ? '1' : '0',
    writtenLength: old ? 15 : 18,
  };
  return { read, findings: old ? [warn('identity.old_form', field)] : [] };
}
