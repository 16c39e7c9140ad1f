import type { Kysely } from 'kysely';
import { typeOn } from './text.ts';

/** From which of its places on a device signs what it seals; 0: it never said. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('devices')
    .addColumn('sealed_from', typeOn(db, 'bigint'), (column) => column.notNull().defaultTo(0))
    .execute();
}
