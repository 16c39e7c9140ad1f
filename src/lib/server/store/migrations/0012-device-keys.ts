import type { Kysely } from 'kysely';
import { typeOn } from './text.ts';

/** Keys of devices, and what they signed: one signature for the events of one exchange. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const [text, whole, long] = [typeOn(db, 'text'), typeOn(db, 'integer'), typeOn(db, 'bigint')];
  for (const name of ['key_public', 'key_id', 'key_at'])
    await db.schema
      .alterTable('devices')
      .addColumn(name, text, (column) => column.notNull().defaultTo(''))
      .execute();
  await db.schema
    .alterTable('devices')
    .addColumn('key_n', whole, (column) => column.notNull().defaultTo(0))
    .execute();
  let keys = db.schema
    .createTable('device_key')
    .addColumn('n', whole, (column) => column.notNull());
  for (const name of ['county', 'dv', 'key_id', 'public_key', 'at'])
    keys = keys.addColumn(name, text, (column) => column.notNull());
  await keys.addPrimaryKeyConstraint('device_key_pk', ['county', 'dv', 'n'] as never[]).execute();
  let pushes = db.schema.createTable('device_push');
  for (const name of ['county', 'dv', 'key_id', 'signature', 'hashes'])
    pushes = pushes.addColumn(name, text, (column) => column.notNull());
  for (const name of ['from_seq', 'to_seq'])
    pushes = pushes.addColumn(name, long, (column) => column.notNull());
  await pushes
    .addColumn('stored', whole, (column) => column.notNull())
    .addPrimaryKeyConstraint('device_push_pk', ['county', 'from_seq'] as never[])
    .execute();
}
