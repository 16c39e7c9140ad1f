/**
 * After the commit that sealed a case of before: what SQLite still has of its words in the
 * write-ahead log goes into the file, where they are written over, and the log is emptied; its
 * photos and recordings go under the keys. A crash before is made good at the next start.
 */
import { sql } from 'kysely';
import { sealFiles, type FilesOf } from './files.ts';

export interface Clearing {
  /** Cases whose rows are in boxes since the last commit. */
  add(this: void, cases: readonly string[]): void;
  /** When everything that was added is done. */
  idle(): Promise<void>;
}

export interface ClearingOf extends FilesOf {
  readonly kind: 'sqlite' | 'postgres';
}

export function clearingOf(of: ClearingOf): Clearing {
  let last: Promise<void> = Promise.resolve();
  const clear = async (cases: readonly string[]) => {
    if (of.kind === 'sqlite') await sql`pragma wal_checkpoint(truncate)`.execute(of.db);
    if (cases.length > 0) await sealFiles(of, new Set(cases));
  };
  const told = (error: unknown) => console.error('what a sealed case left is not cleared', error);
  return {
    add: (cases) => {
      last = last.then(() => clear(cases)).catch(told);
    },
    idle: () => last,
  };
}
