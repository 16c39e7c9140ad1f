/**
 * What somebody could do who has the county's whole database and not its key: each of these alters
 * a copy, the last one so well that every hash in it is right again.
 */
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { EventRow } from '../../src/lib/ports/event-store.ts';
import { eventHashSync, GENESIS_TAG, nextTagSync } from '../../src/lib/protocol/hash.ts';
import { growTree } from '../../src/lib/server/evidence/tree.ts';
import { logFromTable, num } from '../../src/lib/server/store/rows.ts';
import type { CountyTables } from '../../src/lib/server/store/tables.ts';

type Db = Kysely<CountyTables>;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** The entries of the case with most of them: what is altered is well inside its file. */
async function victims(db: Db, county: string) {
  const log = db.selectFrom('log').selectAll().where('county', '=', county);
  const rows = await log.where('kind', '=', 'event').orderBy('seq').execute();
  const counts = Map.groupBy(rows, ({ case_id }) => case_id);
  const [most = []] = [...counts.values()].sort((a, b) => b.length - a.length);
  return most;
}

const change = (db: Db, county: string, seq: number) =>
  db.updateTable('log').where('county', '=', county).where('seq', '=', seq);

async function alterWord(db: Db, county: string): Promise<void> {
  const [row] = await victims(db, county);
  if (row === undefined) throw new Error('there is no entry that could be altered');
  const body = JSON.stringify({ ...(JSON.parse(row.body) as object), plain: '别的话' });
  await change(db, county, num(row.seq)).set({ body }).execute();
}

async function alterHash(db: Db, county: string): Promise<void> {
  const [row] = await victims(db, county);
  if (row === undefined) throw new Error('there is no entry that could be altered');
  const h = row.h.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  await change(db, county, num(row.seq)).set({ h }).execute();
}

/** Two entries change their places. */
async function swapPlaces(db: Db, county: string): Promise<void> {
  const [a, b] = await victims(db, county);
  if (a === undefined || b === undefined) throw new Error('there are no two entries to swap');
  await change(db, county, num(a.seq)).set({ seq: -1 }).execute();
  await change(db, county, num(b.seq))
    .set({ seq: num(a.seq) })
    .execute();
  await change(db, county, -1)
    .set({ seq: num(b.seq) })
    .execute();
}

/** When and by whom: columns that `h` and the running tag do not cover. */
async function alterTime(db: Db, county: string): Promise<void> {
  const [row] = await victims(db, county);
  if (row === undefined) throw new Error('there is no entry that could be altered');
  const received_at = row.received_at.replace(/\d\d\d\d/, '2020');
  await change(db, county, num(row.seq)).set({ received_at }).execute();
}

/** A word, and then `h`, every running tag behind it, the head, the tree: all right again. */
async function rewrite(db: Db, county: string): Promise<void> {
  await alterWord(db, county);
  const salts = await db.selectFrom('cases').select(['case_id', 'salt']).execute();
  const saltOf = new Map(salts.map(({ case_id, salt }) => [case_id, salt]));
  let tag = GENESIS_TAG;
  const log = db.selectFrom('log').selectAll().where('county', '=', county).orderBy('seq');
  for (const raw of await log.execute()) {
    const row = logFromTable(raw);
    const salt = saltOf.get(row.caseId) ?? '';
    const h = row.kind === 'event' ? eventHashSync(sha256, salt, row satisfies EventRow) : row.h;
    tag = nextTagSync(sha256, tag, { id: row.id, h });
    await change(db, county, row.seq).set({ h, tag }).execute();
  }
  await db.updateTable('log_head').set({ tag }).where('county', '=', county).execute();
  for (const table of ['evidence_leaf', 'evidence_tile'] as const)
    await db.deleteFrom(table).execute();
  await growTree(db, county);
}

/** Each must be seen by `verify` and by the page of a receipt. */
export const REWRITES: readonly {
  name: string;
  alter: (db: Db, county: string) => Promise<void>;
}[] = [
  { name: 'word', alter: alterWord },
  { name: 'hash', alter: alterHash },
  { name: 'place', alter: swapPlaces },
  { name: 'time', alter: alterTime },
  { name: 'rewritten', alter: rewrite },
];
