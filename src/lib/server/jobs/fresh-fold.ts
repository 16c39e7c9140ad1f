/** A case folded anew from its events, and whether the row that is kept says the same. */
import type { Insertable, Kysely, Selectable } from 'kysely';
import type { CaseId } from '../../domain/values.ts';
import type { CaseRecord } from '../../ports/county-store.ts';
import { asCaseEvent, type EventRow } from '../../ports/event-store.ts';
import { canonical } from '../../protocol/canonical.ts';
import { AREAS } from '../county.ts';
import { caseToTable, logFromTable } from '../store/rows.ts';
import type { CaseTable, CountyTables } from '../store/tables.ts';
import { domainJudge } from '../sync/domain-judge.ts';

/**
 * Goes up with every change of the fold or of the columns that lists use; a test holds it to the
 * sample cases. A county that has rows of another version folds all of them anew after its start.
 */
export const FOLD_VERSION = 3;

/** Folds a case from its events in `seq` order; null when there are none. May throw like the fold. */
export function freshRecord(
  county: string,
  { caseId, salt }: Pick<CaseRecord, 'caseId' | 'salt'>,
  events: readonly EventRow[],
): CaseRecord | null {
  const judge = domainJudge(county, AREAS);
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return null;
  if (events.some(({ locked }) => locked)) return null;
  let file = judge.emptyFile(caseId, salt);
  for (const row of events) file = judge.evolve(file, asCaseEvent(row));
  const columns = judge.columns(file);
  return { caseId, salt, firstSeq: first.seq, lastSeq: last.seq, file, columns };
}

const plain = (name: string, value: unknown): unknown =>
  name === 'file' ? canonical(JSON.parse(String(value))) : value === null ? null : String(value);

/** Names of the columns in which the kept row differs from the fresh one. */
export function differingColumns(
  kept: Selectable<CaseTable>,
  fresh: Insertable<CaseTable>,
): readonly string[] {
  const before: Readonly<Record<string, unknown>> = { ...kept };
  return Object.entries(fresh)
    .filter(([name, value]) => plain(name, value) !== plain(name, before[name]))
    .map(([name]) => name);
}

/** The row that a fresh fold would write. */
export const freshRow = (county: string, record: CaseRecord): Insertable<CaseTable> =>
  caseToTable(county, record);

/** Events of these cases up to `seqMax`, by case, each in `seq` order. */
export async function eventsByCase(
  db: Kysely<CountyTables>,
  county: string,
  { ids, seqMax }: { readonly ids: readonly string[]; readonly seqMax: number },
): Promise<ReadonlyMap<CaseId, readonly EventRow[]>> {
  const found = new Map<CaseId, EventRow[]>();
  if (ids.length === 0) return found;
  const rows = await db
    .selectFrom('log')
    .selectAll()
    .where('county', '=', county)
    .where('kind', '=', 'event')
    .where('case_id', 'in', ids)
    .where('seq', '<=', seqMax)
    .orderBy('case_id')
    .orderBy('seq')
    .execute();
  for (const raw of rows) {
    const row = logFromTable(raw) as EventRow;
    const list = found.get(row.caseId);
    if (list === undefined) found.set(row.caseId, [row]);
    else list.push(row);
  }
  return found;
}
