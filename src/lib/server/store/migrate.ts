import type { Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import * as county from './migrations/0001-county.ts';
import * as settings from './migrations/0002-settings.ts';
import * as mediaBySender from './migrations/0003-media-by-sender.ts';

/** Every migration ever shipped, in order; never change one, only add. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-county': county,
  '0002-settings': settings,
  '0003-media-by-sender': mediaBySender,
};

/**
 * Brings the tables to today's shape, under the migration lock of the database.
 * Throws when one fails: a county does not run on half a schema.
 */
export async function migrateForward<T>(db: Kysely<T>): Promise<void> {
  const migrator = new Migrator({
    db: db as unknown as Kysely<unknown>,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableName: 'county_migration',
    migrationLockTableName: 'county_migration_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
