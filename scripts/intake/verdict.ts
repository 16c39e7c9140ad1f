import type { Spoken } from './texts.ts';

/** A case the agent was told is saved: its number and what was dictated into it. */
export interface Promised {
  readonly temporaryNumber: string;
  readonly spoken: Spoken;
}

/** One row of the county's export: temporary number and the words as they stand there. */
export interface Exported {
  readonly temporaryNumber: string;
  readonly words: string;
}

/** Numbers are temporary numbers, never texts. */
export interface Verdict {
  readonly received: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly altered: readonly string[];
}

const sameCodePoints = (a: string, b: string): boolean => {
  const [left, right] = [Array.from(a), Array.from(b)];
  return left.length === right.length && left.every((c, i) => c === right[i]);
};

/**
 * What was promised against what stands in the county's export.
 *
 * doubled counts a number that stands there twice and a text that stands under a number nobody was
 * given: a tablet that sends a case again under a new name must not pass.
 */
export function judge(promised: readonly Promised[], rows: readonly Exported[]): Verdict {
  const byNumber = Map.groupBy(rows, (row) => row.temporaryNumber);
  const expected = new Map(promised.map((one) => [one.temporaryNumber, one.spoken]));
  const words = new Set(promised.map((one) => one.spoken.wanted));
  const lost: string[] = [];
  const altered: string[] = [];
  const doubled: string[] = [];
  for (const [number, spoken] of expected) {
    const found = byNumber.get(number) ?? [];
    if (found.length === 0) lost.push(number);
    else if (!found.some((row) => sameCodePoints(row.words, spoken.wanted))) altered.push(number);
    if (found.length > 1) doubled.push(number);
  }
  for (const row of rows)
    if (!expected.has(row.temporaryNumber) && words.has(row.words))
      doubled.push(row.temporaryNumber);
  return { received: expected.size - lost.length, lost, doubled, altered };
}
