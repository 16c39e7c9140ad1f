/** The writing half of `CountyTx`. */
import type { Insertable, Kysely } from 'kysely';
import type { CountyCode, WriteBatch } from '../../ports/county-store.ts';
import type { LogRow } from '../../ports/event-store.ts';
import type { AtRest } from '../sealing/at-rest.ts';
import {
  asideAtRest,
  caseAtRest,
  logAtRest,
  rewriteSealed,
  sealedIn,
} from '../sealing/rows-at-rest.ts';
import { dropAudit, writeAudit } from './audit-chain.ts';
import { insertAll, type Into } from './bulk.ts';
import { writeKept } from './kept-rows.ts';
import { rowsOf } from './kept-sql.ts';
import { asideToTable, caseToTable, deviceToTable, logToTable, mediaToTable, num } from './rows.ts';
import type { CountyTables } from './tables.ts';

type Db = Kysely<CountyTables>;

/** A county's tables, and how words of sealed cases lie in them; null: in clear. */
export interface WriteTo {
  readonly db: Db;
  readonly county: CountyCode;
  readonly atRest: AtRest | null;
}

/** Of rows with the same key the last one stands: one statement may write a row only once. */
function lastOfEach<R extends object>(rows: readonly R[], key: readonly (keyof R)[]): R[] {
  const last = new Map(rows.map((row) => [JSON.stringify(key.map((name) => row[name])), row]));
  return [...last.values()];
}

/** Inserts rows, or rewrites those whose key is there. All rows have the same columns. */
const upsertAll = <K extends keyof CountyTables>(
  db: Db,
  of: Required<Into<K>>,
  rows: readonly Insertable<CountyTables[K]>[],
): Promise<void> => insertAll(db, of, lastOfEach(rows, of.key));

async function writeLog(
  { db, county, atRest }: WriteTo,
  log: readonly LogRow[],
  sealed: ReadonlySet<string>,
): Promise<void> {
  await insertAll(
    db,
    { table: 'log' },
    log.map((row) => logAtRest(atRest, sealed, logToTable(county, row))),
  );
  const last = log.at(-1);
  if (last === undefined) return;
  const { seq, tag } = last;
  const query = () =>
    db
      .insertInto('log_head')
      .values({ county, seq, tag, safe: 0 })
      .onConflict((on) => on.column('county').doUpdateSet({ seq, tag }));
  await rowsOf(db, { name: 'setHead', parameters: [county, seq, tag, 0, seq, tag], query });
}

async function writeDevices({ db, county, atRest }: WriteTo, batch: WriteBatch): Promise<void> {
  await insertAll(
    db,
    { table: 'device_log' },
    (batch.places ?? []).map((row) => ({ county, ...row })),
  );
  await upsertAll(
    db,
    { table: 'devices', key: ['county', 'dv'] },
    (batch.devices ?? []).map((device) => deviceToTable(county, device)),
  );
  await insertAll(
    db,
    { table: 'device_key' },
    (batch.deviceKeys ?? []).map(({ dv, n, keyId, publicKey, at }) => {
      return { county, dv, n, key_id: keyId, public_key: publicKey, at };
    }),
  );
  await insertAll(
    db,
    { table: 'device_push' },
    (batch.pushes ?? []).map(({ fromSeq, toSeq, keyId, ...row }) => {
      return { county, from_seq: fromSeq, to_seq: toSeq, key_id: keyId, ...row };
    }),
  );
  await insertAll(
    db,
    { table: 'dead_letter' },
    (batch.aside ?? []).map((row) => asideAtRest(atRest, asideToTable(county, row))),
  );
  for (const { id, seq } of batch.adopted ?? [])
    await db
      .updateTable('dead_letter')
      .set({ adopted_seq: seq })
      .where('county', '=', county)
      .where('id', '=', id)
      .execute();
}

async function writeCases({ db, county, atRest }: WriteTo, batch: WriteBatch): Promise<void> {
  const { cases = [], agents = [], access = [], viewers = [], media = [] } = batch;
  await upsertAll(
    db,
    { table: 'cases', key: ['county', 'case_id'] },
    cases.map((record) => caseAtRest(atRest, record, caseToTable(county, record))),
  );
  if (atRest !== null) await rewriteSealed({ db, county, atRest }, cases);
  await upsertAll(
    db,
    { table: 'case_agents', key: ['county', 'person_id', 'case_id'] },
    agents.map(({ personId, caseId }) => ({ county, person_id: personId, case_id: caseId })),
  );
  await upsertAll(
    db,
    { table: 'case_access', key: ['county', 'person_id', 'case_id', 'from_seq'] },
    access.map(({ personId, caseId, fromSeq, toSeq }) => {
      return { county, person_id: personId, case_id: caseId, from_seq: fromSeq, to_seq: toSeq };
    }),
  );
  await upsertAll(
    db,
    { table: 'viewers', key: ['county', 'person_id'] },
    viewers.map(({ personId, checkedSeq, grantsPrint }) => {
      return { county, person_id: personId, checked_seq: checkedSeq, grants_print: grantsPrint };
    }),
  );
  await upsertAll(
    db,
    { table: 'media_files', key: ['county', 'sha', 'case_id', 'person_id'] },
    media.map((row) => mediaToTable(county, row)),
  );
}

async function writeCounter(
  db: Db,
  county: CountyCode,
  { name, value }: { name: string; value: number },
): Promise<void> {
  const into = db.insertInto('counters').values({ county, name, value });
  await into.onConflict((on) => on.columns(['county', 'name']).doUpdateSet({ value })).execute();
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
export async function writeBatch(to: WriteTo, batch: WriteBatch): Promise<void> {
  const { db, county } = to;
  const sealed = await sealedIn(to, batch);
  await writeLog(to, batch.log ?? [], sealed);
  await writeDevices(to, batch);
  await writeCases(to, batch);
  for (const counter of batch.counters ?? []) await writeCounter(db, county, counter);
  await writeHistory(db, county, batch);
  await writeKept(db, county, batch.kept ?? []);
  await writeAudit(db, county, batch.audit ?? []);
  if (batch.auditDrop !== undefined) await dropAudit(db, county, batch.auditDrop);
}
