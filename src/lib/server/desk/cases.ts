import type { Kysely, SelectQueryBuilder } from 'kysely';
import { clocksOf } from '../../domain/clocks.ts';
import type { ClockContext, ClockRecord } from '../../domain/clock-record.ts';
import type { CaseEvent } from '../../domain/events.ts';
import type { CaseId } from '../../domain/values.ts';
import type { CaseRecord } from '../../ports/county-store.ts';
import { asCaseEvent } from '../../ports/event-store.ts';
import { caseFromTable, logFromTable, num } from '../store/rows.ts';
import type { CountyTables } from '../store/tables.ts';
import { soundRecord } from './sound.ts';

/** Folded cases kept in memory; a county of 15 townships has far fewer open ones. */
const FILES_KEPT_MAX = 20_000;
/** Cases read from the database in one go. */
const BATCH = 200;
/** Cases that are read ahead without a pause: some 20 ms of work. */
const WARM_SLICE = 25;

interface Kept {
  readonly record: CaseRecord;
  clocks: readonly ClockRecord[] | null;
  /** Instant at which a running clock changes its outcome, in ms; Infinity when none does. */
  clocksUntilMs: number;
}

/** Reads folded cases and their clocks, keeping what has not changed since the last look. */
export interface CaseReader {
  /** Every case of the county, newest first; the caller asks `can()` for each. */
  all(): Promise<readonly CaseRecord[]>;
  one(caseId: string): Promise<CaseRecord | null>;
  byQueryCode(code: string): Promise<readonly CaseRecord[]>;
  /** Events of a case in county order. */
  events(caseId: CaseId): Promise<CaseEvent[]>;
  clocks(record: CaseRecord, context: ClockContext): Promise<readonly ClockRecord[]>;
  /** Counts the clocks of many cases that were never counted, in few queries. */
  prepare(records: readonly CaseRecord[], context: ClockContext): Promise<void>;
  /**
   * Reads every case and counts its clocks, newest first and few at a time, so that the first look
   * finds them here; `pause` lets others in between and says whether to go on. How many were read.
   */
  warm(context: ClockContext, pause: () => Promise<boolean>): Promise<number>;
  /** Keeps nothing: rows were written anew without an event (refold). */
  forget(): void;
}

async function eventsOf(
  db: Kysely<CountyTables>,
  county: string,
  caseIds: readonly CaseId[],
): Promise<CaseEvent[]> {
  const rows = await db
    .selectFrom('log')
    .selectAll()
    .where('county', '=', county)
    .where('case_id', 'in', caseIds)
    .where('kind', '=', 'event')
    .orderBy('seq')
    .execute();
  return rows.flatMap((row) => {
    const read = logFromTable(row);
    return read.kind === 'event' ? [asCaseEvent(read) as CaseEvent] : [];
  });
}

/** Keeps clocks until the next of them runs out. */
function remember(entry: Kept, clocks: readonly ClockRecord[], nowMs: number): void {
  entry.clocks = clocks;
  const dues = clocks.filter((c) => c.stoppedAt === null).map((c) => Date.parse(c.due));
  entry.clocksUntilMs = Math.min(...dues.filter((due) => due > nowMs), Infinity);
}

/** Every change of a case has a position of the log: while that stands still, so do the cases. */
async function headSeq(db: Kysely<CountyTables>, county: string): Promise<number> {
  const last = db.selectFrom('log').select('seq').where('county', '=', county);
  const row = await last.orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return num(row?.seq ?? 0);
}

/** Clocks of one case; events that cannot be counted cost it its clocks, and the log says so. */
function clocksOrNone(events: readonly CaseEvent[], context: ClockContext): readonly ClockRecord[] {
  try {
    return clocksOf(events, context);
  } catch (error) {
    console.error(`clocks of case ${events[0]?.caseId ?? ''} cannot be counted`, error);
    return [];
  }
}

/** Counts the clocks of many cases, so many to a query. */
async function countAll(
  bare: readonly Kept[],
  context: ClockContext,
  read: (ids: readonly CaseId[]) => Promise<CaseEvent[]>,
): Promise<void> {
  for (let at = 0; at < bare.length; at += BATCH) {
    const batch = bare.slice(at, at + BATCH);
    const ids = batch.map(({ record }) => record.caseId);
    const events = Map.groupBy(await read(ids), (event) => event.caseId);
    for (const entry of batch) {
      const own = events.get(entry.record.caseId) ?? [];
      remember(entry, clocksOrNone(own, context), Date.parse(context.now));
    }
  }
}

