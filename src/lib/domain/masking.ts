/** 打码 (REFERENCE 3.2): how a field of a class looks to those who may not read it in full. */

/** 周桂芹 → 周**; keeps the first character and the length up to two stars. */
export function maskName(name: string): string {
  const [first = ''] = [...name.trim()];
  return first === '' ? '' : `${first}**`;
}

/** 230278195703120029 → 230278********0029; anything shorter shows nothing but stars. */
export const maskIdNo = (idNo: string): string =>
  idNo.length >= 15 ? `${idNo.slice(0, 6)}********${idNo.slice(-4)}` : '*'.repeat(idNo.length);

const isIdField = (name: unknown): boolean =>
  typeof name === 'string' && (name === 'idNo' || name.endsWith('.idNo'));

const maskedText = (value: unknown): unknown =>
  typeof value === 'string' ? maskIdNo(value) : value;

/** `{ field: 'petitioners.0.idNo', from, to }`, as corrections and proposals write a field. */
const isChangeOfIdNo = (value: object): boolean =>
  'field' in value && isIdField((value as { field: unknown }).field);

function maskedObject(value: object): object {
  const whole = isChangeOfIdNo(value);
  let changed = false;
  const entries = Object.entries(value).map(([key, inner]) => {
    const next =
      isIdField(key) || (whole && key !== 'field') ? maskedText(inner) : withoutIdNo(inner);
    changed ||= next !== inner;
    return [key, next] as const;
  });
  return changed ? Object.fromEntries(entries) : value;
}

/**
 * The payload of an event with every identity number (P3) masked; the very same value where there
 * is none. Numbers that somebody said in plain words stay as said.
 */
export function withoutIdNo(value: unknown): unknown {
  if (Array.isArray(value)) {
    const next = value.map(withoutIdNo);
    return next.some((one, i) => one !== value[i]) ? next : value;
  }
  return typeof value === 'object' && value !== null ? maskedObject(value) : value;
}

/** 13912345678 → 139****; a landline keeps its area code. */
export function maskPhone(phone: string): string {
  const [area] = phone.split('-');
  const kept = phone.includes('-') && area ? `${area}-` : phone.slice(0, 3);
  return phone === '' ? '' : `${kept}****`;
}

/** What every list calls a sealed case, before its number. */
export const SEALED_ZH = '密封件';

/** What a handling unit reads when the petitioner did not want to be known to it. */
export const IDENTITY_WITHHELD_ZH = '信访人（身份保密）';
