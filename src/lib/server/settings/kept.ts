/** What the county notes beside the cases: every change is a row with who and when, the last holds. */
import type { Kysely } from 'kysely';
import type { Instant, PersonId } from '../../domain/values.ts';
import type { CountySettingTable, CountyTables } from '../store/tables.ts';

export interface SettingsDeps {
  readonly db: Kysely<Pick<CountyTables, 'county_setting'>>;
  readonly county: string;
}

/** Who writes, and when. */
export interface By {
  readonly personId: PersonId;
  readonly at: Instant;
}

/** The row that holds, or undefined; `value` is JSON text. */
export function lastKept(
  { db, county }: SettingsDeps,
  name: string,
): Promise<CountySettingTable | undefined> {
  return db
    .selectFrom('county_setting')
    .selectAll()
    .where('county', '=', county)
    .where('name', '=', name)
    .orderBy('n', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Adds a row; the same value again adds none. The rows before stay. */
export async function keep(
  deps: SettingsDeps,
  what: { readonly name: string; readonly value: unknown },
  by: By,
): Promise<void> {
  const before = await lastKept(deps, what.name);
  const value = JSON.stringify(what.value);
  if (before?.value === value) return;
  await deps.db
    .insertInto('county_setting')
    .values({
      ...{ county: deps.county, name: what.name, n: (before?.n ?? 0) + 1, value },
      ...{ changed_at: by.at, changed_by: by.personId },
    })
    .execute();
}
