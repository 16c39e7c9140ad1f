import type { Kysely } from 'kysely';
import { typeOn } from './text.ts';

/** Signed heads of the audit (server/evidence/audit-points). */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = typeOn(db, 'text');
  await db.schema
    .createTable('audit_point')
    .addColumn('county', text, (column) => column.notNull())
    .addColumn('n', typeOn(db, 'bigint'), (column) => column.notNull())
    .addColumn('tag', text, (column) => column.notNull())
    .addColumn('at', text, (column) => column.notNull())
    .addColumn('key_id', text, (column) => column.notNull())
    .addColumn('signature', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('audit_point_pk', ['county', 'n'] as never[])
    .execute();
}
