/** The writing half of `CountyTx`. */
import type { Insertable, Kysely } from 'kysely';
import type { AuditRow, CountyCode, WriteBatch } from '../../ports/county-store.ts';
import type { LogRow } from '../../ports/event-store.ts';
import { asideToTable, caseToTable, deviceToTable, logToTable, mediaToTable, num } from './rows.ts';
import type { CountyTables } from './tables.ts';

type Db = Kysely<CountyTables>;

/** Rows of one INSERT: far below the parameter limits of both databases. */
const ROWS_PER_INSERT = 200;

async function insertAll<K extends keyof CountyTables>(
  db: Db,
  table: K,
  rows: readonly Insertable<CountyTables[K]>[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT)
    await db
      .insertInto(table)
      .values(rows.slice(at, at + ROWS_PER_INSERT) as Insertable<CountyTables[K]>[])
      .execute();
}

async function writeLog(db: Db, county: CountyCode, log: readonly LogRow[]): Promise<void> {
  await insertAll(
    db,
    'log',
    log.map((row) => logToTable(county, row)),
  );
  const last = log.at(-1);
  if (last === undefined) return;
  const { seq, tag } = last;
  await db
    .insertInto('log_head')
    .values({ county, seq, tag, safe: 0 })
    .onConflict((on) => on.column('county').doUpdateSet({ seq, tag }))
    .execute();
}

async function writeDevices(db: Db, county: CountyCode, batch: WriteBatch): Promise<void> {
  await insertAll(
    db,
    'device_log',
    (batch.places ?? []).map((row) => ({ county, ...row })),
  );
  for (const device of batch.devices ?? []) {
    const row = deviceToTable(county, device);
    const on = db.insertInto('devices').values(row);
    await on.onConflict((c) => c.columns(['county', 'dv']).doUpdateSet(row)).execute();
  }
  await insertAll(
    db,
    'dead_letter',
    (batch.aside ?? []).map((row) => asideToTable(county, row)),
  );
  for (const { id, seq } of batch.adopted ?? [])
    await db
      .updateTable('dead_letter')
      .set({ adopted_seq: seq })
      .where('county', '=', county)
      .where('id', '=', id)
      .execute();
}

async function writeCases(db: Db, county: CountyCode, batch: WriteBatch): Promise<void> {
  for (const record of batch.cases ?? []) {
    const row = caseToTable(county, record);
    const into = db.insertInto('cases').values(row);
    await into.onConflict((on) => on.columns(['county', 'case_id']).doUpdateSet(row)).execute();
  }
  for (const { personId, caseId } of batch.agents ?? [])
    await db
      .insertInto('case_agents')
      .values({ county, person_id: personId, case_id: caseId })
      .onConflict((on) => on.columns(['county', 'person_id', 'case_id']).doNothing())
      .execute();
  for (const { personId, caseId, fromSeq, toSeq } of batch.access ?? [])
    await db
      .insertInto('case_access')
      .values({ county, person_id: personId, case_id: caseId, from_seq: fromSeq, to_seq: toSeq })
      .onConflict((on) =>
        on.columns(['county', 'person_id', 'case_id', 'from_seq']).doUpdateSet({ to_seq: toSeq }),
      )
      .execute();
  for (const { personId, checkedSeq, grantsPrint } of batch.viewers ?? []) {
    const rest = { checked_seq: checkedSeq, grants_print: grantsPrint };
    await db
      .insertInto('viewers')
      .values({ county, person_id: personId, ...rest })
      .onConflict((on) => on.columns(['county', 'person_id']).doUpdateSet(rest))
      .execute();
  }
  for (const media of batch.media ?? []) {
    const row = mediaToTable(county, media);
    const into = db.insertInto('media_files').values(row);
    const key = ['county', 'sha', 'case_id', 'person_id'] as const;
    await into.onConflict((on) => on.columns(key).doUpdateSet(row)).execute();
  }
}

async function writeCounter(
  db: Db,
  county: CountyCode,
  { name, value }: { name: string; value: number },
): Promise<void> {
  const into = db.insertInto('counters').values({ county, name, value });
  await into.onConflict((on) => on.columns(['county', 'name']).doUpdateSet({ value })).execute();
}

async function writeAudit(db: Db, county: CountyCode, audit: readonly AuditRow[]): Promise<void> {
  if (audit.length === 0) return;
  const query = db.selectFrom('counters').select('value').where('county', '=', county);
  const row = await query.where('name', '=', 'audit').executeTakeFirst();
  const n = num(row?.value ?? 0);
  await insertAll(
    db,
    'audit',
    audit.map(({ at, personId, action, caseId, note }, index) => {
      return { county, n: n + index + 1, at, person_id: personId, action, case_id: caseId, note };
    }),
  );
  await writeCounter(db, county, { name: 'audit', value: n + audit.length });
}

async function writeHistory(db: Db, county: CountyCode, batch: WriteBatch): Promise<void> {
  for (const { id, baseSeq, reason, at } of batch.epochs ?? []) {
    const query = db.selectFrom('epochs').select(({ fn }) => fn.countAll().as('count'));
    const { count } = await query.where('county', '=', county).executeTakeFirstOrThrow();
    const row = { county, n: num(count) + 1, id, base_seq: baseSeq, reason, at };
    await db.insertInto('epochs').values(row).execute();
  }
  if (batch.safe !== undefined)
    await db
      .updateTable('log_head')
      .set({ safe: batch.safe })
      .where('county', '=', county)
      .execute();
}

/** Writes a batch; the caller's transaction makes it all or nothing. */
export async function writeBatch(db: Db, county: CountyCode, batch: WriteBatch): Promise<void> {
  await writeLog(db, county, batch.log ?? []);
  await writeDevices(db, county, batch);
  await writeCases(db, county, batch);
  for (const counter of batch.counters ?? []) await writeCounter(db, county, counter);
  await writeHistory(db, county, batch);
  await writeAudit(db, county, batch.audit ?? []);
}
