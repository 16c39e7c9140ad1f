/** What the feed scans, in SQL that every database of ours understands. */
import { sql, type Compilable, type Kysely, type RawBuilder } from 'kysely';
import type { CountyCode, CountyTx, FeedOf } from '../../ports/county-store.ts';
import type { LogRow } from '../../ports/event-store.ts';
import { headOf } from './county-reads.ts';
import { padded, rowsOf, type Asked } from './kept-sql.ts';
import { logFromTable, num } from './rows.ts';
import type { CountyTables } from './tables.ts';

type Db = Kysely<CountyTables>;

/** Rows since the tablet's cursor up to which they are read one by one. */
const FEED_ROWS_READ_MAX = 500;

type FeedIn = FeedOf & { readonly county: CountyCode };
type Look = (db: Db, of: FeedIn) => Asked<{ seq: number }>;

const compilable = <R>(db: Db, text: RawBuilder<R>): Compilable<R> => ({
  compile: () => text.compile(db),
});

/** Positions of the person's rows from the log's side: every row is asked whether it is his. */
const readThrough: Look = (db, { county, personId, after, limit, but }) => {
  const [above, dv] = [but?.above ?? 0, but?.dv ?? ''];
  const text = sql<{ seq: number }>`
  select l.seq from log as l where l.county = ${county} and l.seq > ${after} and (
    (l.kind <> 'event' and l.person_id = ${personId})
    or (l.kind = 'event' and not (l.seq > ${above} and l.dv = ${dv})
      and exists (select 1 from case_access as a where a.county = ${county}
        and a.person_id = ${personId} and a.case_id = l.case_id
        and a.to_seq is null and a.from_seq <= l.seq)))
  order by l.seq limit ${limit}`;
  const parameters = [county, after, personId, above, dv, county, personId, limit];
  return { name: 'readThrough', parameters, query: () => compilable(db, text) };
};

/**
 * The same from the person's side: his marks, and the events of what is open to him. A second bound
 * on `e.seq` would let SQLite prefer the log's own order; as a difference it does not see one.
 */
const lookedUp: Look = (db, { county, personId, after, limit, but }) => {
  const [above, dv] = [but?.above ?? 0, but?.dv ?? ''];
  const text = sql<{ seq: number }>`
  select m.seq as seq from log as m where m.county = ${county} and m.kind <> 'event'
    and m.person_id = ${personId} and m.seq > ${after}
  union
  select e.seq as seq from case_access as a cross join log as e
    where a.county = ${county} and a.person_id = ${personId} and a.to_seq is null
      and e.county = ${county} and e.case_id = a.case_id and e.seq > ${after}
      and e.seq - a.from_seq >= 0 and e.kind = 'event'
      and not (e.seq > ${above} and e.dv = ${dv})
  order by seq limit ${limit}`;
  const own = [county, personId, after];
  const parameters = [...own, county, personId, county, after, above, dv, limit];
  return { name: 'lookedUp', parameters, query: () => compilable(db, text) };
};

/** Rows of one look at the log. */
const ROWS_PER_LOOK = 512;

async function rowsAt(db: Db, county: CountyCode, seqs: readonly number[]): Promise<LogRow[]> {
  const rows: LogRow[] = [];
  for (let at = 0; at < seqs.length; at += ROWS_PER_LOOK) {
    const of = padded(seqs.slice(at, at + ROWS_PER_LOOK));
    const query = () =>
      db
        .selectFrom('log')
        .selectAll()
        .where('county', '=', county)
        .where('seq', 'in', of)
        .orderBy('seq');
    const some = await rowsOf(db, { name: 'rowsAt', parameters: [county, ...of], query });
    rows.push(...some.map(logFromTable));
  }
  return rows;
}

/**
 * The scan of the feed: events of open cases from their first position, and the person's marks.
 * A tablet that is nearly up to date reads the few rows that are new; one that is new itself, or
 * slept for long, gets its own rows by index: never the whole log of the county.
 */
export const feedReads = (db: Db, county: CountyCode): Pick<CountyTx, 'feed'> => ({
  feed: async (of) => {
    const { after, limit } = of;
    const { seq: top } = await headOf(db, county);
    const found = await rowsOf(
      db,
      (top - after <= FEED_ROWS_READ_MAX ? readThrough : lookedUp)(db, { ...of, county }),
    );
    const seqs = found.map(({ seq }) => num(seq));
    const rows = await rowsAt(db, county, seqs);
    return { rows, scanned: seqs.length < limit ? top : (seqs.at(-1) ?? after) };
  },
});
