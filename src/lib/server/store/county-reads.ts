/** The reading half of `CountyTx` in SQL that every database of ours understands. */
import { sql, type Kysely } from 'kysely';
import type { CaseId, EventId, Instant, PersonId, Sha256 } from '../../domain/values.ts';
import type { CountyCode, CountyTx, Known } from '../../ports/county-store.ts';
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
import type { CountyTables } from './tables.ts';

type Db = Kysely<CountyTables>;
type Part<K extends keyof CountyTx> = Pick<CountyTx, K>;

export const historyReads = (
  db: Db,
  county: CountyCode,
): Part<'head' | 'epochs' | 'safe' | 'tagsAt' | 'counter'> => ({
  head: async () => {
    const query = db.selectFrom('log_head').select(['seq', 'tag']).where('county', '=', county);
    const row = await query.executeTakeFirst();
    return { seq: num(row?.seq ?? 0), tag: row?.tag ?? GENESIS_TAG };
  },
  epochs: async () => {
    const query = db.selectFrom('epochs').selectAll().where('county', '=', county);
    const rows = await query.orderBy('n').execute();
    return rows.map(({ id, base_seq, reason, at }) => {
      return { id, baseSeq: num(base_seq), reason, at: at as Instant };
    });
  },
  safe: async () => {
    const query = db.selectFrom('log_head').select('safe').where('county', '=', county);
    return num((await query.executeTakeFirst())?.safe ?? 0);
  },
  tagsAt: async (seqs) => {
    if (seqs.length === 0) return new Map();
    const query = db.selectFrom('log').select(['seq', 'tag']).where('county', '=', county);
    const rows = await query.where('seq', 'in', [...seqs]).execute();
    return new Map(rows.map(({ seq, tag }) => [num(seq), tag]));
  },
  counter: async (name) => {
    const query = db.selectFrom('counters').select('value').where('county', '=', county);
    return num((await query.where('name', '=', name).executeTakeFirst())?.value ?? 0);
  },
});

export const deviceReads = (
  db: Db,
  county: CountyCode,
): Part<'known' | 'device' | 'devicesOf' | 'placesOf' | 'aside' | 'asideOpen'> => ({
  known: async (ids) => {
    const found = new Map<EventId, Known>();
    if (ids.length === 0) return found;
    const aside = db.selectFrom('dead_letter').select(['id', 'h', 'code']);
    for (const row of await aside.where('county', '=', county).where('id', 'in', ids).execute())
      found.set(row.id as EventId, { at: 'aside', h: row.h as Sha256, code: row.code });
    const log = db.selectFrom('log').select(['id', 'h', 'seq', 'tag', 'received_at']);
    // Later, so that an adopted event answers with its place in the log.
    for (const row of await log.where('county', '=', county).where('id', 'in', ids).execute())
      found.set(row.id as EventId, {
        at: 'log',
        h: row.h as Sha256,
        seq: num(row.seq),
        tag: row.tag,
        receivedAt: row.received_at as Instant,
      });
    return found;
  },
  device: async (dv) => {
    const query = db.selectFrom('devices').selectAll().where('county', '=', county);
    const row = await query.where('dv', '=', dv).executeTakeFirst();
    return row === undefined ? null : deviceFromTable(row);
  },
  devicesOf: async (personId) => {
    const query = db.selectFrom('devices').selectAll().where('county', '=', county);
    const rows = await query.where('person_id', '=', personId).orderBy('enrolled_at').execute();
    return rows.map(deviceFromTable);
  },
  placesOf: async (dv, ds) => {
    if (ds.length === 0) return new Map();
    const query = db.selectFrom('device_log').select(['ds', 'id']).where('county', '=', county);
    const rows = await query
      .where('dv', '=', dv)
      .where('ds', 'in', [...ds])
      .execute();
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
    const query = db.selectFrom('cases').selectAll().where('county', '=', county);
    const rows = await query.where('case_id', 'in', ids).execute();
    return new Map(rows.map((row) => [row.case_id as CaseId, caseFromTable(row)]));
  },
  caseByQueryCode: async (code) => {
    const query = db.selectFrom('cases').select('case_id').where('county', '=', county);
    const rows = await query.where('query_code', '=', code).execute();
    return rows.map((row) => row.case_id as CaseId);
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
    const query = db.selectFrom('viewers').selectAll().where('county', '=', county);
    const row = await query.where('person_id', '=', personId).executeTakeFirst();
    if (row === undefined) return null;
    return { personId, checkedSeq: num(row.checked_seq), grantsPrint: row.grants_print };
  },
  accessOf: async (personId, cases) => {
    if (cases.length === 0) return [];
    const query = db.selectFrom('case_access').selectAll().where('county', '=', county);
    const rows = await query
      .where('person_id', '=', personId)
      .where('case_id', 'in', cases)
      .orderBy('from_seq')
      .execute();
    return rows.map((row) => ({
      personId: row.person_id as PersonId,
      caseId: row.case_id as CaseId,
      fromSeq: num(row.from_seq),
      toSeq: row.to_seq === null ? null : num(row.to_seq),
    }));
  },
  candidates: async (personId, since) => {
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
    const rows = await own.union(open).execute();
    return rows.map((row) => row.case_id as CaseId).sort();
  },
});

/** The scan of the feed: events of open cases from their first position, and the person's marks. */
export const feedReads = (db: Db, county: CountyCode): Part<'feed'> => ({
  feed: async (personId, after, limit) => {
    const rows = await db
      .selectFrom('log as l')
      .selectAll('l')
      .where('l.county', '=', county)
      .where('l.seq', '>', after)
      .where((eb) =>
        eb.or([
          eb.and([eb('l.kind', '!=', 'event'), eb('l.person_id', '=', personId)]),
          eb.and([
            eb('l.kind', '=', 'event'),
            eb.exists(
              eb
                .selectFrom('case_access as a')
                .select('a.case_id')
                .where('a.county', '=', county)
                .where('a.person_id', '=', personId)
                .whereRef('a.case_id', '=', 'l.case_id')
                .where('a.to_seq', 'is', null)
                .whereRef('a.from_seq', '<=', 'l.seq'),
            ),
          ]),
        ]),
      )
      .orderBy('l.seq')
      .limit(limit)
      .execute();
    const last = rows.at(-1);
    const head = db.selectFrom('log_head').select('seq').where('county', '=', county);
    const all = rows.length < limit ? num((await head.executeTakeFirst())?.seq ?? 0) : after;
    const scanned = rows.length < limit ? all : num(last?.seq ?? after);
    return { rows: rows.map(logFromTable), scanned };
  },
});
