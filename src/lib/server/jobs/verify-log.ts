/** The log, read from its first row: every hash, every running tag, no position missing. */
import { createHash } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import type { LogRow } from '../../ports/event-store.ts';
import { canonical } from '../../protocol/canonical.ts';
import {
  eventHashSync,
  GENESIS_TAG,
  nextTagSync,
  toHex,
  type DigestSync,
} from '../../protocol/hash.ts';
import { logFromTable, num } from '../store/rows.ts';
import type { CountyTables, LogTable } from '../store/tables.ts';
import { say, type Findings } from './findings.ts';

const ROWS_AT_ONCE = 1_000;
const utf8 = new TextEncoder();

export const sha256: DigestSync = (bytes) => createHash('sha256').update(bytes).digest();

/** Where a county's log ends. */
export interface CountyHead {
  readonly county: string;
  readonly seq: number;
  readonly tag: string;
  readonly epoch: string;
}

/** The head as the county itself says it, and how far the copies of it reach. */
export interface SaidHead extends CountyHead {
  readonly safe: number;
}

/** The heads of every county in the database, as they are written down. */
export async function headsOf(db: Kysely<CountyTables>): Promise<readonly SaidHead[]> {
  const epochs = await db.selectFrom('epochs').select(['county', 'id']).orderBy('n').execute();
  const heads = await db.selectFrom('log_head').selectAll().execute();
  const last = new Map(epochs.map(({ county, id }) => [county, id]));
  return [...last].map(([county, epoch]) => {
    const head = heads.find((one) => one.county === county);
    const { seq = 0, tag = GENESIS_TAG, safe = 0 } = head ?? {};
    return { county, epoch, seq: num(seq), tag, safe: num(safe) };
  });
}

const pageAfter = (db: Kysely<CountyTables>, county: string, seq: number) =>
  db
    .selectFrom('log as l')
    .leftJoin('cases as c', (join) =>
      join.onRef('c.county', '=', 'l.county').onRef('c.case_id', '=', 'l.case_id'),
    )
    .selectAll('l')
    .select('c.salt as case_salt')
    .where('l.county', '=', county)
    .where('l.seq', '>', seq)
    .orderBy('l.seq')
    .limit(ROWS_AT_ONCE)
    .execute();

/** Whether a row still says what its hash was made of. */
export function isItsHash(row: LogRow, salt: string): boolean {
  const { id, caseId, h } = row;
  if (row.kind !== 'event') {
    const { kind, personId, note } = row;
    return toHex(sha256(utf8.encode(canonical({ id, kind, caseId, personId, note })))) === h;
  }
  // Its key is not here: the chain over `h` is all that can be looked at.
  if (row.locked) return true;
  const { type, v, occurredAt, payload } = row;
  return eventHashSync(sha256, salt, { id, caseId, type, v, occurredAt, payload }) === h;
}

/** Who hears what was found, and who sees the rows beside, page after page up to the head. */
export interface LogLook {
  readonly findings: Findings;
  page?(rows: readonly Selectable<LogTable>[]): Promise<void>;
}

/** Reads up to the head that was said; answers the rows hashed. A broken chain ends the reading. */
export async function verifyLog(
  db: Kysely<CountyTables>,
  head: SaidHead,
  { findings, page: watch }: LogLook,
): Promise<number> {
  const { county } = head;
  let seq = 0;
  let tag = GENESIS_TAG;
  while (seq < head.seq) {
    const page = await pageAfter(db, county, seq);
    if (page.length === 0) {
      say(findings, `county ${county}: the head says ${head.seq}, the log ends at ${seq}`);
      return seq;
    }
    await watch?.(page.filter((raw) => num(raw.seq) <= head.seq));
    for (const raw of page) {
      if (seq === head.seq) break;
      findings.attempts += 1;
      seq += 1;
      if (num(raw.seq) !== seq) {
        say(findings, `county ${county}: position ${seq} is missing`);
        return seq;
      }
      const row = logFromTable(raw);
      if (row.kind === 'event' && raw.case_salt === null)
        say(findings, `county ${county}: the event at position ${seq} belongs to no case`);
      else if (!isItsHash(row, raw.case_salt ?? ''))
        say(findings, `county ${county}: the event at position ${seq} was altered`);
      tag = nextTagSync(sha256, tag, row);
      if (tag === row.tag) continue;
      say(findings, `county ${county}: the running tag breaks at position ${seq}`);
      return seq;
    }
  }
  if (tag !== head.tag) say(findings, `county ${county}: the head at ${seq} has another tag`);
  return seq;
}
