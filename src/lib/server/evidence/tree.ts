/**
 * The county's Merkle tree: one leaf per entry of the log, in the log's order, made behind the log
 * and never in a push. What is derived from the same rows is the same whoever derives it, so several
 * nodes need no lock: a row that is there already is left as it is.
 *
 *     log row ─► entry ─► head of its case ─► leaf(mark, entries, head) ─► tile of 256 ─► root
 */
import { hash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { sql, type Insertable, type Kysely, type Selectable } from 'kysely';
import { assert } from '../../domain/values.ts';
import { fromBase64Url } from '../../protocol/bytes.ts';
import { toBase64Url, type DigestSync } from '../../protocol/hash.ts';
import { rootOf, type TreeHashes } from '../../protocol/merkle.ts';
import { caseMark, leafInput } from '../../protocol/receipt.ts';
import { num } from '../store/rows.ts';
import type { CountyTables, EvidenceLeafTable, LogTable } from '../store/tables.ts';
import { entryOf, FIRST_HEAD, nextHead } from './entry.ts';

type Db = Kysely<CountyTables>;
type Leaf = Insertable<EvidenceLeafTable>;

/** Leaves whose root is kept; also the most that one transaction makes. */
export const TILE = 256;

export const sha256: DigestSync = (bytes) => hash('sha256', bytes, 'buffer');

/** Hash of a leaf as it is kept. */
export const leafHash = ({ county, mark, entries, head }: Leaf): Uint8Array =>
  sha256(leafInput({ county, mark, entries: num(entries), head }));

/** How a case's chain stands. */
export interface CaseHead {
  readonly entries: number;
  readonly head: string;
}

/** Leaves of rows that follow one another; `heads` has the cases' state before and after. */
export function leavesOf(
  rows: readonly Selectable<LogTable>[],
  heads: Map<string, CaseHead>,
): Leaf[] {
  return rows.map((row) => {
    const mark = caseMark(sha256, row.case_id);
    const before = heads.get(mark) ?? { entries: 0, head: FIRST_HEAD };
    const after = {
      entries: before.entries + 1,
      head: nextHead(before.head, entryOf(row)),
    };
    heads.set(mark, after);
    return { county: row.county, seq: num(row.seq), mark, ...after };
  });
}

/** Entries of the log that the tree has. */
export async function treeSize(db: Db, county: string): Promise<number> {
  const of = db.selectFrom('evidence_leaf').where('county', '=', county);
  const row = await of.select(({ fn }) => fn.max('seq').as('top')).executeTakeFirst();
  return num(row?.top ?? 0);
}

/** The state of some cases after the first `size` entries of the log. */
async function headsAt(
  db: Db,
  county: string,
  of: { readonly marks: readonly string[]; readonly size: number },
): Promise<Map<string, CaseHead>> {
  if (of.marks.length === 0) return new Map();
  const { rows } = await sql<Selectable<EvidenceLeafTable>>`
    SELECT l.mark, l.entries, l.head FROM evidence_leaf l JOIN (
      SELECT mark, MAX(entries) AS top FROM evidence_leaf
      WHERE county = ${county} AND seq <= ${of.size} AND mark IN (${sql.join(of.marks)})
      GROUP BY mark
    ) t ON t.mark = l.mark AND t.top = l.entries WHERE l.county = ${county}
  `.execute(db);
  return new Map(rows.map(({ mark, entries, head }) => [mark, { entries: num(entries), head }]));
}

async function closeTile(db: Db, county: string, place: number): Promise<void> {
  const [from, to] = [place * TILE, (place + 1) * TILE];
  const leaves = await leafRows(db, county, { from, to });
  const tree: TreeHashes = {
    digest: sha256,
    leaf: (at) => leafHash(leaves[at] ?? missing(from + at)),
  };
  const root = toBase64Url(rootOf(tree, 0, TILE));
  const into = db.insertInto('evidence_tile').values({ county, place, hash: root });
  await into.onConflict((on) => on.columns(['county', 'place']).doNothing()).execute();
}

function missing(position: number): never {
  throw new Error(`invariant: the tree has no leaf at position ${position}`);
}

/** Leaves at the positions `from` to before `to`. */
const leafRows = (db: Db, county: string, { from, to }: { from: number; to: number }) =>
  db
    .selectFrom('evidence_leaf')
    .selectAll()
    .where('county', '=', county)
    .where('seq', '>', from)
    .where('seq', '<=', to)
    .orderBy('seq')
    .execute();

/** Takes in the next entries, up to the end of a tile; answers how many. */
async function growOnce(db: Db, county: string): Promise<number> {
  const size = await treeSize(db, county);
  const log = db.selectFrom('log').selectAll().where('county', '=', county);
  const room = TILE - (size % TILE);
  const rows = await log.where('seq', '>', size).orderBy('seq').limit(room).execute();
  if (rows.length === 0) return 0;
  rows.forEach((row, at) => assert(num(row.seq) === size + at + 1, 'the log is dense'));
  const marks = [...new Set(rows.map(({ case_id }) => caseMark(sha256, case_id)))];
  const leaves = leavesOf(rows, await headsAt(db, county, { marks, size }));
  const into = db.insertInto('evidence_leaf').values(leaves);
  await into.onConflict((on) => on.columns(['county', 'seq']).doNothing()).execute();
  if (rows.length === room) await closeTile(db, county, Math.floor(size / TILE));
  return rows.length;
}

/** Takes in what the log has more than the tree; answers the tree's size. */
export async function growTree(
  db: Db,
  county: string,
  goOn: () => boolean = () => true,
): Promise<number> {
  for (;;) {
    const grown = await db.transaction().execute((trx) => growOnce(trx, county));
    if (grown === 0 || !goOn()) return treeSize(db, county);
    await breathe();
  }
}

/** The hashes that roots and paths of these tree sizes and positions need. */
export async function readTree(
  db: Db,
  county: string,
  positions: readonly number[],
): Promise<TreeHashes> {
  const tiles = new Map<number, Uint8Array>();
  const kept = db.selectFrom('evidence_tile').select(['place', 'hash']);
  for (const { place, hash: text } of await kept.where('county', '=', county).execute())
    tiles.set(num(place), fromBase64Url(text) ?? missing(num(place) * TILE));
  const leaves = new Map<number, Uint8Array>();
  for (const place of new Set(positions.map((at) => Math.floor(at / TILE)))) {
    const [from, to] = [place * TILE, (place + 1) * TILE];
    for (const row of await leafRows(db, county, { from, to }))
      leaves.set(num(row.seq) - 1, leafHash(row));
  }
  return {
    digest: sha256,
    leaf: (at) => leaves.get(at) ?? missing(at),
    known: (start, count) => (count === TILE ? tiles.get(start / TILE) : undefined),
  };
}

/** Root over the first `size` entries of the log. */
export async function rootAt(db: Db, county: string, size: number): Promise<string> {
  const tree = await readTree(db, county, [size - 1]);
  return toBase64Url(rootOf(tree, 0, size));
}
