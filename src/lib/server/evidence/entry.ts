/**
 * What one entry of the log is for the evidence: everything that stands in its row but the words
 * themselves, which `h` and the case's salt stand for. So the words can be deleted later (PIPL 47)
 * and the chain still holds.
 *
 *     entry   = SHA-256( "daiban-entry/1\n" JSON of the row's columns, in the order below )
 *     head(0) = '' ─► head(n) = SHA-256( "daiban-case/1\n" head(n-1) "\n" entry )     one per case
 */
import { hash } from 'node:crypto';
import type { Selectable } from 'kysely';
import { num } from '../store/rows.ts';
import type { LogTable } from '../store/tables.ts';

/** Head of a case without entries. */
export const FIRST_HEAD = '';

/** Hash of one row of the log, 43 characters. */
export function entryOf(row: Selectable<LogTable>): string {
  const place = [row.county, num(row.seq), row.tag, row.kind, row.id, row.h, row.case_id];
  const mark = [row.person_id, row.note];
  const event = [row.dv, num(row.ds), row.type, num(row.v), row.occurred_at, row.received_at];
  const all = [...place, ...mark, ...event, Number(row.clock_offset), row.actor];
  return hash('sha256', `daiban-entry/1\n${JSON.stringify(all)}`, 'base64url');
}

/** Head of a case with one entry more. */
export const nextHead = (before: string, entry: string): string =>
  hash('sha256', `daiban-case/1\n${before}\n${entry}`, 'base64url');
