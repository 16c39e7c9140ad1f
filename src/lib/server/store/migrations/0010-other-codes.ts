import { sql, type Kysely } from 'kysely';
import { typeOn } from './text.ts';

/**
 * Codes on further slips of a case. Few cases have any, so the index holds those alone; the cases of
 * before get theirs by the fold after the start (FOLD_VERSION).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('cases').addColumn('other_codes', typeOn(db, 'text')).execute();
  await sql`create index cases_by_other_codes on cases (county, other_codes)
    where other_codes is not null`.execute(db);
}
