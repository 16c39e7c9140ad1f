/**
 * Which six digits may open the vault together with the card. The card carries the strength; the
 * PIN only keeps out who finds tablet and card together, so the first guesses must fail.
 */
export const PIN_DIGITS = 6;

/** Why a PIN is not taken; in the order in which it is told. */
export type PinFault =
  'NOT_SIX_DIGITS' | 'ONE_DIGIT' | 'IN_A_ROW' | 'REPEATED' | 'A_DATE' | 'LUCKY' | 'YOUR_OWN_NUMBER';

/** What people here type first. */
const LUCKY: ReadonlySet<string> = new Set([
  ...['520131', '521131', '131452', '201314', '168168', '518518', '147258', '258369', '159357'],
  ...['147852', '789456', '456123', '123789', '112233', '102030', '010203', '001122', '114514'],
]);

function inARow(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, i) => (Number(digit) - Number(pin[i]) + 10) % 10);
  return steps.every((s) => s === 1) || steps.every((s) => s === 9);
}

const isDay = (month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= 31;

/** YYMMDD, DDMMYY, YYYYMM: a birthday in any of the ways it is written. */
function isDate(pin: string): boolean {
  const [a = 0, b = 0, c = 0] = [pin.slice(0, 2), pin.slice(2, 4), pin.slice(4)].map(Number);
  const year = Number(pin.slice(0, 4));
  return isDay(b, c) || isDay(b, a) || (year >= 1920 && year <= 2049 && c >= 1 && c <= 12);
}

/**
 * Null when the PIN may be used. `known` are numbers of the agent himself (telephone, identity
 * number, agent code): no six digits out of them.
 */
export function pinFault(pin: string, known: readonly string[] = []): PinFault | null {
  if (!/^[0-9]{6}$/.test(pin)) return 'NOT_SIX_DIGITS';
  if (new Set(pin).size === 1) return 'ONE_DIGIT';
  if (inARow(pin)) return 'IN_A_ROW';
  const half = pin.slice(0, 3);
  const pair = pin.slice(0, 2);
  if (new Set(pin).size === 2 || pin === half + half || pin === pair + pair + pair)
    return 'REPEATED';
  if (isDate(pin)) return 'A_DATE';
  if (LUCKY.has(pin)) return 'LUCKY';
  const digits = known.map((number) => number.replace(/[^0-9]/g, ''));
  return digits.some((number) => number.includes(pin)) ? 'YOUR_OWN_NUMBER' : null;
}
