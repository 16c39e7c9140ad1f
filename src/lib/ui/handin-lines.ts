/** What became of a hand-in file, line by line, for whoever brought it; the last one says what to do. */

/** Words of the page; desk and tablet have their own. */
export interface LackingWords {
  listed(read: number, of: number): string;
  slices(read: number, of: number): string;
  lacking(no: string | null, wanted: number, of: number): string;
  unclear(n: number): string;
  more(n: number): string;
  unsigned(n: number): string;
  readonly again: string;
}

interface Counted {
  readonly items: number;
  readonly frames: number;
}

/** As `BroughtFile` of protocol/handin-bring.ts has it. */
export interface BroughtLooks {
  readonly listed: Counted | null;
  readonly read: Counted;
  readonly report: {
    readonly filesUnsigned: number;
    readonly lacking: readonly {
      readonly lacks: { readonly of: number; readonly wanted: number } | null;
      readonly no: string | null;
    }[];
  };
}

/** Photos and recordings that are named one by one. */
export const LACKING_SHOWN_MAX = 8;

/** What is missing of a file: how many of how many, of which case; empty when nothing is. */
export function lackingLines(
  { listed, read, report }: BroughtLooks,
  words: LackingWords,
): readonly string[] {
  const lines: string[] = [];
  if (listed && listed.items > read.items) lines.push(words.listed(read.items, listed.items));
  if (listed && listed.frames > read.frames) lines.push(words.slices(read.frames, listed.frames));
  const known = report.lacking.flatMap(({ lacks, no }) => (lacks ? [{ ...lacks, no }] : []));
  for (const { no, wanted, of } of known.slice(0, LACKING_SHOWN_MAX))
    lines.push(words.lacking(no, wanted, of));
  if (known.length > LACKING_SHOWN_MAX) lines.push(words.more(known.length - LACKING_SHOWN_MAX));
  const unclear = report.lacking.length - known.length;
  if (unclear > 0) lines.push(words.unclear(unclear));
  const missing = lines.length > 0;
  if (report.filesUnsigned > 0) lines.push(words.unsigned(report.filesUnsigned));
  return missing ? [...lines, words.again] : lines;
}
