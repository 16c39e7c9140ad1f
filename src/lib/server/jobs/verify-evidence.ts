/**
 * The tree over the log as a stranger would look at it: every leaf made again from its row, every
 * signed root and every day's root of the audit from the leaves. Who altered a row and made all
 * hashes behind it anew is found by the roots that he could not sign.
 */
import { sql, type Kysely, type Selectable } from 'kysely';
import { toBase64Url } from '../../protocol/hash.ts';
import { isSignedPoint, soundKeys, type SignedPoint } from '../../protocol/receipt.ts';
import { DAY_ROOT, keysOf, pointOf } from '../evidence/points.ts';
import { leafHash, leavesOf, sha256, TILE, type CaseHead } from '../evidence/tree.ts';
import { num } from '../store/rows.ts';
import type { CountyTables, LogTable } from '../store/tables.ts';
import { say, type Findings } from './findings.ts';

type Db = Kysely<CountyTables>;

/** A root that must come out over the first `size` entries, and who says so. */
export interface SaidRoot {
  readonly size: number;
  readonly root: string;
  readonly by: string;
}

/** What was looked at. */
export interface EvidenceSeen {
  readonly leaves: number;
  readonly points: number;
  readonly keys: number;
}

/** Goes along while the log is read. */
export interface EvidenceWatch {
  page(rows: readonly Selectable<LogTable>[]): Promise<void>;
  end(): Promise<EvidenceSeen>;
}

/** The roots of growing trees: hashes of the full subtrees at the end, largest first. */
function frontier() {
  const stack: { count: number; hash: Uint8Array }[] = [];
  const join = (left: Uint8Array, right: Uint8Array) =>
    sha256(Buffer.concat([new Uint8Array([1]), left, right]));
  return {
    /** Takes a leaf in; answers the root of the tile that it closed, if any. */
    add(leaf: Uint8Array): Uint8Array | undefined {
      let tile: Uint8Array | undefined;
      stack.push({ count: 1, hash: leaf });
      for (;;) {
        const [left, right] = stack.slice(-2);
        if (left === undefined || right === undefined || left.count !== right.count) return tile;
        const joined = { count: left.count * 2, hash: join(left.hash, right.hash) };
        stack.splice(-2, 2, joined);
        if (joined.count === TILE) tile = joined.hash;
      }
    },
    root(): string {
      const [last, ...rest] = [...stack].reverse();
      if (last === undefined) return '';
      return toBase64Url(rest.reduce((right, { hash }) => join(hash, right), last.hash));
    },
  };
}

/** The tables are of a version before the tree: there is nothing to look at. */
async function hasTree(db: Db): Promise<boolean> {
  const tables = await db.introspection.getTables();
  return tables.some(({ name }) => name === 'evidence_leaf');
}

/** The roots that the county's own signed points and the audit say. */
async function saidRoots(db: Db, county: string, points: readonly SignedPoint[]) {
  const said: SaidRoot[] = points.map(({ size, root, at }) => {
    return { size, root, by: `the root that was signed at ${at}` };
  });
  const audit = db.selectFrom('audit').select(['n', 'note']).where('county', '=', county);
  for (const { n, note } of await audit.where('action', '=', DAY_ROOT).execute()) {
    const [size = '', root = ''] = note.split(':');
    said.push({ size: Number(size), root, by: `the root of the day in audit line ${num(n)}` });
  }
  return said;
}

async function checkKeys(
  db: Db,
  { county, points }: { county: string; points: readonly SignedPoint[] },
  findings: Findings,
): Promise<number> {
  const keys = await keysOf(db, county);
  const sound = await soundKeys(async (bytes) => sha256(Uint8Array.from(bytes)), keys);
  findings.attempts += keys.length + points.length;
  if (sound.length < keys.length)
    say(findings, `county ${county}: the key ${keys[sound.length]?.keyId} follows from no other`);
  for (const point of points)
    if (!(await isSignedPoint(point, sound)))
      say(findings, `county ${county}: the root of ${point.size} entries has no good signature`);
  return keys.length;
}

interface Walk {
  readonly county: string;
  readonly heads: Map<string, CaseHead>;
  readonly tree: ReturnType<typeof frontier>;
  /** Roots that must come out, by the number of entries. */
  readonly said: ReadonlyMap<number, readonly SaidRoot[]>;
  leaves: number;
}

