/** Looks for words in every byte of a folder, in the forms that programs write them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** What stands in the middle of a base64 text, at each of the three places it can begin. */
function base64Forms(word: string): string[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(word)]).toString('base64');
    const from = shift === 0 ? 0 : 4;
    return text.slice(from, text.length - 4);
  });
}

export interface Found {
  readonly files: number;
  readonly bytes: number;
  /** Words that were found, in any form, in a file or in its name. */
  readonly hits: readonly string[];
}

/** The bytes in runs of letters that one word could stand in, so that many words cost one pass. */
export function grepFolder(folder: string, words: readonly string[]): Found {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(path.join(folder, name)).isFile());
  const hits = new Set<string>();
  let bytes = 0;
  for (const name of files) {
    const body = readFileSync(path.join(folder, name));
    bytes += body.length;
    for (const word of words) {
      const forms = [Buffer.from(word), Buffer.from(word, 'utf16le')];
      const coded = base64Forms(word).map((text) => Buffer.from(text));
      if (name.includes(word) || [...forms, ...coded].some((form) => body.includes(form)))
        hits.add(word);
    }
  }
  return { files: files.length, bytes, hits: [...hits] };
}
