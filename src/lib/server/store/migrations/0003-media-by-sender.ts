import { sql, type Kysely } from 'kysely';
import { typeOn } from './text.ts';

const TEXTS = ['county', 'sha', 'mime', 'case_id', 'person_id', 'state', 'refused', 'announced_at'];

/** A file has one row per case and sender: what one person announces or spoils is his alone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = typeOn(db, 'text');
  await db.schema.alterTable('media_files').renameTo('media_files_0001').execute();
  await db.schema.dropIndex('media_by_case').execute();
  let create = db.schema.createTable('media_files').addColumn('complete_at', text);
  for (const name of TEXTS) create = create.addColumn(name, text, (c) => c.notNull());
  await create
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('media_files_by_sender_pk', [
      'county',
      'sha',
      'case_id',
      'person_id',
    ] as never[])
    .execute();
  const columns = sql.raw([...TEXTS, 'bytes', 'complete_at'].join(', '));
  await sql`INSERT INTO media_files (${columns}) SELECT ${columns} FROM media_files_0001`.execute(
    db,
  );
  await db.schema.dropTable('media_files_0001').execute();
  await db.schema
    .createIndex('media_by_case')
    .on('media_files')
    .columns(['county', 'case_id'])
    .execute();
}
