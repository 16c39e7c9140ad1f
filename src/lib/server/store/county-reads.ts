/** The reading half of `CountyTx` in SQL that every database of ours understands. */
import { sql, type Kysely } from 'kysely';
import type { CaseId, DeviceId, EventId, Instant, PersonId, Sha256 } from '../../domain/values.ts';
import type { CountyCode, CountyTx, Head, Known } from '../../ports/county-store.ts';
import type { EventRow } from '../../ports/event-store.ts';
import { GENESIS_TAG } from '../../protocol/hash.ts';
import {
  asideFromTable,
  caseFromTable,
  deviceFromTable,
  logFromTable,
  mediaFromTable,
  num,
} from './rows.ts';
import { keptRows } from './kept-rows.ts';
import { firstOf, padded, rowsOf } from './kept-sql.ts';
import type { CountyTables } from './tables.ts';

type Db = Kysely<CountyTables>;
type Part<K extends keyof CountyTx> = Pick<CountyTx, K>;

/** The last row of the county's log. */
export async function headOf(db: Db, county: CountyCode): Promise<Head> {
  const query = () => db.selectFrom('log_head').select(['seq', 'tag']).where('county', '=', county);
  const row = await firstOf(db, { name: 'head', parameters: [county], query });
  return { seq: num(row?.seq ?? 0), tag: row?.tag ?? GENESIS_TAG };
}

export const historyReads = (
  db: Db,
  county: CountyCode,
): Part<'head' | 'epochs' | 'safe' | 'tagsAt' | 'counter' | 'keptRows'> => ({
  head: () => headOf(db, county),
  epochs: async () => {
    const query = () =>
      db.selectFrom('epochs').selectAll().where('county', '=', county).orderBy('n');
    const rows = await rowsOf(db, { name: 'epochs', parameters: [county], query });
    return rows.map(({ id, base_seq, reason, at }) => {
      return { id, baseSeq: num(base_seq), reason, at: at as Instant };
    });
  },
  safe: async () => {
    const query = () => db.selectFrom('log_head').select('safe').where('county', '=', county);
    return num((await firstOf(db, { name: 'safe', parameters: [county], query }))?.safe ?? 0);
  },
  tagsAt: async (seqs) => {
    if (seqs.length === 0) return new Map();
    const of = padded(seqs);
    const query = () =>
      db
        .selectFrom('log')
        .select(['seq', 'tag'])
        .where('county', '=', county)
        .where('seq', 'in', of);
    const rows = await rowsOf(db, { name: 'tagsAt', parameters: [county, ...of], query });
    return new Map(rows.map(({ seq, tag }) => [num(seq), tag]));
  },
  keptRows: (name) => keptRows(db, county, name),
  counter: async (name) => {
    const query = () =>
      db
        .selectFrom('counters')
        .select('value')
        .where('county', '=', county)
        .where('name', '=', name);
    const row = await firstOf(db, { name: 'counter', parameters: [county, name], query });
    return num(row?.value ?? 0);
  },
});

/** What is here under these ids, in the log or aside. */
async function knownIn(db: Db, county: CountyCode, ids: readonly EventId[]) {
  const found = new Map<EventId, Known>();
  if (ids.length === 0) return found;
  const parameters = [county, ...padded(ids)];
  const among = parameters.slice(1);
  const aside = () =>
    db
      .selectFrom('dead_letter')
      .select(['id', 'h', 'code'])
      .where('county', '=', county)
      .where('id', 'in', among);
  for (const row of await rowsOf(db, { name: 'knownAside', parameters, query: aside }))
    found.set(row.id as EventId, { at: 'aside', h: row.h as Sha256, code: row.code });
  const log = () =>
    db
      .selectFrom('log')
      .select(['id', 'h', 'seq', 'tag', 'received_at', 'dv'])
      .where('county', '=', county)
      .where('id', 'in', among);
  // Later, so that an adopted event answers with its place in the log.
  for (const row of await rowsOf(db, { name: 'knownLog', parameters, query: log }))
    found.set(row.id as EventId, {
      at: 'log',
      h: row.h as Sha256,
      seq: num(row.seq),
      tag: row.tag,
      receivedAt: row.received_at as Instant,
      dv: row.dv as DeviceId,
    });
  return found;
}

