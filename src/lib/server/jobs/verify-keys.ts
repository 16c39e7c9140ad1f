/**
 * The keys that backups, tablets and sealed cases are wrapped to: every row must have its line in
 * the audit, and what is in force, or waits for a second person, the county's hand under it.
 */
import type { Kysely } from 'kysely';
import { COUNTY } from '../county.ts';
import { handsIn } from '../keys/county-hand.ts';
import { SIGNED_BY_START } from '../keys/officer-key-older.ts';
import { readKeyHeads, type KeyHeads } from '../keys/key-heads.ts';
import { isSignedRow, isWhole, noteOf, OFFICER_KEY, readKeyRow } from '../keys/officer-key-rows.ts';
import { num } from '../store/rows.ts';
import type { CountySettingTable, CountyTables } from '../store/tables.ts';
import { say, type Findings } from './findings.ts';

type Db = Kysely<CountyTables>;

/** Null: a backup of before the table has no keys. */
async function keyRows(db: Db): Promise<readonly CountySettingTable[] | null> {
  const tables = await db.introspection.getTables();
  if (!tables.some(({ name }) => name === 'county_setting')) return null;
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

interface Line {
  readonly county: string;
  readonly action: string;
  readonly person_id: string;
  readonly at: string;
  readonly note: string;
}

/** Lines of the audit about keys; each tells of one row. */
class Lines {
  /** The audit tells of nothing that is older: such lines are taken away. */
  readonly since: string;
  readonly #open = new Map<string, Line[]>();
  readonly #last = new Map<string, Line>();
  /** Said twice at once by two who pressed: the second one has no row where nothing changed by it. */
  readonly #again = new Set<Line>();

  constructor(lines: readonly Line[], since: string) {
    this.since = since;
    for (const line of lines) {
      const key = JSON.stringify([line.county, line.action, line.person_id, line.at, line.note]);
      this.#open.set(key, [...(this.#open.get(key) ?? []), line]);
      if (line.action === SIGNED_BY_START) continue;
      const about = `${line.county} ${line.note}`;
      if (this.#last.get(about)?.action === line.action) this.#again.add(line);
      this.#last.set(about, line);
    }
  }

  /** Whether a line tells of this row and of none before it. */
  take(...key: readonly [county: string, action: string, by: string, at: string, note: string]) {
    return this.#open.get(JSON.stringify(key))?.shift() !== undefined;
  }

  /** What the last line says that became of a key; undefined: none is left of it. */
  last(county: string, note: string): string | undefined {
    return this.#last.get(`${county} ${note}`)?.action;
  }

  /** Those that no row was told by. */
  left(): readonly Line[] {
    return [...this.#open.values()].flat().filter((line) => !this.#again.has(line));
  }
}

async function linesOf(db: Db): Promise<Lines> {
  const audit = db.selectFrom('audit');
  const about = audit.select(['county', 'action', 'person_id', 'at', 'note']);
  const own = about.where('action', 'like', `${OFFICER_KEY}%`).orderBy('county').orderBy('n');
  const oldest = await audit.select(['n', 'at']).orderBy('n').limit(1).executeTakeFirst();
  const all = await own.execute();
  const lines = all.filter(({ action }) => action.startsWith(OFFICER_KEY));
  return new Lines(lines, num(oldest?.n ?? 1) > 1 ? (oldest?.at ?? '') : '');
}

const lyingOf = ({ n, value }: CountySettingTable) => ({ n: num(n), value });

/** Keys that were noted beside the file of signers, and of which no row is left. */
function sayAway(rows: readonly CountySettingTable[], heads: KeyHeads, findings: Findings): void {
  const there = new Set(rows.map(({ county, name }) => `${county} ${name}`));
  for (const [keyId, { state }] of heads ?? [])
    if (isHolding(state) && !there.has(`${COUNTY.code} ${OFFICER_KEY}${keyId}`))
      say(findings, `county ${COUNTY.code}: ${keyId} was ${state}, and its rows are away`);
}
const isHolding = (state: string): boolean => state === 'confirmed' || state === 'proposed';

/** Looks at every row and at every line; without the file of signers at the audit alone. */
export async function verifyKeys(
  db: Db,
  intakeKeyFile: string | undefined,
  findings: Findings,
): Promise<number> {
  // Before the rows: those that come meanwhile are more than was noted, never fewer.
  const heads = intakeKeyFile === undefined ? null : await readKeyHeads(intakeKeyFile, COUNTY.code);
  const rows = await keyRows(db);
  if (rows === null) return 0;
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
      lines.take(county, one, by, at, note),
    );
    if (!told && at >= lines.since)
      say(findings, `county ${county}: ${keyId} is ${word.state} and no audit line says by whom`);
    if (last.get(`${county} ${name}`) !== row) continue;
    if (told && (lines.last(county, note) ?? action) !== action)
      say(findings, `county ${county}: ${keyId} is ${word.state}, its last audit line is another`);
    if (ring === null || !isHolding(word.state)) continue;
    const isOurs = await isSignedRow(county, word, ring);
    if (!isOurs)
      say(findings, `county ${county}: ${keyId} is ${word.state} without the county's signature`);
    const own = rows.filter((one) => one.county === county && one.name === name);
    const known = county === COUNTY.code ? heads : null;
    if (isOurs && !isWhole(own.map(lyingOf), keyId, known))
      say(
        findings,
        `county ${county}: ${keyId} is ${word.state}, and its last row is not the last`,
      );
  }
  sayAway(rows, heads, findings);
  for (const { county, action, at, note } of lines.left())
    say(
      findings,
      `county ${county}: ${action} of ${at} is in the audit and no row has it: ${note}`,
    );
  return rows.length;
}
