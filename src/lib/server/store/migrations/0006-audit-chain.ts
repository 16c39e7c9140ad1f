import { sql, type Kysely } from 'kysely';
import { chainUntagged } from '../audit-chain.ts';
import type { CountyTables } from '../tables.ts';
import { typeOn } from './text.ts';

/** The audit says in which role and why, and becomes a chain; the lines of before are chained here. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = typeOn(db, 'text');
  for (const name of ['role', 'why', 'tag'])
    await db.schema
      .alterTable('audit')
      .addColumn(name, text, (column) => column.notNull().defaultTo(''))
      .execute();
  const counties = await sql<{ county: string }>`select distinct county from audit`.execute(db);
  const tables = db as unknown as Kysely<CountyTables>;
  for (const { county } of counties.rows) await chainUntagged(tables, county);
}
