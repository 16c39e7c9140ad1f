/**
 * Which rows hold words of a sealed case, and those rows with the words in a box. What is kept aside
 * was read by nobody and may be an accusation: all of it lies in boxes.
 */
import { sql, type Insertable, type Kysely } from 'kysely';
import { sightOf } from '../../domain/permissions.ts';
import type { CaseRecord, CountyCode, WriteBatch } from '../../ports/county-store.ts';
import { num } from '../store/rows.ts';
import type { CaseTable, CountyTables, DeadLetterTable, LogTable } from '../store/tables.ts';
import type { AtRest } from './at-rest.ts';
import { BOX_MARK, sealText, type BoxPlace } from './box.ts';
import { LockedCase } from './locked.ts';

interface To {
  readonly db: Kysely<CountyTables>;
  readonly county: CountyCode;
  readonly atRest: AtRest | null;
}
type Sealed = ReadonlySet<string>;

const isSealed = ({ file, columns }: CaseRecord): boolean => columns.sealed || sightOf(file).sealed;
/** Whether a column holds words and no box. */
export const inClear = (column: string) =>
  sql<boolean>`substr(${sql.ref(column)}, 1, ${sql.lit(BOX_MARK.length)}) <> ${BOX_MARK}`;

/** Cases of a batch whose words go into boxes. */
export async function sealedIn({ db, county, atRest }: To, batch: WriteBatch): Promise<Sealed> {
  const found = new Set<string>();
  const { cases = [], log = [] } = batch;
  if (cases.some(({ locked }) => locked)) throw new LockedCase('its key is not here');
  if (atRest?.key() == null) return found;
  const told = new Set<string>(cases.map(({ caseId }) => caseId));
  for (const record of cases) if (isSealed(record)) found.add(record.caseId);
  const events = log.filter(({ kind }) => kind === 'event');
  const asked = [...new Set(events.map(({ caseId }) => caseId))].filter((id) => !told.has(id));
  if (asked.length === 0) return found;
  const query = db.selectFrom('cases').select('case_id').where('county', '=', county);
  const open = query.where('case_id', 'in', asked).where('sealed', '=', 0).where(inClear('file'));
  const clear = new Set((await open.execute()).map(({ case_id }) => case_id));
  for (const id of asked) if (!clear.has(id)) found.add(id);
  return found;
}

/** Words into a box, or as they are where there is no key. */
function boxed(atRest: AtRest | null, place: BoxPlace, text: string): string {
  const key = atRest?.key() ?? null;
  return key === null ? text : sealText(key, place, text);
}

export function logAtRest(
  atRest: AtRest | null,
  sealed: Sealed,
  row: Insertable<LogTable>,
): Insertable<LogTable> {
  if (row.kind !== 'event' || !sealed.has(row.case_id)) return row;
  return { ...row, body: boxed(atRest, { column: 'body', caseId: row.case_id }, row.body) };
}

export function asideAtRest(
  atRest: AtRest | null,
  row: Insertable<DeadLetterTable>,
): Insertable<DeadLetterTable> {
  return { ...row, raw: boxed(atRest, { column: 'raw', caseId: row.case_id }, row.raw) };
}

export function caseAtRest(
  atRest: AtRest | null,
  record: CaseRecord,
  row: Insertable<CaseTable>,
): Insertable<CaseTable> {
  if (atRest === null || !isSealed(record)) return row;
  return { ...row, file: boxed(atRest, { column: 'file', caseId: record.caseId }, row.file) };
}

/** What was written of these cases before they were sealed goes into boxes, in the same commit. */
export async function rewriteSealed(to: To, cases: readonly CaseRecord[]): Promise<void> {
  const { atRest } = to;
  if (atRest?.key() == null) return;
  const ids = cases.filter(isSealed).map(({ caseId }) => caseId);
  const changed: string[] = [];
  for (const caseId of new Set(ids)) {
    if ((await rewriteLog(to, atRest, caseId)) > 0) changed.push(caseId);
  }
  atRest.rewrote(changed);
}

/** How many rows were in clear. */
async function rewriteLog({ db, county }: To, atRest: AtRest, caseId: string): Promise<number> {
  const query = db.selectFrom('log').select(['seq', 'body']).where('county', '=', county);
  const rows = await query
    .where('case_id', '=', caseId)
    .where('kind', '=', 'event')
    .where(inClear('body'))
    .execute();
  for (const { seq, body } of rows)
    await db
      .updateTable('log')
      .set({ body: boxed(atRest, { column: 'body', caseId }, body) })
      .where('county', '=', county)
      .where('seq', '=', num(seq))
      .execute();
  return rows.length;
}

/** Kept-aside rows that an older program wrote in clear go into boxes; how many of at most `limit`. */
export async function rewriteAside({ db, county, atRest }: To, limit: number): Promise<number> {
  const query = db.selectFrom('dead_letter').select(['id', 'case_id', 'raw']);
  const rows = await query
    .where('county', '=', county)
    .where(inClear('raw'))
    .limit(limit)
    .execute();
  for (const { id, case_id: caseId, raw } of rows)
    await db
      .updateTable('dead_letter')
      .set({ raw: boxed(atRest, { column: 'raw', caseId }, raw) })
      .where('county', '=', county)
      .where('id', '=', id)
      .execute();
  return rows.length;
}
