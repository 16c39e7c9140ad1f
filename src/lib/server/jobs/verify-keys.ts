/**
 * The keys that backups, tablets and sealed cases are wrapped to: every row must have its line in
 * the audit, and what is in force, or waits for a second person, the county's hand under it.
 */
import type { Kysely } from 'kysely';
import { handsIn } from '../keys/county-hand.ts';
import { SIGNED_BY_START } from '../keys/officer-key-older.ts';
import { isSignedRow, noteOf, OFFICER_KEY, readKeyRow } from '../keys/officer-key-rows.ts';
import { num } from '../store/rows.ts';
import type { CountySettingTable, CountyTables } from '../store/tables.ts';
import { say, type Findings } from './findings.ts';

type Db = Kysely<CountyTables>;

/** A backup of before the table has no keys. */
async function keyRows(db: Db): Promise<readonly CountySettingTable[]> {
  const tables = await db.introspection.getTables();
  if (!tables.some(({ name }) => name === 'county_setting')) return [];
  const rows = await db
    .selectFrom('county_setting')
    .selectAll()
    .where('name', 'like', `${OFFICER_KEY}%`)
    .orderBy('county')
    .orderBy('name')
    .orderBy('n')
    .execute();
  // `_` is any character to `like`.
  return rows.filter(({ name }) => name.startsWith(OFFICER_KEY));
}

/** Lines of the audit about keys, and since when it tells of anything: older lines are taken away. */
async function linesOf(db: Db): Promise<{ has(row: string): boolean; since: string }> {
  const audit = db.selectFrom('audit');
  const about = audit.select(['county', 'action', 'person_id', 'at', 'note']);
  const lines = await about.where('action', 'like', `${OFFICER_KEY}%`).execute();
  const oldest = await audit.select(['n', 'at']).orderBy('n').limit(1).executeTakeFirst();
  const all = new Set(
    lines.map(({ county, action, person_id, at, note }) =>
      JSON.stringify([county, action, person_id, at, note]),
    ),
  );
  const since = num(oldest?.n ?? 1) > 1 ? (oldest?.at ?? '') : '';
  return { has: (row) => all.has(row), since };
}

/** Looks at every row; without the file of signers at the audit alone. */
export async function verifyKeys(
  db: Db,
  intakeKeyFile: string | undefined,
  findings: Findings,
): Promise<number> {
  const rows = await keyRows(db);
  if (rows.length === 0) return 0;
  const ring = intakeKeyFile === undefined ? null : await handsIn(intakeKeyFile);
  const lines = await linesOf(db);
  const last = new Map(rows.map((row) => [`${row.county} ${row.name}`, row]));
  for (const row of rows) {
    findings.attempts += 1;
    const { county, name, value, changed_at: at, changed_by: by } = row;
    const word = readKeyRow(value);
    if (word === null || name !== `${OFFICER_KEY}${word.key.keyId}`) {
      say(findings, `county ${county}: the row of ${name} is no key of ours`);
      continue;
    }
    const { keyId } = word.key;
    const { action, note } = await noteOf(word);
    const told = [action, ...(by === 'system' ? [SIGNED_BY_START] : [])].some((one) =>
      lines.has(JSON.stringify([county, one, by, at, note])),
    );
    if (!told && at >= lines.since)
      say(findings, `county ${county}: ${keyId} is ${word.state} and no audit line says by whom`);
    const holds = word.state === 'confirmed' || word.state === 'proposed';
    if (ring === null || !holds || last.get(`${county} ${name}`) !== row) continue;
    if (!(await isSignedRow(county, word, ring)))
      say(findings, `county ${county}: ${keyId} is ${word.state} without the county's signature`);
  }
  return rows.length;
}
