/** What changes the direction of writing: the controls for it, and the letters that run from right to left. */
const TURNS =
  /[\u061c\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

const LINES = /[^\n\r\u2029]+/g;
const [OPEN, CLOSE] = ['\u2068', '\u2069'];

/** What a line opened it closes; what it did not open it cannot close. */
function closed(line: string): string {
  let open = 0;
  const kept = line.replace(/[\u2066-\u2069]/g, (sign) => {
    if (sign !== CLOSE) open += 1;
    else if (open === 0) return '';
    else open -= 1;
    return sign;
  });
  return kept + CLOSE.repeat(open);
}

/**
 * Somebody's words for a place beside other words: letters that turn the direction of writing turn
 * their own words alone. For what is shown and printed; what is stored and sent stays as it was said.
 */
export const apart = (text: string): string =>
  TURNS.test(text) ? text.replace(LINES, (line) => OPEN + closed(line) + CLOSE) : text;

/** The same of every text in what a paper or a page is made from. */
export function apartAll<T>(value: T): T {
  const each = (one: unknown): unknown => {
    if (typeof one === 'string') return apart(one);
    if (Array.isArray(one)) return one.map(each);
    if (one === null || typeof one !== 'object') return one;
    const kind: unknown = Object.getPrototypeOf(one);
    if (kind !== Object.prototype && kind !== null) return one;
    return Object.fromEntries(Object.entries(one).map(([key, part]) => [key, each(part)]));
  };
  return each(value) as T;
}
