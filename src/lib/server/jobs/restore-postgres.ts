/**
 * A backup into PostgreSQL, all in one transaction: the old rows go, the backup's come, everything
 * is computed again, and only then it is committed. What stood there before is written to a file
 * of the backup's own form first.
 */
import path from 'node:path';
import { sql, type Kysely } from 'kysely';
import { openDatabase, openFile, type AllTables } from '../container.ts';
import type { ServerEnv } from '../env.ts';
import { migrateAuth } from '../auth/auth.ts';
import { migrateForward } from '../store/migrate.ts';
import { copyTables, emptyTables } from './copy-tables.ts';
import { makeTables, takeSnapshot } from './snapshot.ts';
import { verifyDatabase } from './verify.ts';

/** Statements of a restore may take long; nobody else is there. */
const NO_LIMIT = sql`SET LOCAL statement_timeout = 0`;

async function othersConnected(db: Kysely<AllTables>): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT COUNT(*) AS n FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'daiban'
    AND pid <> pg_backend_pid()`.execute(db);
  return Number(rows[0]?.n ?? 0);
}

/** Fills the database with the file; answers where the old rows are kept. Throws to take it back. */
export async function fillPostgres(env: ServerEnv, file: string): Promise<string | null> {
  const { db, kind, exclusively } = await openDatabase(env);
  const source = openFile(file);
  try {
    if ((await othersConnected(db)) > 0)
      throw new Error('A county server is connected to this PostgreSQL. Stop it first.');
    await makeTables(source);
    await exclusively(async () => {
      await migrateForward(db);
      await migrateAuth(db as unknown as Parameters<typeof migrateAuth>[0], {
        dialect: 'postgres',
        secret: 'only-the-tables-are-made-here-and-nothing-is-signed',
        origin: 'http://localhost',
      });
    });
    const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
    const before = path.join(env.dataDir, `before-${stamp}.daiban`);
    await takeSnapshot(env, before);
    await db.transaction().execute(async (to) => {
      await NO_LIMIT.execute(to);
      await emptyTables({ db: to, kind });
      await copyTables({ db: source, kind: 'sqlite' }, { db: to, kind });
      const { faults } = await verifyDatabase(to);
      if (faults.length > 0) throw new Error(faults.join('; '));
    });
    return before;
  } finally {
    await source.destroy();
    await db.destroy();
  }
}
