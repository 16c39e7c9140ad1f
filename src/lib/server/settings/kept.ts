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

/** Every row that was ever kept under one name, the oldest first. */
export const keptRows = (
  { db, county }: SettingsDeps,
  name: string,
): Promise<CountySettingTable[]> =>
  db
    .selectFrom('county_setting')
    .selectAll()
    .where('county', '=', county)
    .where('name', '=', name)
    .orderBy('n')
    .execute();

/** Every row of every name that begins with `prefix`, the oldest first. */
export async function keptUnder(
  { db, county }: SettingsDeps,
  prefix: string,
): Promise<readonly CountySettingTable[]> {
  const rows = await db
    .selectFrom('county_setting')
    .selectAll()
    .where('county', '=', county)
    .where('name', 'like', `${prefix}%`)
    .orderBy('n')
    .execute();
  // `_` is any character to `like`.
  return rows.filter(({ name }) => name.startsWith(prefix));
}

/** The rows that hold of every name that begins with `prefix`, by the rest of the name. */
export async function lastKeptUnder(
  deps: SettingsDeps,
  prefix: string,
): Promise<ReadonlyMap<string, CountySettingTable>> {
  const own = await keptUnder(deps, prefix);
  return new Map(own.map((row) => [row.name.slice(prefix.length), row] as const));
}

/** Somebody else may take the same number at the same moment; more often than this is no accident. */
const TRIES_MAX = 5;

/** Adds a row; the same value again adds none. The rows before stay. */
export async function keep(
  deps: SettingsDeps,
  what: { readonly name: string; readonly value: unknown },
  by: By,
): Promise<void> {
  const value = JSON.stringify(what.value);
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const before = await lastKept(deps, what.name);
    if (before?.value === value) return;
    const done = await deps.db
      .insertInto('county_setting')
      .values({
        ...{ county: deps.county, name: what.name, n: (before?.n ?? 0) + 1, value },
        ...{ changed_at: by.at, changed_by: by.personId },
      })
      .onConflict((on) => on.columns(['county', 'name', 'n']).doNothing())
      .executeTakeFirst();
    if ((done.numInsertedOrUpdatedRows ?? 0n) > 0n) return;
  }
  throw new Error(`the setting ${what.name} is being written by somebody else all the time`);
}

/** Adds a row behind the one with number `after` (0: none); false when somebody has added one since. */
export async function keepNext(
  { db, county }: SettingsDeps,
  what: { readonly name: string; readonly value: unknown; readonly after: number },
  by: By,
): Promise<boolean> {
  const done = await db
    .insertInto('county_setting')
    .values({
      ...{ county, name: what.name, n: what.after + 1, value: JSON.stringify(what.value) },
      ...{ changed_at: by.at, changed_by: by.personId },
    })
    .onConflict((on) => on.columns(['county', 'name', 'n']).doNothing())
    .executeTakeFirst();
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n;
}
