/** The database as it stood at one moment, as one SQLite file: the form of every backup. */
import { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import { migrateAuth } from '../auth/auth.ts';
import { openDatabase, openFile, type AllTables } from '../container.ts';
import type { ServerEnv } from '../env.ts';
import { migrateForward } from '../store/migrate.ts';
import { copyTables } from './copy-tables.ts';
import { syncPath } from './media-pool.ts';

const BUSY_MILLISECONDS = 10_000;

/**
 * An empty file with every table of today. The accounts' own secret is not needed for their tables.
 */
export async function makeTables(db: Kysely<AllTables>): Promise<void> {
  await migrateForward(db);
  await migrateAuth(db as unknown as Parameters<typeof migrateAuth>[0], {
    dialect: 'sqlite',
    secret: 'only-the-tables-are-made-here-and-nothing-is-signed',
    origin: 'http://localhost',
  });
}

/**
 * One read transaction, however much is written meanwhile: `backup()` would begin again with every
 * commit of another process, and a plain copy of the file lacks what is in the WAL.
 */
function fromSqlite(databaseFile: string, target: string): void {
  const source = new DatabaseSync(databaseFile, { readOnly: true, timeout: BUSY_MILLISECONDS });
  try {
    source.prepare('VACUUM INTO ?').run(target);
  } finally {
    source.close();
  }
}

async function fromPostgres(env: ServerEnv, target: string): Promise<void> {
  const { db, kind } = await openDatabase(env);
  const file = openFile(target);
  try {
    await makeTables(file);
    await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute((from) =>
        file
          .transaction()
          .execute((to) => copyTables({ db: from, kind }, { db: to, kind: 'sqlite' })),
      );
  } finally {
    await db.destroy();
    await file.destroy();
  }
}

/** Writes the snapshot durably to `target`, which must not be there; throws what goes wrong. */
export async function takeSnapshot(env: ServerEnv, target: string): Promise<void> {
  if (env.postgresUrl === null) fromSqlite(env.databaseFile, target);
  else await fromPostgres(env, target);
  const copy = new DatabaseSync(target);
  try {
    // One file alone: nothing beside it may be forgotten when it is carried away.
    copy.exec('PRAGMA journal_mode = DELETE');
  } finally {
    copy.close();
  }
  syncPath(target);
}
