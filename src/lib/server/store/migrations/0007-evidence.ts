import type { Kysely } from 'kysely';
import { typeOn } from './text.ts';

type Column = 'text' | 'bigint' | 'integer';
type Columns = Readonly<Record<string, Column>>;

/** The tree over the log, its signed roots and the keys that signed them (server/evidence). */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns, key] of TABLES) {
    let create = db.schema.createTable(table);
    for (const [name, type] of Object.entries(columns))
      create = create.addColumn(name, typeOn(db, type), (column) => column.notNull());
    await create.addPrimaryKeyConstraint(`${table}_pk`, ['county', key] as never[]).execute();
  }
  await db.schema
    .createIndex('evidence_by_case')
    .on('evidence_leaf')
    .columns(['county', 'mark', 'entries'])
    .execute();
}

const TABLES: readonly (readonly [table: string, columns: Columns, key: string])[] = [
  [
    'evidence_leaf',
    { county: 'text', seq: 'bigint', mark: 'text', entries: 'integer', head: 'text' },
    'seq',
  ],
  ['evidence_tile', { county: 'text', place: 'bigint', hash: 'text' }, 'place'],
  [
    'evidence_point',
    {
      ...{ county: 'text', n: 'integer', size: 'bigint', root: 'text', epoch: 'text' },
      ...{ at: 'text', day: 'text', key_id: 'text', signature: 'text' },
    },
    'n',
  ],
  [
    'evidence_key',
    {
      ...{ county: 'text', n: 'integer', key_id: 'text', public_key: 'text' },
      ...{ made_at: 'text', signed_by: 'text', signature: 'text' },
    },
    'n',
  ],
];
