import type { Kysely } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import * as county from './migrations/0001-county.ts';
import * as settings from './migrations/0002-settings.ts';
import * as mediaBySender from './migrations/0003-media-by-sender.ts';
import * as sharedLimits from './migrations/0004-shared-limits.ts';
import * as byEyes from './migrations/0005-by-eyes.ts';
import * as auditChain from './migrations/0006-audit-chain.ts';
import * as evidence from './migrations/0007-evidence.ts';
import * as otherCodes from './migrations/0010-other-codes.ts';
import * as sealedKeys from './migrations/0011-sealed-keys.ts';
import * as deviceKeys from './migrations/0012-device-keys.ts';
import * as sealedSigned from './migrations/0013-sealed-signed.ts';
import * as auditPoint from './migrations/0014-audit-point.ts';
import * as filesSigned from './migrations/0015-files-signed.ts';

/** Every migration ever shipped, in order; never change one, only add. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-county': county,
  '0002-settings': settings,
  '0003-media-by-sender': mediaBySender,
  '0004-shared-limits': sharedLimits,
  '0005-by-eyes': byEyes,
  '0006-audit-chain': auditChain,
  '0007-evidence': evidence,
  '0010-other-codes': otherCodes,
  '0011-sealed-keys': sealedKeys,
  '0012-device-keys': deviceKeys,
  '0013-sealed-signed': sealedSigned,
  '0014-audit-point': auditPoint,
  '0015-files-signed': filesSigned,
};

/** The tables were made by a newer program; nothing was touched. */
export class NewerTables extends Error {
  override name = 'StartRefused';
  constructor() {
    super(
      'The database was brought to a newer shape than this program knows. ' +
        'Start the newer program; an older one must not write here.',
    );
  }
}

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
  if (error instanceof Error && error.message.includes('is missing')) throw new NewerTables();
  if (error !== undefined) throw error;
}
