/**
 * Checked backups whose end is not in the log as it stands: the county was put back to before them.
 * Tablets may have dropped what such a backup holds, so it may be the last copy there is.
 *
 *     end in the log ─► an ordinary backup
 *     else a later history begins below its end ─► left behind, somebody said so: kept, named
 *     else ─► the county must not go on until that backup, or a newer copy, is put back
 */
import type { CountyCode, CountyTx } from '../../ports/county-store.ts';
import type { Manifest } from './backup-folder.ts';

export interface Astray {
  readonly file: string;
  readonly seq: number;
  /** Entries above the end of the log; 0: it ends within it, in another history. */
  readonly beyond: number;
  /** Somebody began a later history below its end: it is kept, and the county goes on. */
  readonly left: boolean;
}

/** Those of one county among the notes of a folder, newest first; read the notes before `tx` begins. */
export async function astray(
  tx: CountyTx,
  county: CountyCode,
  newestFirst: readonly Manifest[],
): Promise<readonly Astray[]> {
  const ends = newestFirst.flatMap(({ file, heads }) =>
    heads.filter((head) => head.county === county && head.seq > 0).map((h) => ({ ...h, file })),
  );
  if (ends.length === 0) return [];
  const head = await tx.head();
  const tags = await tx.tagsAt([...new Set(ends.map(({ seq }) => seq))]);
  const epochs = await tx.epochs();
  return ends
    .filter(({ seq, tag }) => tags.get(seq) !== tag)
    .map(({ file, seq, epoch }) => {
      const own = epochs.findIndex(({ id }) => id === epoch);
      const left = own >= 0 && epochs.slice(own + 1).some(({ baseSeq }) => baseSeq < seq);
      return { file, seq, beyond: Math.max(0, seq - head.seq), left };
    });
}

/** Why the county must not go on from here, as a sentence; null when no backup speaks against it. */
export function whyNotOn(folder: string, found: readonly Astray[]): string | null {
  const open = found.filter(({ left }) => !left);
  const [first] = open.toSorted((a, b) => b.beyond - a.beyond);
  if (first === undefined) return null;
  const what =
    first.beyond > 0
      ? `has ${first.beyond} entries more than this database`
      : `ends at ${first.seq} in another history than this database`;
  const more = open.length > 1 ? ` (and ${open.length - 1} more like it)` : '';
  return (
    `${folder}/${first.file} was checked and ${what}${more}. Tablets may have dropped what it ` +
    'holds, it may be the last copy. Put the newer copy back, or run: npm run restore -- ' +
    `${folder}/${first.file}. Only to leave it behind for good: npm run restore -- --announce --yes-older`
  );
}
