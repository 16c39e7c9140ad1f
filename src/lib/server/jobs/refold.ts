/**
 * Folds cases anew from their events and writes those rows that differ: after a change of the fold,
 * or when a row was damaged. The log is only read.
 *
 *     start ─► rows of another FOLD_VERSION? ─► a few cases, one short transaction ─► breathe ─► …
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { CaseId, PersonId } from '../../domain/values.ts';
import type { CaseRecord, CountyStore, CountyTx } from '../../ports/county-store.ts';
import type { AllTables, Container } from '../container.ts';
import { AREAS } from '../county.ts';
import { keep, lastKept, type SettingsDeps } from '../settings/kept.ts';
import { caseToTable } from '../store/rows.ts';
import type { CaseTable, CountyTables } from '../store/tables.ts';
import { domainJudge } from '../sync/domain-judge.ts';
import { differingColumns, FOLD_VERSION, freshRecord } from './fresh-fold.ts';

/** Cases of one transaction: an exchange waits for no more than these. */
export const CASES_IN_SLICE = 10;
const VERSION_NAME = 'fold.version';
const SYSTEM = 'system' as PersonId;

export interface RefoldOf {
  readonly db: Kysely<AllTables>;
  readonly store: CountyStore;
  readonly county: string;
  /** Asked between slices; false ends it early. */
  readonly goOn?: () => boolean;
}

export interface Refolded {
  /** Cases that were folded and compared. */
  readonly cases: number;
  /** Rows that differed and were written. */
  readonly refolded: number;
  /** Cases that no fold reads; their rows stay. */
  readonly unreadable: number;
  /** False when it was ended early. */
  readonly whole: boolean;
}

async function fresh(tx: CountyTx, county: string, kept: CaseRecord): Promise<CaseRecord | null> {
  const events = await tx.eventsOf(kept.caseId, Number.MAX_SAFE_INTEGER);
  const record = freshRecord(county, kept, events);
  if (record === null) return null;
  const before = caseToTable(county, kept) as CaseTable;
  return differingColumns(before, caseToTable(county, record)).length === 0 ? kept : record;
}

async function slice(tx: CountyTx, county: string, ids: readonly CaseId[]) {
  // First, like every writer: nobody appends to these cases meanwhile.
  await tx.head();
  const cases: CaseRecord[] = [];
  let unreadable = 0;
  for (const kept of (await tx.cases(ids)).values()) {
    try {
      const record = await fresh(tx, county, kept);
      if (record === null) unreadable += 1;
      else if (record !== kept) cases.push(record);
    } catch (error) {
      console.error('a case cannot be folded anew, its row stays', kept.caseId, error);
      unreadable += 1;
    }
  }
  const judge = domainJudge(county, AREAS);
  const agents = cases.flatMap(({ caseId, file }) =>
    judge.agents(file).map((personId) => ({ personId, caseId })),
  );
  if (cases.length > 0) await tx.write({ cases, agents });
  return { refolded: cases.length, unreadable };
}

/** Goes through every case in small transactions; safe beside a running server. */
export async function refoldAll({ db, store, county, goOn }: RefoldOf): Promise<Refolded> {
  let [cases, refolded, unreadable] = [0, 0, 0];
  for (let after = ''; ;) {
    const rows = await db
      .selectFrom('cases')
      .select('case_id')
      .where('county', '=', county)
      .where('case_id', '>', after)
      .orderBy('case_id')
      .limit(CASES_IN_SLICE)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return { cases, refolded, unreadable, whole: true };
    if (goOn !== undefined && !goOn()) return { cases, refolded, unreadable, whole: false };
    after = last.case_id;
    const ids = rows.map(({ case_id }) => case_id as CaseId);
    const done = await store.transact(county, (tx) => slice(tx, county, ids));
    cases += ids.length;
    refolded += done.refolded;
    unreadable += done.unreadable;
    await breathe();
  }
}

/** Folds everything anew once after the fold has changed; null when its rows are of today. */
export async function refoldAfterUpgrade(container: Container): Promise<Refolded | null> {
  const { db, store, county, clock } = container;
  const deps: SettingsDeps = { db: db as unknown as Kysely<CountyTables>, county };
  const row = await lastKept(deps, VERSION_NAME);
  if (row !== undefined && JSON.parse(row.value) === FOLD_VERSION) return null;
  const done = await refoldAll({ db, store, county, goOn: () => container.open });
  if (done.whole)
    await keep(
      deps,
      { name: VERSION_NAME, value: FOLD_VERSION },
      { personId: SYSTEM, at: clock.now() },
    );
  return done;
}

/** The same beside the open county; `changed` is told when rows were written. */
export function startRefold(container: Container, changed: () => void): void {
  refoldAfterUpgrade(container)
    .then((done) => {
      if (done === null || done.cases === 0) return;
      if (done.refolded > 0) changed();
      console.log(`folded ${done.cases} cases anew, ${done.refolded} rows were written`);
    })
    .catch((error: unknown) => console.error('cases could not be folded anew', error));
}
