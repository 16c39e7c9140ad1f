/** Every case as it is kept for lists and pages, against a fresh fold of its events. */
import type { Kysely, Selectable } from 'kysely';
import type { CaseId } from '../../domain/values.ts';
import type { EventRow } from '../../ports/event-store.ts';
import { isAltered, isBox } from '../sealing/box.ts';
import { num } from '../store/rows.ts';
import type { CaseTable, CountyTables } from '../store/tables.ts';
import { say, type Findings } from './findings.ts';
import { differingColumns, eventsByCase, freshRecord, freshRow } from './fresh-fold.ts';
import type { SaidHead } from './verify-log.ts';

const CASES_AT_ONCE = 100;

/** What does not hold for one case, in words; null when all does. */
function faultOf(
  county: string,
  row: Selectable<CaseTable>,
  events: readonly EventRow[],
): string | null {
  const caseId = row.case_id as CaseId;
  if (isAltered(row.file)) return 'is kept in a box that its key does not open';
  if (isBox(row.file) || events.some(({ locked }) => locked)) return null;
  try {
    const fresh = freshRecord(county, { caseId, salt: row.salt }, events);
    if (fresh === null) return 'has no event in the log';
    const differs = differingColumns(row, freshRow(county, fresh));
    return differs.length === 0
      ? null
      : `is kept otherwise than its events say (${differs.join(', ')})`;
  } catch (error) {
    return `cannot be folded: ${String(error)}`;
  }
}

/**
 * Compares all cases; answers how many and those that differ. Safe beside a running server: a row
 * is compared with the events up to its own `last_seq`, and none below the head may lie behind it.
 */
export async function verifyCases(
  db: Kysely<CountyTables>,
  head: SaidHead,
  findings: Findings,
): Promise<{ readonly cases: number; readonly differing: readonly CaseId[] }> {
  const { county } = head;
  const differing: CaseId[] = [];
  let cases = 0;
  for (let after = ''; ;) {
    const rows = await db
      .selectFrom('cases')
      .selectAll()
      .where('county', '=', county)
      .where('case_id', '>', after)
      .orderBy('case_id')
      .limit(CASES_AT_ONCE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return { cases, differing };
    after = last.case_id;
    const seqMax = Math.max(head.seq, ...rows.map(({ last_seq }) => num(last_seq)));
    const ids = rows.map(({ case_id }) => case_id);
    const events = await eventsByCase(db, county, { ids, seqMax });
    for (const row of rows) {
      const caseId = row.case_id as CaseId;
      // What came after the row was read is not its fault.
      const upTo = Math.max(num(row.last_seq), head.seq);
      const own = (events.get(caseId) ?? []).filter(({ seq }) => seq <= upTo);
      findings.attempts += 1;
      cases += 1;
      const fault = faultOf(county, row, own);
      if (fault === null) continue;
      differing.push(caseId);
      say(findings, `county ${county}: case ${caseId} ${fault}`);
    }
  }
}