export const deviceReads = (
  db: Db,
  county: CountyCode,
): Part<'known' | 'device' | 'devicesOf' | 'placesOf' | 'aside' | 'asideOpen'> => ({
  known: (ids) => knownIn(db, county, ids),
  device: async (dv) => {
    const query = () =>
      db.selectFrom('devices').selectAll().where('county', '=', county).where('dv', '=', dv);
    const row = await firstOf(db, { name: 'device', parameters: [county, dv], query });
    return row === undefined ? null : deviceFromTable(row);
  },
  devicesOf: async (personId) => {
    const query = () =>
      db
        .selectFrom('devices')
        .selectAll()
        .where('county', '=', county)
        .where('person_id', '=', personId)
        .orderBy('enrolled_at');
    const rows = await rowsOf(db, { name: 'devicesOf', parameters: [county, personId], query });
    return rows.map(deviceFromTable);
  },
  placesOf: async (dv, ds) => {
    if (ds.length === 0) return new Map();
    const of = padded(ds);
    const query = () =>
      db
        .selectFrom('device_log')
        .select(['ds', 'id'])
        .where('county', '=', county)
        .where('dv', '=', dv)
        .where('ds', 'in', of);
    const rows = await rowsOf(db, { name: 'placesOf', parameters: [county, dv, ...of], query });
    return new Map(rows.map((row) => [num(row.ds), row.id as EventId]));
  },
  aside: async (id) => {
    const query = db.selectFrom('dead_letter').selectAll().where('county', '=', county);
    const row = await query.where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : asideFromTable(row);
  },
  asideOpen: async (code, limit) => {
    const query = db.selectFrom('dead_letter').selectAll().where('county', '=', county);
    const rows = await query
      .where('code', '=', code)
      .where('adopted_seq', 'is', null)
      .orderBy('received_at')
      .orderBy('ds')
      .limit(limit)
      .execute();
    return rows.map(asideFromTable);
  },
});

export const caseReads = (
  db: Db,
  county: CountyCode,
): Part<'cases' | 'caseByQueryCode' | 'eventsOf' | 'media'> => ({
  cases: async (ids) => {
    if (ids.length === 0) return new Map();
    const of = padded(ids);
    const query = () =>
      db.selectFrom('cases').selectAll().where('county', '=', county).where('case_id', 'in', of);
    const rows = await rowsOf(db, { name: 'cases', parameters: [county, ...of], query });
    return new Map(rows.map((row) => [row.case_id as CaseId, caseFromTable(row)]));
  },
  caseByQueryCode: async (code) => {
    const query = () =>
      db
        .selectFrom('cases')
        .select('case_id')
        .where('county', '=', county)
        .where('query_code', '=', code)
        // `union` would sort, and SQLite would read every case for that.
        .unionAll(
          db
            .selectFrom('cases')
            .select('case_id')
            .where('county', '=', county)
            .where('other_codes', 'is not', null)
            .where('other_codes', 'like', `%${code}%`),
        );
    const parameters = [county, code, county, `%${code}%`];
    const rows = await rowsOf(db, { name: 'byCode', parameters, query });
    return [...new Set(rows.map((row) => row.case_id as CaseId))];
  },
  eventsOf: async (caseId, belowSeq) => {
    const query = db.selectFrom('log').selectAll().where('county', '=', county);
    const rows = await query
      .where('case_id', '=', caseId)
      .where('kind', '=', 'event')
      .where('seq', '<', belowSeq)
      .orderBy('seq')
      .execute();
    return rows.map(logFromTable) as EventRow[];
  },
  media: async (shas) => {
    if (shas.length === 0) return [];
    const query = db.selectFrom('media_files').selectAll().where('county', '=', county);
    const rows = await query
      .where('sha', 'in', shas)
      .orderBy('sha')
      .orderBy('case_id')
      .orderBy('person_id')
      .execute();
    return rows.map(mediaFromTable);
  },
});

