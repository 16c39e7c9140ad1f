/** 数字: whole numbers up to 999 as people say and write them. */
const DIGITS = '零一二三四五六七八九';
const ONE = '[一二三四五六七八九]';
const PATTERN = new RegExp(`^(?:(${ONE})百)?零?(?:(${ONE})?(十))?(${ONE})?$`, 'u');

/** Value of 两, 十二, 二十, 一百零三, 15; null when it is none of these. */
export function chineseNumber(said: string): number | null {
  if (/^\d{1,3}$/.test(said)) return Number(said);
  const text = said.replaceAll('两', '二').replaceAll('俩', '二').replaceAll('仨', '三');
  const found = PATTERN.exec(text);
  if (!found || text === '') return null;
  const [, hundreds, tens, ten, ones] = found;
  const digit = (c: string | undefined): number => (c ? DIGITS.indexOf(c) : 0);
  return digit(hundreds) * 100 + (ten ? (digit(tens) || 1) * 10 : 0) + digit(ones);
}

/** Characters that {@link chineseNumber} reads, for patterns. */
export const NUMBER_SAID = '(?:\\d{1,3}|[一二三四五六七八九十两俩仨百零]{1,6})';