/** What is kept of the tree beside some rows of the log. */
async function keptBeside(db: Db, county: string, { from, to }: { from: number; to: number }) {
  const of = db.selectFrom('evidence_leaf').selectAll().where('county', '=', county);
  const leaves = await of.where('seq', '>=', from).where('seq', '<=', to).execute();
  const tiles = await db
    .selectFrom('evidence_tile')
    .selectAll()
    .where('county', '=', county)
    .where('place', '>=', Math.floor((from - 1) / TILE))
    .where('place', '<', Math.floor(to / TILE))
    .execute();
  return {
    leaves: new Map(leaves.map((leaf) => [num(leaf.seq), leaf])),
    tiles: new Map(tiles.map(({ place, hash }) => [(num(place) + 1) * TILE, hash])),
  };
}

type Kept = Awaited<ReturnType<typeof keptBeside>>;

/** One row: its leaf, the tile that it closes, the roots that end with it. */
function checkRow(row: Selectable<LogTable>, walk: Walk, [kept, findings]: [Kept, Findings]): void {
  const { county, tree, heads } = walk;
  const [seq, [leaf]] = [num(row.seq), leavesOf([row], heads)];
  if (leaf === undefined) return;
  const there = kept.leaves.get(seq);
  if (there !== undefined) {
    findings.attempts += 1;
    walk.leaves += 1;
    const { mark, head } = there;
    const same = mark === leaf.mark && num(there.entries) === leaf.entries && head === leaf.head;
    if (!same) say(findings, `county ${county}: the tree has another leaf for position ${seq}`);
    // What follows in this case is believed again: it is said once.
    if (!same) heads.set(leaf.mark, { entries: Number(leaf.entries), head });
  }
  const tile = tree.add(leafHash(leaf));
  const hash = kept.tiles.get(seq);
  if (tile !== undefined && hash !== undefined && hash !== toBase64Url(tile))
    say(findings, `county ${county}: the tile that ends at position ${seq} has another root`);
  for (const { root, by } of walk.said.get(seq) ?? []) {
    findings.attempts += 1;
    if (tree.root() !== root)
      say(findings, `county ${county}: ${by} is not that of the first ${seq} entries`);
  }
}

/** Begins to look at a county's tree; `more` are roots that were written down elsewhere. */
export async function watchEvidence(
  db: Db,
  { county, more = [] }: { county: string; more?: readonly SaidRoot[] },
  findings: Findings,
): Promise<EvidenceWatch> {
  if (!(await hasTree(db)))
    return { page: async () => undefined, end: async () => ({ leaves: 0, points: 0, keys: 0 }) };
  const all = db.selectFrom('evidence_point').selectAll().where('county', '=', county);
  const points = (await all.orderBy('n').execute()).map(pointOf);
  const said = [...(await saidRoots(db, county, points)), ...more];
  const grown = await sql<{ top: number | null; count: number }>`
    SELECT MAX(seq) AS top, COUNT(*) AS count FROM evidence_leaf WHERE county = ${county}
  `.execute(db);
  const bySize = Map.groupBy(said, ({ size }) => size);
  const begin = { heads: new Map<string, CaseHead>(), tree: frontier(), said: bySize };
  const walk: Walk = { county, ...begin, leaves: 0 };
  return {
    page: async (rows) => {
      const [from, to] = [num(rows[0]?.seq ?? 0), num(rows.at(-1)?.seq ?? 0)];
      const kept = await keptBeside(db, county, { from, to });
      for (const row of rows) checkRow(row, walk, [kept, findings]);
    },
    end: async () => {
      const keys = await checkKeys(db, { county, points }, findings);
      const [top, count] = [num(grown.rows[0]?.top ?? 0), num(grown.rows[0]?.count ?? 0)];
      if (top !== count) say(findings, `county ${county}: the tree has holes before ${top}`);
      // A log that was read less far than it reaches has its own fault; only what is beyond counts.
      const head = db.selectFrom('log_head').select('seq').where('county', '=', county);
      const end = num((await head.executeTakeFirst())?.seq ?? 0);
      for (const { size, by } of said)
        if (size > end)
          say(findings, `county ${county}: ${by} has ${size} entries, the log ${end}`);
      if (top > end) say(findings, `county ${county}: the tree has ${top} entries, the log ${end}`);
      return { leaves: walk.leaves, points: points.length, keys };
    },
  };
}
