/** What lies beside the log: device sequences, what was kept aside. */
import { sql, type Kysely } from 'kysely';
import { depthAtMost } from '../../protocol/canonical.ts';
import { eventHashSync, toHex } from '../../protocol/hash.ts';
import { isHeldCode } from '../../protocol/sealed-rows.ts';
import type { WireEvent } from '../../protocol/sync.ts';
import { isBox } from '../sealing/box.ts';
import { num } from '../store/rows.ts';
import type { CountyTables, DeadLetterTable } from '../store/tables.ts';
import { say, type Findings } from './findings.ts';
import { sha256 } from './verify-log.ts';

type Db = Kysely<CountyTables>;
const ROWS_AT_ONCE = 500;
const utf8 = new TextEncoder();

/** Every device's places are 1..k, k is what the county says it has, and each leads to an event. */
export async function verifyDevices(db: Db, findings: Findings): Promise<number> {
  const rows = await db
    .selectFrom('device_log as l')
    .leftJoin('devices as d', (join) =>
      join.onRef('d.county', '=', 'l.county').onRef('d.dv', '=', 'l.dv'),
    )
    .select(['l.county', 'l.dv', 'd.last_ds'])
    .select(({ fn }) => [
      fn.countAll().as('n'),
      fn.min('l.ds').as('low'),
      fn.max('l.ds').as('high'),
    ])
    .groupBy(['l.county', 'l.dv', 'd.last_ds'])
    .execute();
  for (const { county, dv, n, low, high, last_ds } of rows) {
    findings.attempts += num(n);
    if (num(low) !== 1 || num(high) !== num(n))
      say(findings, `county ${county}: device ${dv} has a hole in its sequence`);
    else if (num(last_ds ?? 0) !== num(n))
      say(findings, `county ${county}: device ${dv} has ${num(n)} places, not ${last_ds ?? 'any'}`);
  }
  const lost = await sql<{ county: string; dv: string; ds: number }>`
    SELECT p.county, p.dv, p.ds FROM device_log p
    WHERE NOT EXISTS (SELECT 1 FROM log l WHERE l.county = p.county AND l.id = p.id)
      AND NOT EXISTS (SELECT 1 FROM dead_letter a WHERE a.county = p.county AND a.id = p.id)
  `.execute(db);
  for (const { county, dv, ds } of lost.rows)
    say(findings, `county ${county}: place ${num(ds)} of device ${dv} leads to no event`);
  return rows.length;
}

/** Whether what was kept aside still has the hash that its tablet was told. */
function isItsHash(row: DeadLetterTable): boolean {
  // Its key is not here.
  if (isBox(row.raw)) return true;
  if (toHex(sha256(utf8.encode(row.raw))) === row.h) return true;
  const wire = JSON.parse(row.raw) as WireEvent;
  if (!depthAtMost(wire.p)) return false;
  const { id, t: type, v, at: occurredAt, p: payload } = wire;
  const body = { id, caseId: row.case_id, type, v, occurredAt, payload };
  return eventHashSync(sha256, row.salt, body as Parameters<typeof eventHashSync>[2]) === row.h;
}

function isAsItCame(row: DeadLetterTable): boolean {
  try {
    return isItsHash(row);
  } catch {
    return false;
  }
}

/** What was kept aside is as it came; what was adopted stands in the log. */
export async function verifyAside(db: Db, findings: Findings): Promise<number> {
  let rows = 0;
  for (let after = { county: '', id: '' }; ;) {
    const page = await db
      .selectFrom('dead_letter as a')
      .leftJoin('log as l', (join) =>
        join.onRef('l.county', '=', 'a.county').onRef('l.id', '=', 'a.id'),
      )
      .selectAll('a')
      .select('l.seq as log_seq')
      .where(({ eb, refTuple, tuple }) =>
        eb(refTuple('a.county', 'a.id'), '>', tuple(after.county, after.id)),
      )
      .orderBy('a.county')
      .orderBy('a.id')
      .limit(ROWS_AT_ONCE)
      .execute();
    const last = page.at(-1);
    if (last === undefined) return rows;
    after = last;
    for (const row of page) {
      findings.attempts += 1;
      rows += 1;
      if (!isAsItCame(row)) say(findings, `the event ${row.id} that was kept aside was altered`);
      // A sealed row lies under the name of its bytes; its event stands in the log under its own.
      if (isHeldCode(row.code)) continue;
      const [adopted, seq] = [row.adopted_seq ?? null, row.log_seq ?? null];
      if (adopted !== null && num(adopted) !== num(seq ?? 0))
        say(findings, `the event ${row.id} was adopted and does not stand in the log`);
    }
  }
}
