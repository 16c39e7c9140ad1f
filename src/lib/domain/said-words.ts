/** What is nothing although it has a length: blanks, signs without width, marks of direction, fillers. */
const NOTHING = /^[\s\p{Z}\p{Cc}\p{Cf}\u115f\u1160\u2800\u3164\uffa0]*$/u;

/**
 * 说了的话: the text without blanks around it, and empty when there is nothing to see in it. Nothing
 * else is taken away: a name keeps every sign that it was written with.
 */
export const saidWords = (text: string): string => (NOTHING.test(text) ? '' : text.trim());

/**
 * What somebody told in their own words, exactly as it was typed, blanks at both ends and all; empty
 * when there is nothing to see in it. Only short fields (names, places, days) go through `saidWords`.
 */
export const asTyped = (text: string): string => (NOTHING.test(text) ? '' : text);
