/** 打码 (REFERENCE 3.2): how a field of a class looks to those who may not read it in full. */

/** 周桂芹 → 周**; keeps the first character and the length up to two stars. */
export function maskName(name: string): string {
  const [first = ''] = [...name.trim()];
  return first === '' ? '' : `${first}**`;
}

/** 230278195703120029 → 230278********0029; anything shorter shows nothing but stars. */
export const maskIdNo = (idNo: string): string =>
  idNo.length >= 15 ? `${idNo.slice(0, 6)}********${idNo.slice(-4)}` : '*'.repeat(idNo.length);

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
