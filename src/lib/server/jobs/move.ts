/**
 * A county that outgrows SQLite moves to PostgreSQL: all tables in one transaction, everything
 * computed again there, then the file is put aside. Positions, tags and epoch stay, so tablets
 * notice nothing.
 */
import { chmodSync, existsSync, renameSync } from 'node:fs';
import { sql, type Kysely } from 'kysely';
import { fail, ok, type Result } from '../../domain/values.ts';
import { migrateAuth } from '../auth/auth.ts';
import { openDatabase, StartRefused, type AllTables, type Opened } from '../container.ts';
import type { ServerEnv } from '../env.ts';
import { lockPlace } from '../store/guard.ts';
import { migrateForward } from '../store/migrate.ts';
import { copyTables } from './copy-tables.ts';
import { verifyDatabase, type Verified } from './verify.ts';

export interface Moved extends Verified {
  /** Rows of all tables together. */
  readonly copied: number;
  /** Where the SQLite file is kept. */
  readonly before: string;
}

async function makeTables({ db, kind, exclusively }: Opened): Promise<void> {
  await exclusively(async () => {
    await migrateForward(db);
    await migrateAuth(db as unknown as Parameters<typeof migrateAuth>[0], {
      dialect: kind,
      secret: 'only-the-tables-are-made-here-and-nothing-is-signed',
      origin: 'http://localhost',
    });
  });
}

async function isEmpty(db: Kysely<AllTables>): Promise<boolean> {
  for (const table of ['log', 'epochs', 'devices', 'user', 'county_setting'] as const) {
    const row = await db
      .selectFrom(table)
      .select(sql<number>`1`.as('one'))
      .limit(1)
      .execute();
    if (row.length > 0) return false;
  }
  return true;
}

const headsOf = ({ heads }: Pick<Verified, 'heads'>): string => JSON.stringify(heads);

async function fill(from: Opened, to: Opened): Promise<Omit<Moved, 'before'>> {
  await makeTables(from);
  await makeTables(to);
  if (!(await isEmpty(to.db)))
    throw new StartRefused('The PostgreSQL database is not empty. Create a new one and name that.');
  const here = await verifyDatabase(from.db);
  if (here.faults.length > 0) throw new StartRefused(here.faults.join('\n'));
  return to.db.transaction().execute(async (trx) => {
    await sql`SET LOCAL statement_timeout = 0`.execute(trx);
    const rows = await copyTables({ db: from.db, kind: from.kind }, { db: trx, kind: to.kind });
    const there = await verifyDatabase(trx);
    if (there.faults.length > 0) throw new StartRefused(there.faults.join('\n'));
    if (headsOf(here) !== headsOf(there)) throw new StartRefused('The copy ends elsewhere.');
    return { ...there, copied: [...rows.values()].reduce((sum, n) => sum + n, 0) };
  });
}

function putAside(databaseFile: string): string {
  const before = `${databaseFile}.moved-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const part of ['-wal', '-shm', ''])
    if (existsSync(databaseFile + part)) {
      renameSync(databaseFile + part, before + part);
      chmodSync(before + part, 0o600);
    }
  return before;
}

/** Moves the county of a data folder (server stopped) into an empty PostgreSQL database. */
export async function moveToPostgres(
  env: ServerEnv,
  postgresUrl: string,
): Promise<Result<Moved, string>> {
  if (env.postgresUrl !== null)
    return fail('DATABASE_URL already names PostgreSQL: nothing to do.');
  if (!existsSync(env.databaseFile)) return fail(`There is no database at ${env.databaseFile}.`);
  const lock = lockPlace(env);
  if (!lock.ok) return lock;
  let [from, to]: (Opened | undefined)[] = [];
  try {
    from = await openDatabase(env);
    to = await openDatabase({ ...env, postgresUrl });
    const filled = await fill(from, to);
    await from.db.destroy();
    return ok({ ...filled, before: putAside(env.databaseFile) });
  } catch (error) {
    if (error instanceof StartRefused) return fail(error.message);
    throw error;
  } finally {
    await from?.db.destroy().catch(() => undefined);
    await to?.db.destroy().catch(() => undefined);
    lock.value.release();
  }
}
