import type { Kysely } from 'kysely';
import { typeOn } from './text.ts';

/** Keys under which the rows of sealed cases lie, each wrapped to those who may open it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  let create = db.schema.createTable('sealed_key');
  for (const [name, type] of COLUMNS)
    create = create.addColumn(name, typeOn(db, type), (column) => column.notNull());
  await create.addPrimaryKeyConstraint('sealed_key_pk', ['county', 'n'] as never[]).execute();
}

const COLUMNS = [
  ...(['county', 'id', 'made_for', 'wraps', 'made_at'] as const).map(
    (name) => [name, 'text'] as const,
  ),
  ['n', 'integer'] as const,
];
