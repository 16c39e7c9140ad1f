import type { Kysely } from 'kysely';
import { typeOn } from './text.ts';

/** Tries at the front doors, counted for all nodes of a county together. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('rate_bucket')
    .addColumn('id', typeOn(db, 'text'), (c) => c.primaryKey())
    .addColumn('tokens', 'double precision', (c) => c.notNull())
    .addColumn('at_ms', 'bigint', (c) => c.notNull())
    .addColumn('allowed', 'integer', (c) => c.notNull())
    .execute();
}
