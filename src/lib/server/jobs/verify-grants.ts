/**
 * Rights against the audit: every grant stood in the list that the county signed, or a line tells who
 * gave it; what a line ended is ended. Who writes a row by hand writes no line that fits the chain's
 * signed head (`verify-audit`).
 */
import type { Kysely } from 'kysely';
import * as z from 'zod';
import { RESCUED } from '../auth/rescue.ts';
import type { AccountGrantTable, AuthTables } from '../auth/tables.ts';
import { handsIn } from '../keys/county-hand.ts';
import { readInventory } from '../settings/grant-inventory.ts';
import { grantPrint } from '../settings/grant-print.ts';
import { num } from '../store/rows.ts';
import type { CountyTables } from '../store/tables.ts';
import { say, type Findings } from './findings.ts';

type Db = Kysely<CountyTables & AuthTables>;
/** A line and its grant are of one act; their clocks were asked one after the other. */
const WITHIN_MS = 60_000;
/** Actions that give a right off the sealed list. */
const GIVES = [
  ...['account.made', 'account.moved', 'sealed_list.ended'],
  // An account that was closed gets its rights again.
  ...['account.opened', RESCUED],
];
const noteSchema = z.object({
  person: z.string(),
  /** Prints of the rights that the act gave; lines of before have none. */
  grants: z.array(z.string()).optional(),
});

interface Line {
  readonly action: string;
  readonly by: string;
  readonly at: number;
  readonly grants?: readonly string[] | undefined;
}

/** Lines about accounts, by whom they are about, in their order. */
async function linesOf(db: Db, county: string): Promise<ReadonlyMap<string, readonly Line[]>> {
  const rows = await db
    .selectFrom('audit')
    .select(['action', 'person_id', 'at', 'note'])
    .where('county', '=', county)
    .where(({ or, eb }) =>
      or([eb('action', 'like', 'account.%'), eb('action', 'like', 'sealed_list.%')]),
    )
    .orderBy('n')
    .execute();
  const lines = rows.flatMap(({ action, person_id: by, at, note }) => {
    const said = action === RESCUED ? { person: note } : saidIn(note);
    return said === null ? [] : [{ ...said, action, by, at: Date.parse(at) }];
  });
  return Map.groupBy(lines, ({ person }) => person);
}

function saidIn(note: string): z.infer<typeof noteSchema> | null {
  try {
    return noteSchema.safeParse(JSON.parse(note)).data ?? null;
  } catch {
    return null;
  }
}

const isNear = (at: number, other: number): boolean => Math.abs(at - other) <= WITHIN_MS;

/** By the print of all that it says; by giver and minute where the line is older, or of the console. */
function isTold(row: AccountGrantTable, lines: readonly Line[]): boolean {
  const [made, print] = [Date.parse(row.made_at), grantPrint(row)];
  const actions = row.sealed_list === 1 ? ['sealed_list.confirmed'] : GIVES;
  return lines.some(({ action, by, at, grants }) => {
    if (!actions.includes(action) || by !== row.made_by) return false;
    return grants === undefined ? isNear(at, made) : grants.includes(print);
  });
}

/** On the sealed list although a later line took him off. */
function isListedAgain(row: AccountGrantTable, lines: readonly Line[]): boolean {
  if (row.sealed_list !== 1) return false;
  const end = row.to_at === null ? Infinity : Date.parse(row.to_at);
  const made = Date.parse(row.made_at);
  return lines.some(
    ({ action, at }) => action === 'sealed_list.ended' && at >= made && end > at + WITHIN_MS,
  );
}

async function checkClosed(
  db: Db,
  lines: ReadonlyMap<string, readonly Line[]>,
  findings: Findings,
): Promise<void> {
  const users = await db.selectFrom('user').select(['id', 'banned']).execute();
  for (const { id, banned } of users) {
    const last = (lines.get(id) ?? []).findLast(({ action }) =>
      ['account.closed', 'account.opened', RESCUED].includes(action),
    );
    if (last?.action === 'account.closed' && !banned)
      say(findings, `the account ${id} was closed and is open, and no audit line says by whom`);
  }
}

/** Looks at every grant of the county; answers how many. Without a signed list there is nothing to compare. */
export async function verifyGrants(
  db: Db,
  { county, intakeKeyFile }: { readonly county: string; readonly intakeKeyFile: string },
  findings: Findings,
): Promise<number> {
  const tables = await db.introspection.getTables();
  if (!tables.some(({ name }) => name === 'account_grant')) return 0;
  const ring = await handsIn(intakeKeyFile);
  const stood = await readInventory(db as unknown as Kysely<CountyTables>, county, ring);
  if (stood === null) {
    if (ring?.grantsSince !== undefined)
      say(findings, 'the list of rights that was signed is gone');
    return 0;
  }
  const lines = await linesOf(db, county);
  const oldest = await db
    .selectFrom('audit')
    .select(['n', 'at'])
    .orderBy('n')
    .limit(1)
    .executeTakeFirst();
  const since = num(oldest?.n ?? 1) > 1 ? (oldest?.at ?? '') : '';
  const rows = await db.selectFrom('account_grant').selectAll().execute();
  for (const row of rows) {
    findings.attempts += 1;
    const [print, own] = [grantPrint(row), lines.get(row.person_id) ?? []];
    const what = `the right ${row.role}${row.sealed_list === 1 ? ' on the sealed list' : ''} of ${row.person_id}`;
    const ended = stood.get(print);
    if (ended === undefined && row.made_at >= since && !isTold(row, own))
      say(findings, `${what} was given at ${row.made_at} and no audit line says by whom`);
    if ((typeof ended === 'string' && row.to_at !== ended) || isListedAgain(row, own))
      say(findings, `${what} had ended and holds again, and no audit line says by whom`);
  }
  await checkClosed(db, lines, findings);
  return rows.length;
}
