/**
 * The audit leaves the host as it is written: whoever breaks in later finds the lines gone already.
 * Each line carries its number and tag, so a receiver sees a hole and a line that came twice.
 *
 *     every 20 s ─► lines behind the cursor ─► sent, on the disk there ─► cursor, in the county
 *
 * The cursor moves after the target has the lines: a crash between the two sends them again and
 * loses none. It is a counter of the county, so several nodes go on where another stopped.
 */
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Kysely, Selectable } from 'kysely';
import { num } from '../store/rows.ts';
import type { AuditTable, CountyTables } from '../store/tables.ts';
import type { ShipTarget } from './ship-target.ts';

type Db = Kysely<CountyTables>;

/** Name of the counter. */
export const SHIPPED = 'audit.shipped';
/** Lines of one message, and how long a collector may take for it. */
const LINES_MAX = 500;
const WITHIN_MS = 15_000;

/** One line as it is sent: JSON, with the chain's number and tag. */
export function shipLine(row: Selectable<AuditTable>): string {
  const { county, at, person_id, role, action, case_id, note, why, tag } = row;
  const all = { county, n: num(row.n), at, person: person_id, role, action, case: case_id };
  return JSON.stringify({ ...all, note, why, tag });
}

async function toFile(file: string, text: string): Promise<void> {
  // A folder made here would be on the wrong disk when the other one is not there.
  if (!(await stat(path.dirname(file))).isDirectory()) throw new Error(`no folder for ${file}`);
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.appendFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function toCollector(url: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const signal = AbortSignal.timeout(WITHIN_MS);
  const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the collector answered ${answer.status}`);
}

async function cursorOf(db: Db, county: string): Promise<number> {
  const of = db.selectFrom('counters').select('value').where('county', '=', county);
  return num((await of.where('name', '=', SHIPPED).executeTakeFirst())?.value ?? 0);
}

/** Forward only: another node may have been faster. */
async function moveCursor(db: Db, county: string, to: number): Promise<void> {
  const into = db.insertInto('counters').values({ county, name: SHIPPED, value: to });
  await into
    .onConflict((on) =>
      on.columns(['county', 'name']).doUpdateSet({ value: to }).where('counters.value', '<', to),
    )
    .execute();
}

/** Sends what the target lacks; answers how many lines. Throws when it does not take them. */
export async function shipAudit(
  { db, county }: { readonly db: Db; readonly county: string },
  target: ShipTarget,
): Promise<number> {
  let sent = 0;
  for (let cursor = await cursorOf(db, county); ;) {
    const of = db.selectFrom('audit').selectAll().where('county', '=', county);
    const rows = await of.where('n', '>', cursor).orderBy('n').limit(LINES_MAX).execute();
    const last = rows.at(-1);
    if (last === undefined) return sent;
    const text = rows.map((row) => `${shipLine(row)}\n`).join('');
    await (target.kind === 'file' ? toFile(target.file, text) : toCollector(target.url, text));
    cursor = num(last.n);
    await moveCursor(db, county, cursor);
    sent += rows.length;
  }
}
