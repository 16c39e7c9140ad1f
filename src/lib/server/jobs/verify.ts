/**
 * Looks at a database file as a stranger would: is it whole, does every event still have its hash,
 * does the running tag lead from the first row to the head, is every device sequence dense?
 */
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { eventHashSync, GENESIS_TAG, nextTagSync, type DigestSync } from '../../protocol/hash.ts';
import { logFromTable } from '../store/rows.ts';
import type { LogTable } from '../store/tables.ts';

const sha256: DigestSync = (bytes) => createHash('sha256').update(bytes).digest();
const FAULTS_SHOWN_MAX = 20;

export interface CountyHead {
  readonly county: string;
  readonly seq: number;
  readonly tag: string;
  readonly epoch: string;
}

export interface Verified {
  readonly heads: readonly CountyHead[];
  /** Rows of the log that were hashed again. */
  readonly rows: number;
  /** Plain sentences; empty when everything holds. */
  readonly faults: readonly string[];
}

type Row = Record<string, unknown>;
const all = (db: DatabaseSync, sql: string, ...values: (string | number)[]) =>
  db.prepare(sql).all(...values) as Row[];

function verifyLog(db: DatabaseSync, county: string, say: (fault: string) => void) {
  const salts = new Map(
    all(db, 'SELECT case_id, salt FROM cases WHERE county = ?', county).map(
      (row) => [String(row.case_id), String(row.salt)] as const,
    ),
  );
  let seq = 0;
  let tag = GENESIS_TAG;
  const rows = db.prepare('SELECT * FROM log WHERE county = ? ORDER BY seq').iterate(county);
  for (const raw of rows) {
    const row = logFromTable(raw as unknown as LogTable);
    seq += 1;
    if (row.seq !== seq) return say(`county ${county}: position ${seq} is missing`);
    const { id, h } = row;
    if (row.kind === 'event') {
      const { caseId, type, v, occurredAt, payload } = row;
      const body = { id, caseId, type, v, occurredAt, payload };
      const salt = salts.get(caseId) ?? '';
      if (eventHashSync(sha256, salt, body) !== h)
        say(`county ${county}: the event at position ${seq} was altered`);
    }
    tag = nextTagSync(sha256, tag, { id, h });
    if (tag !== row.tag) return say(`county ${county}: the running tag breaks at position ${seq}`);
  }
  const [head] = all(db, 'SELECT seq, tag FROM log_head WHERE county = ?', county);
  if (head !== undefined && (Number(head.seq) !== seq || head.tag !== tag))
    say(`county ${county}: the head says ${String(head.seq)}, the log ends at ${seq}`);
  const [epoch] = all(db, 'SELECT id FROM epochs WHERE county = ? ORDER BY n DESC LIMIT 1', county);
  return { county, seq, tag, epoch: String(epoch?.id ?? '') };
}

function verifyDevices(db: DatabaseSync, say: (fault: string) => void): void {
  const sql =
    'SELECT county, dv, COUNT(*) AS n, MIN(ds) AS low, MAX(ds) AS high FROM device_log GROUP BY county, dv';
  for (const { county, dv, n, low, high } of all(db, sql))
    if (Number(low) !== 1 || Number(high) !== Number(n))
      say(`county ${String(county)}: device ${String(dv)} has a hole in its sequence`);
}

/** Verifies an open database. */
export function verifyDatabase(db: DatabaseSync): Verified {
  const faults: string[] = [];
  const say = (fault: string): undefined => {
    if (faults.length < FAULTS_SHOWN_MAX) faults.push(fault);
  };
  const [check] = all(db, 'PRAGMA integrity_check');
  if (check?.integrity_check !== 'ok')
    say(`the file is damaged: ${String(check?.integrity_check)}`);
  const heads: CountyHead[] = [];
  for (const { county } of all(db, 'SELECT DISTINCT county FROM epochs')) {
    const head = verifyLog(db, String(county), say);
    if (head !== undefined) heads.push(head);
  }
  verifyDevices(db, say);
  const [count] = all(db, 'SELECT COUNT(*) AS n FROM log');
  return { heads, rows: Number(count?.n ?? 0), faults };
}
