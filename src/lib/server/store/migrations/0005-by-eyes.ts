import { sql, type Kysely } from 'kysely';

/**
 * Look-ups from the person's side: which cases changed lately, and his own marks. Events are of
 * nobody in particular, so they leave the index of the marks: nothing asks for them there.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index cases_by_change on cases (county, last_seq, case_id)`.execute(db);
  await sql`create index log_marks on log (county, person_id, seq) where kind <> 'event'`.execute(
    db,
  );
  await sql`drop index log_by_person`.execute(db);
}
