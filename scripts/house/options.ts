/**
 * Options of the commands that judge. A word that is none of them is refused: `--plnat` or
 * `--db mysql` would otherwise print the zero of another run than the one that was asked for.
 */
export interface Options {
  /** Stand alone: `--quick`. */
  readonly flags: readonly string[];
  /** Take the word behind them: `--seeds 500`; a list says which words. */
  readonly values?: Readonly<Record<string, 'any' | readonly string[]>>;
  /** Words without `--` that may stand there; none when left out. */
  readonly names?: readonly string[];
}

/** The words that are not understood, as they stand there; empty when all are. */
export function notUnderstood(words: readonly string[], known: Options): readonly string[] {
  const wrong: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const takes = known.values?.[word];
    if (takes !== undefined) {
      const value = words[++i];
      if (value === undefined || value.startsWith('--')) wrong.push(`${word} without a value`);
      else if (takes !== 'any' && !takes.includes(value)) wrong.push(`${word} ${value}`);
    } else if (!known.flags.includes(word) && !known.names?.includes(word)) wrong.push(word);
  }
  return wrong;
}

/** Ends the process with 2 and says how it is called, unless every word is understood. */
export function demandUnderstood(words: readonly string[], known: Options, usage: string): void {
  const wrong = notUnderstood(words, known);
  if (wrong.length === 0) return;
  process.stderr.write(`not understood: ${wrong.join(', ')}\nusage: ${usage}\n`);
  process.exit(2);
}
