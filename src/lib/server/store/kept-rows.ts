/** Notes beside the cases inside a county's transaction (settings/kept.ts reads them). */
import type { Kysely } from 'kysely';
import type { CountyCode, KeptRow } from '../../ports/county-store.ts';
import { num } from './rows.ts';
import type { CountyTables } from './tables.ts';

type Db = Kysely<CountyTables>;

async function lastOf(db: Db, county: CountyCode, name: string) {
  const of = db.selectFrom('county_setting').select(['n', 'value']).where('county', '=', county);
  return of.where('name', '=', name).orderBy('n', 'desc').limit(1).executeTakeFirst();
}

/** How many rows a name has. */
export const keptRows = async (db: Db, county: CountyCode, name: string): Promise<number> =>
  num((await lastOf(db, county, name))?.n ?? 0);

/** Adds the rows; the same value again adds none. */
export async function writeKept(
  db: Db,
  county: CountyCode,
  rows: readonly KeptRow[],
): Promise<void> {
  for (const { name, value, at, personId } of rows) {
    const before = await lastOf(db, county, name);
    if (before?.value === value) continue;
    const said = { value, changed_at: at, changed_by: personId };
    const row = { county, name, n: num(before?.n ?? 0) + 1, ...said };
    await db.insertInto('county_setting').values(row).execute();
  }
}
