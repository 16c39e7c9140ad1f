import type { Kysely } from 'kysely';
import { typeOn } from './text.ts';

/** Whether a device signs the descriptions of files that leave it sealed; 0: it never said. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('devices')
    .addColumn('files_signed', typeOn(db, 'bigint'), (column) => column.notNull().defaultTo(0))
    .execute();
}
