/**
 * The rights that stood when the county began to compare them with the audit (`verify`): a list under
 * the county's hand, made once; the file of signers remembers that. What was granted since has a line.
 */
import type { Kysely } from 'kysely';
import * as z from 'zod';
import type { Instant, PersonId } from '../../domain/values.ts';
import type { AuthTables } from '../auth/tables.ts';
import { intakeKeyRing, noteGrants, type KeyRing } from '../intake-keys/key-ring.ts';
import { handSchema, isSignedByCounty, signByCounty, type Parts } from '../keys/county-hand.ts';
import type { CountyTables } from '../store/tables.ts';
import { grantPrint } from './grant-print.ts';
import { keep } from './kept.ts';

/** Name of the kept row. */
export const GRANT_INVENTORY = 'account_inventory';

const listSchema = z.object({
  at: z.string(),
  /** Each as its print and the moment it had ended by then. */
  grants: z.array(z.tuple([z.string(), z.nullable(z.string())])),
  hand: handSchema,
});

const partsOf = (
  county: string,
  { at, grants }: Omit<z.infer<typeof listSchema>, 'hand'>,
): Parts => ['rights', county, at, grants];

/** Ends by print of every list that the county signed; null: there is none. */
export async function readInventory(
  db: Kysely<CountyTables>,
  county: string,
  ring: KeyRing | null,
): Promise<ReadonlyMap<string, string | null> | null> {
  const rows = await db
    .selectFrom('county_setting')
    .select('value')
    .where('county', '=', county)
    .where('name', '=', GRANT_INVENTORY)
    .execute();
  let found: Map<string, string | null> | null = null;
  for (const { value } of rows) {
    const read = listSchema.safeParse(JSON.parse(value));
    if (!read.success) continue;
    if (!(await isSignedByCounty(ring, partsOf(county, read.data), read.data.hand))) continue;
    found = new Map([...(found ?? []), ...read.data.grants]);
  }
  return found;
}

export interface InventoryDeps {
  readonly db: Kysely<CountyTables & AuthTables>;
  readonly county: string;
  readonly intakeKeyFile: string;
  now(): Instant;
}

/** Makes the list once: with the first account, or at the first start that finds some. */
export async function takeInventory({ db, county, intakeKeyFile, now }: InventoryDeps) {
  const at = now();
  const ring = await intakeKeyRing(intakeKeyFile, at);
  if (ring.grantsSince !== undefined) return;
  const rows = await db.selectFrom('account_grant').selectAll().orderBy('id').execute();
  if (rows.length === 0) return;
  const grants = rows.map((row): [string, string | null] => [grantPrint(row), row.to_at]);
  const hand = await signByCounty(ring, partsOf(county, { at, grants }));
  const deps = { db: db as unknown as Kysely<CountyTables>, county };
  const by = { personId: 'system' as PersonId, at };
  await keep(deps, { name: GRANT_INVENTORY, value: { at, grants, hand } }, by);
  await noteGrants(intakeKeyFile, at);
}
