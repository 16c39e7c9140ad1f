import type { Kysely } from 'kysely';
import { typeOn } from './text.ts';

/** What the county sets by itself: every change is a row, the last one of a name holds. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = typeOn(db, 'text');
  await db.schema
    .createTable('county_setting')
    .addColumn('county', text, (c) => c.notNull())
    .addColumn('name', text, (c) => c.notNull())
    .addColumn('n', 'integer', (c) => c.notNull())
    .addColumn('value', text, (c) => c.notNull())
    .addColumn('changed_at', text, (c) => c.notNull())
    .addColumn('changed_by', text, (c) => c.notNull())
    .addPrimaryKeyConstraint('county_setting_pk', ['county', 'name', 'n'] as never[])
    .execute();
}
