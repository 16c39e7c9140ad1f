import { LIMITS } from '$lib/domain/limits';

/** How far back a break may look for the end of a sentence. */
const LOOK_BACK = 200;
const ENDS = /[。！？；\n]/;

function breakAt(words: string, max: number): number {
  for (let at = max; at > max - LOOK_BACK && at > 1; at--)
    if (ENDS.test(words.charAt(at - 1))) return at;
  const code = words.charCodeAt(max - 1);
  const halfCharacter = code >= 0xd800 && code <= 0xdbff;
  return halfCharacter ? max - 1 : max;
}

/**
 * Words too long for one piece as several, each at most `max` UTF-16 units, broken behind a
 * sentence where one ends near by; put together again they are the same words.
 */
export function splitWords(words: string, max: number = LIMITS.verbatimMax): string[] {
  const parts: string[] = [];
  let rest = words;
  while (rest.length > max) {
    const at = breakAt(rest, max);
    parts.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  return [...parts, rest];
}
