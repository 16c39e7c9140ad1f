/**
 * After the commit that sealed a case of before: what SQLite still has of its words in the
 * write-ahead log goes into the file, where they are written over, and the log is emptied.
 */
import { sql, type Kysely } from 'kysely';
import type { CountyTables } from '../store/tables.ts';

export interface Clearing {
  /** Cases whose rows are in boxes since the last commit. */
  add(this: void, cases: readonly string[]): void;
  /** When everything that was added is done. */
  idle(): Promise<void>;
}

export interface ClearingOf {
  readonly db: Kysely<CountyTables>;
  readonly kind: 'sqlite' | 'postgres';
}

export function clearingOf({ db, kind }: ClearingOf): Clearing {
  let last: Promise<void> = Promise.resolve();
  const clear = async () => {
    if (kind === 'sqlite') await sql`pragma wal_checkpoint(truncate)`.execute(db);
  };
  return {
    add: () => {
      last = last.then(clear).catch((error: unknown) => {
        console.error('what was written over is still in the write-ahead log', error);
      });
    },
    idle: () => last,
  };
}
