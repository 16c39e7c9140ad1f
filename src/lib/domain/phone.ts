import { warn, type Finding } from './findings.ts';

const MOBILE = /^1[3-9]\d{9}$/;
const LANDLINE = /^0\d{2,3}-?\d{7,8}(-\d{1,6})?$/;
const LOCAL = /^\d{7,8}$/;

/** 电话号码, read: a number in the one form we keep. */
export interface PhoneNumber {
  readonly kind: 'mobile' | 'landline';
  /** Mobile: 11 digits. Landline: `0452-4521234`, an extension after a second hyphen. */
  readonly number: string;
  /** True when the county's dialling code was put in front of a local number. */
  readonly codeAdded: boolean;
}

/** Full-width to plain, spaces, dots and brackets out, `+86` and `0086` off. */
export function tidyPhone(text: string): string {
  return text
    .replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[\s\u3000.()]/g, '')
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/^(\+|00)86-?/, '');
}

/**
 * Reads a Chinese mobile, landline or local number; null when it is none of them.
 *
 * `countyCode` is the dialling code put before 7 or 8 bare digits, e.g. `0452`.
 */
export function readPhone(text: string, countyCode: string): PhoneNumber | null {
  const tidy = tidyPhone(text);
  const bare = tidy.replace(/-/g, '');
  if (MOBILE.test(bare)) return { kind: 'mobile', number: bare, codeAdded: false };
  if (LOCAL.test(bare)) {
    return { kind: 'landline', number: `${countyCode}-${bare}`, codeAdded: true };
  }
  if (!LANDLINE.test(tidy)) return null;
  if (tidy.includes('-') && /^0\d{2,3}-/.test(tidy)) {
    return { kind: 'landline', number: tidy, codeAdded: false };
  }
  const codeLength = /^0(10|2\d)/.test(tidy) ? 3 : 4;
  const number = `${tidy.slice(0, codeLength)}-${tidy.slice(codeLength)}`;
  return { kind: 'landline', number, codeAdded: false };
}

/** Findings for a phone field; an unusual number is told and saved as it was said. */
export function checkPhone(text: string, countyCode: string, field = 'phone'): Finding[] {
  return readPhone(text, countyCode) === null ? [warn('phone.unusual', field)] : [];
}
