/** Searches all files of a browser's profile, as a thief reads the disk. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cookieValues } from './cookies.ts';
import { Grep } from './grep.ts';
import { layersOf } from './layers.ts';
import { patternsOf, type Needle, type Pattern } from './needles.ts';

export interface Hit {
  readonly file: string;
  readonly pattern: Pattern;
}

export interface Searched {
  readonly files: number;
  /** Of the disk, and of what was unpacked from it. */
  readonly bytes: number;
  readonly unpacked: number;
  /** Tables of LevelDB that could not be read whole. */
  readonly unread: number;
  readonly hits: readonly Hit[];
  /** Places of the witnesses that were seen. */
  readonly seen: ReadonlySet<string>;
}

/** Every file below a folder; what goes away meanwhile is gone. */
function* filesIn(dir: string): Generator<string> {
  for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) yield path.join(entry.parentPath, entry.name);
}

function read(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

/** Looks for every needle in every form in every file and in everything that can be unpacked. */
export function searchProfile(profile: string, needles: readonly Needle[]): Searched {
  const grep = new Grep(patternsOf(needles));
  const hits: Hit[] = [];
  const seen = new Set<string>();
  let [files, bytes, unpacked, unread] = [0, 0, 0, 0];
  for (const file of filesIn(profile)) {
    const whole = read(file);
    if (!whole) continue;
    const name = path.relative(profile, file);
    const layers = layersOf(name, whole);
    files++;
    bytes += whole.length;
    unread += layers.unread;
    const views = [...layers.views, ...cookieValues(file)];
    const found = new Set<Pattern>();
    for (const [i, view] of views.entries()) {
      if (i > 0) unpacked += view.length;
      for (const pattern of grep.in(view)) found.add(pattern);
    }
    for (const pattern of found) {
      if (pattern.needle.kind === 'witness') seen.add(pattern.needle.place ?? '');
      else hits.push({ file: name, pattern });
    }
  }
  return { files, bytes, unpacked, unread, hits, seen };
}
