/**
 * 留痕 as a chain: each line carries a tag over itself and the tag before it, so a line that is
 * altered, taken out or put in between shows at every line behind it. One chain per county, made
 * inside the transaction that holds the county's commit lock, whichever process it is.
 *
 *     '' ─► tag 1 = SHA-256(1, tag 0, line 1) ─► tag 2 ─► … ─► tag n, the head
 */
import { hash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { AuditRow, CountyCode } from '../../ports/county-store.ts';
import { insertAll } from './bulk.ts';
import { num } from './rows.ts';
import type { AuditTable, CountyTables } from './tables.ts';

type Db = Kysely<CountyTables>;
type Line = Omit<AuditTable, 'tag'>;

/** Before the first line. */
export const AUDIT_GENESIS = '';
const LINES_AT_ONCE = 500;

/** Tag of a line, 43 characters: over the tag before it and every column of the line. */
export function auditTag(before: string, line: Line): string {
  const { county, n, at, person_id, role, action, case_id, note, why } = line;
  const all = [before, county, num(n), at, person_id, role, action, case_id, note, why];
  return hash('sha256', `daiban-audit/1\n${JSON.stringify(all)}`, 'base64url');
}

/** Text as every database keeps it: otherwise a line would not be what its tag was made of. */
const kept = (text: string): string => text.toWellFormed().replaceAll('\0', '');

function lineOf(county: CountyCode, n: number, row: AuditRow): Line {
  const { at, personId, role = '', action, caseId, note, why = '' } = row;
  const who = { person_id: personId, role: kept(role) };
  return { county, n, at, ...who, action, case_id: caseId, note: kept(note), why: kept(why) };
}

/** The lines made one chain behind `before`. */
export function chained(before: string, lines: readonly Line[]): AuditTable[] {
  let last = before;
  return lines.map((line) => ({ ...line, tag: (last = auditTag(last, line)) }));
}

/** Chains the lines at the end that have no tag: those of a program from before the chain. */
export async function chainUntagged(db: Db, county: CountyCode): Promise<void> {
  const of = () => db.selectFrom('audit').where('county', '=', county);
  const tagged = of().select(['n', 'tag']).where('tag', '<>', '').orderBy('n', 'desc').limit(1);
  const head = await tagged.executeTakeFirst();
  let [n, tag] = [num(head?.n ?? 0), head?.tag ?? AUDIT_GENESIS];
  for (;;) {
    const page = of().selectAll().where('n', '>', n).orderBy('n').limit(LINES_AT_ONCE);
    const lines = await page.execute();
    for (const line of chained(tag, lines)) {
      [n, tag] = [num(line.n), line.tag];
      const one = db.updateTable('audit').set({ tag }).where('county', '=', county);
      await one.where('n', '=', n).execute();
    }
    if (lines.length < LINES_AT_ONCE) return;
  }
}

async function countOf(db: Db, county: CountyCode): Promise<number> {
  const query = db.selectFrom('counters').select('value').where('county', '=', county);
  return num((await query.where('name', '=', 'audit').executeTakeFirst())?.value ?? 0);
}

async function tagAt(db: Db, county: CountyCode, n: number): Promise<string> {
  if (n === 0) return AUDIT_GENESIS;
  const query = db.selectFrom('audit').select('tag').where('county', '=', county);
  return (await query.where('n', '=', n).executeTakeFirst())?.tag ?? '';
}

/** Appends lines to the county's chain; the caller's transaction holds the county's lock. */
export async function writeAudit(
  db: Db,
  county: CountyCode,
  audit: readonly AuditRow[],
): Promise<void> {
  if (audit.length === 0) return;
  const n = await countOf(db, county);
  let before = await tagAt(db, county, n);
  if (n > 0 && before === '') {
    // A program from before the chain ran beside this one.
    await chainUntagged(db, county);
    before = await tagAt(db, county, n);
  }
  const lines = audit.map((row, index) => lineOf(county, n + index + 1, row));
  await insertAll(db, { table: 'audit' }, chained(before, lines));
  const counter = { county, name: 'audit', value: n + audit.length };
  const into = db.insertInto('counters').values(counter);
  const { value } = counter;
  await into.onConflict((on) => on.columns(['county', 'name']).doUpdateSet({ value })).execute();
}

/** Takes away the lines up to `upTo`; the line that says so must be in the same batch. */
export async function dropAudit(db: Db, county: CountyCode, upTo: number): Promise<void> {
  const gone = db.deleteFrom('audit').where('county', '=', county).where('n', '<=', upTo);
  await gone.execute();
}