export const visibilityReads = (
  db: Db,
  county: CountyCode,
): Part<'viewer' | 'accessOf' | 'candidates'> => ({
  viewer: async (personId) => {
    const query = () =>
      db
        .selectFrom('viewers')
        .selectAll()
        .where('county', '=', county)
        .where('person_id', '=', personId);
    const row = await firstOf(db, { name: 'viewer', parameters: [county, personId], query });
    if (row === undefined) return null;
    return { personId, checkedSeq: num(row.checked_seq), grantsPrint: row.grants_print };
  },
  accessOf: async (personId, cases) => {
    if (cases.length === 0) return [];
    const of = padded(cases);
    const query = () =>
      db
        .selectFrom('case_access')
        .selectAll()
        .where('county', '=', county)
        .where('person_id', '=', personId)
        .where('case_id', 'in', of)
        .orderBy('from_seq');
    const parameters = [county, personId, ...of];
    const rows = await rowsOf(db, { name: 'accessOf', parameters, query });
    return rows.map((row) => ({
      personId: row.person_id as PersonId,
      caseId: row.case_id as CaseId,
      fromSeq: num(row.from_seq),
      toSeq: row.to_seq === null ? null : num(row.to_seq),
    }));
  },
  candidates: async (personId, since) => {
    const { seq: top } = await headOf(db, county);
    const of = { county, personId, since };
    const rows = await (top - since <= CHANGES_MAX
      ? rowsOf(db, {
          name: 'changedOf',
          parameters: [county, since, county, personId, county, personId],
          query: () => changedOf(db, of),
        })
      : rowsOf(db, {
          name: 'ownOf',
          parameters: [county, personId, since, county, personId, since],
          query: () => ownOf(db, of),
        }));
    return rows.map((row) => row.case_id as CaseId).sort();
  },
});

/** Rows of the log since the last look from which on a person's own cases are gone through. */
const CHANGES_MAX = 2_000;

interface Changed {
  readonly county: CountyCode;
  readonly personId: PersonId;
  readonly since: number;
}

/** From the changes: each is looked up among the person's cases. */
const changedOf = (db: Db, { county, personId, since }: Changed) =>
  db
    .selectFrom('cases as c')
    .select('c.case_id')
    .where('c.county', '=', county)
    .where('c.last_seq', '>', since)
    .where((eb) =>
      eb.or([
        eb.exists(
          eb
            .selectFrom('case_agents as a')
            .select('a.case_id')
            .where('a.county', '=', county)
            .where('a.person_id', '=', personId)
            .whereRef('a.case_id', '=', 'c.case_id'),
        ),
        eb.exists(
          eb
            .selectFrom('case_access as a')
            .select('a.case_id')
            .where('a.county', '=', county)
            .where('a.person_id', '=', personId)
            .whereRef('a.case_id', '=', 'c.case_id')
            .where('a.to_seq', 'is', null),
        ),
      ]),
    );

/** From the person's cases, however many changes there were. */
function ownOf(db: Db, { county, personId, since }: Changed) {
  // One look by key for each of his cases: as a join, a database that has not counted its rows
  // yet walks through all cases of the county for each of them.
  const lastSeq = sql<number>`(select c.last_seq from cases as c
      where c.county = a.county and c.case_id = a.case_id)`;
  const own = db
    .selectFrom('case_agents as a')
    .select('a.case_id')
    .where('a.county', '=', county)
    .where('a.person_id', '=', personId)
    .where(lastSeq, '>', since);
  const open = db
    .selectFrom('case_access as a')
    .select('a.case_id')
    .where('a.county', '=', county)
    .where('a.person_id', '=', personId)
    .where('a.to_seq', 'is', null)
    .where(lastSeq, '>', since);
  return own.union(open);
}
