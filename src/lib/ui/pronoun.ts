/**
 * 她 or 他: the dictionaries say 她; for a man whose sex is known the same words say 他.
 *
 * Only the dictionary's own words change. What is put into them (names, the villager's words)
 * is masked before and put back after, so that no word of hers is ever touched.
 */

/** '1' is a man, '0' a woman (as in the ID number); anything else leaves the words as they are. */
export type Sex = string | null | undefined;

const known = new WeakMap<object, object>();
const mask = (i: number): string => `\uE000${i}\uE001`;
const said = (text: string): string => text.replaceAll('她', '他');

function call(word: (...args: unknown[]) => unknown, args: readonly unknown[]): unknown {
  const texts: string[] = [];
  const masked = args.map((arg) => {
    if (typeof arg !== 'string' || arg === '') return arg;
    texts.push(arg);
    return mask(texts.length - 1);
  });
  const result = word(...masked);
  if (typeof result !== 'string') return result;
  return texts.reduce((text, arg, i) => text.replaceAll(mask(i), () => arg), said(result));
}

function turned(value: unknown): unknown {
  if (typeof value === 'string') return said(value);
  if (typeof value === 'function')
    return (...args: unknown[]) => call(value as (...a: unknown[]) => unknown, args);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(turned);
  return Object.fromEntries(Object.entries(value).map(([key, word]) => [key, turned(word)]));
}

/** The same dictionary for this person. */
export function wordsFor<T extends object>(words: T, sex: Sex): T {
  if (sex !== '1') return words;
  const before = known.get(words) as T | undefined;
  if (before) return before;
  const made = turned(words) as T;
  known.set(words, made);
  return made;
}

/** One text of the form for this person. */
export const textFor = (text: string, sex: Sex): string => (sex === '1' ? said(text) : text);