/** Those of the records that are kept as they are and whose clocks nobody has counted. */
const uncounted = (kept: ReadonlyMap<string, Kept>, records: readonly CaseRecord[]): Kept[] =>
  records.flatMap((record) => {
    const entry = kept.get(record.caseId);
    return entry?.record === record && entry.clocks === null ? [entry] : [];
  });

/** Does the work slice by slice while `pause` says so; how many were done. */
async function inSlices<T>(
  list: () => Promise<readonly T[]>,
  pause: () => Promise<boolean>,
  work: (slice: readonly T[]) => Promise<void>,
): Promise<number> {
  const all = await list();
  let done = 0;
  while (done < all.length && (await pause())) {
    const slice = all.slice(done, done + WARM_SLICE);
    await work(slice);
    done += slice.length;
  }
  return done;
}

interface CaseMark {
  readonly case_id: string;
  readonly last_seq: number;
}

/** Cases with this code on a slip. Both look-ups happen for every text, so that all take as long. */
async function withCode(
  marks: () => SelectQueryBuilder<CountyTables, 'cases', CaseMark>,
  code: string,
): Promise<readonly CaseMark[]> {
  const others = marks().where('other_codes', 'is not', null);
  const found = await Promise.all([
    marks().where('query_code', '=', code).execute(),
    others.where('other_codes', 'like', `%${code}%`).execute(),
  ]);
  return code === '' ? [] : found.flat();
}

const rowsOf = (db: Kysely<CountyTables>, county: string, ids: readonly string[]) =>
  db
    .selectFrom('cases')
    .selectAll()
    .where('county', '=', county)
    .where('case_id', 'in', ids)
    .execute();

function dropOldest(kept: Map<string, Kept>): void {
  if (kept.size <= FILES_KEPT_MAX) return;
  const oldest = kept.keys().next();
  if (!oldest.done) kept.delete(oldest.value);
}

/** A reader over the projection rows of one county. */
export function createCaseReader(db: Kysely<CountyTables>, county: string): CaseReader {
  const kept = new Map<string, Kept>();

  const keep = (stored: CaseRecord): CaseRecord => {
    const record = soundRecord(stored, county);
    kept.delete(record.caseId);
    kept.set(record.caseId, { record, clocks: null, clocksUntilMs: 0 });
    dropOldest(kept);
    return record;
  };

  async function fresh(marks: readonly CaseMark[]) {
    const stale = marks
      .filter(({ case_id, last_seq }) => kept.get(case_id)?.record.lastSeq !== num(last_seq))
      .map((mark) => mark.case_id);
    for (let at = 0; at < stale.length; at += BATCH) {
      const some = stale.slice(at, at + BATCH);
      const rows = await rowsOf(db, county, some);
      for (const row of rows) {
        const stored = caseFromTable(row);
        // Not there for anybody until its key is back; the page of the sealed list says why.
        if (stored.locked) kept.delete(stored.caseId);
        else keep(stored);
      }
    }
    return marks.flatMap(({ case_id }) => kept.get(case_id)?.record ?? []);
  }

  const marks = () =>
    db.selectFrom('cases').select(['case_id', 'last_seq']).where('county', '=', county);

  let listed: { readonly head: number; readonly records: readonly CaseRecord[] } | null = null;
  async function all(): Promise<readonly CaseRecord[]> {
    const head = await headSeq(db, county);
    if (listed?.head === head) return listed.records;
    const records = await fresh(await marks().orderBy('last_seq', 'desc').execute());
    listed = { head, records };
    return records;
  }

  const events = (ids: readonly CaseId[]) => eventsOf(db, county, ids);
  const prepare = (records: readonly CaseRecord[], context: ClockContext) =>
    countAll(uncounted(kept, records), context, events);
  const newest = () => marks().orderBy('last_seq', 'desc').limit(FILES_KEPT_MAX).execute();

  return {
    all,
    prepare,
    warm: (context, pause) =>
      inSlices(newest, pause, async (m) => prepare(await fresh(m), context)),
    one: async (caseId) =>
      (await fresh(await marks().where('case_id', '=', caseId).execute()))[0] ?? null,
    byQueryCode: async (code) => fresh(await withCode(marks, code)),
    events: (caseId) => events([caseId]),
    forget: () => {
      kept.clear();
      listed = null;
    },
    clocks: async (record, context) => {
      const entry = kept.get(record.caseId);
      const nowMs = Date.parse(context.now);
      if (entry?.record.lastSeq === record.lastSeq && entry.clocks && nowMs < entry.clocksUntilMs)
        return entry.clocks;
      const clocks = clocksOrNone(await events([record.caseId]), context);
      if (entry) remember(entry, clocks, nowMs);
      return clocks;
    },
  };
}
