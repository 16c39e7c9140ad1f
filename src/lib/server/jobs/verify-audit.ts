/**
 * The audit as a stranger would look at it: every line hashed again behind the one before it, none
 * missing, and where the oldest were taken away, a line of the chain that says so.
 */
import { sql, type Kysely } from 'kysely';
import { soundKeys } from '../../protocol/receipt.ts';
import { auditPointOf, isSignedHead, readAuditMark } from '../evidence/audit-points.ts';
import { keysOf } from '../evidence/points.ts';
import { sha256 } from '../evidence/tree.ts';
import { auditTag, AUDIT_GENESIS } from '../store/audit-chain.ts';
import { num } from '../store/rows.ts';
import type { AuditTable, CountyTables } from '../store/tables.ts';
import { AUDIT_KEEP_DAYS_MIN, readPurge, PURGED, type Purge } from './audit-purge.ts';
import { say, type Findings } from './findings.ts';

type Db = Kysely<CountyTables>;
const LINES_AT_ONCE = 500;
const DAY_MS = 86_400_000;

/** Where the chain of one county ended: written down today, it shows tomorrow what was rewritten. */
export interface AuditHead {
  readonly county: string;
  readonly n: number;
  readonly tag: string;
}

/** What was looked at. */
export interface AuditSeen {
  readonly lines: number;
  /** Lines that must be there by the county's own count. */
  readonly minimum: number;
  readonly heads: readonly AuditHead[];
}

/** The tables are of a version before the chain: there is nothing to follow yet. */
async function isChained(db: Db): Promise<boolean> {
  const tables = await db.introspection.getTables();
  const audit = tables.find(({ name }) => name === 'audit');
  return audit?.columns.some(({ name }) => name === 'tag') === true;
}

const pageOf = (db: Db, county: string, { after, upTo }: { after: number; upTo: number }) =>
  db
    .selectFrom('audit')
    .selectAll()
    .where('county', '=', county)
    .where('n', '>', after)
    .where('n', '<=', upTo)
    .orderBy('n')
    .limit(LINES_AT_ONCE)
    .execute();

/** One statement sees one moment: a line that is written just now is in both numbers or in none. */
async function countsOf(db: Db): Promise<{ county: string; counted: number; high: number }[]> {
  const { rows } = await sql<{ county: string; counted: number; high: number }>`
    SELECT k.county, COALESCE(MAX(c.value), 0) AS counted,
      (SELECT COALESCE(MAX(a.n), 0) FROM audit a WHERE a.county = k.county) AS high
    FROM (SELECT county FROM audit UNION SELECT county FROM counters WHERE name = 'audit') k
    LEFT JOIN counters c ON c.county = k.county AND c.name = 'audit'
    GROUP BY k.county
  `.execute(db);
  return rows.map(({ county, counted, high }) => ({
    county,
    counted: num(counted),
    high: num(high),
  }));
}

async function lowestOf(db: Db): Promise<Map<string, number>> {
  const query = db.selectFrom('audit').select(({ fn }) => ['county', fn.min('n').as('low')]);
  const rows = await query.groupBy('county').execute();
  return new Map(rows.map(({ county, low }) => [county, num(low)]));
}

interface Walk {
  n: number;
  tag: string | null;
  lines: number;
  readonly purges: (Purge & { readonly at: string })[];
}

function step(walk: Walk, row: AuditTable, findings: Findings): void {
  const n = num(row.n);
  const where = `county ${row.county}: audit line ${n}`;
  findings.attempts += 1;
  walk.lines += 1;
  if (n !== walk.n + 1) say(findings, `${where} comes behind line ${walk.n}`);
  // Behind a hole, and behind what was taken away, the next tag is believed: it is said once.
  if (walk.tag !== null && n === walk.n + 1 && auditTag(walk.tag, row) !== row.tag)
    say(findings, `${where} is not what was written, or something before it is not`);
  if (row.action === PURGED) {
    const purge = readPurge(row.note);
    if (purge === null) say(findings, `${where} does not say what was taken away`);
    else walk.purges.push({ ...purge, at: row.at });
  }
  walk.n = n;
  walk.tag = row.tag;
}

/** A signed head is the tag of its line: tags that somebody made anew are others. */
function checkHeads(row: AuditTable, said: SaidHeads | undefined, findings: Findings): void {
  for (const { tag, by } of said?.at.get(num(row.n)) ?? []) {
    findings.attempts += 1;
    if (tag !== row.tag)
      say(findings, `county ${row.county}: ${by} is not that of audit line ${num(row.n)}`);
  }
}

/** What was taken away was told by a line of the chain, was old enough, and fits what is left. */
function checkBeginning(
  { county, low, first }: { county: string; low: number; first: AuditTable | undefined },
  purges: Walk['purges'],
  findings: Findings,
): void {
  if (low <= 1) return;
  const told = purges.find(({ upTo }) => upTo === low - 1);
  if (told === undefined || first === undefined) {
    say(findings, `county ${county}: audit lines 1 to ${low - 1} are gone and no line says why`);
    return;
  }
  if (auditTag(told.tag, first) !== first.tag)
    say(findings, `county ${county}: audit line ${low} does not follow what was taken away`);
  const kept = Date.parse(told.at) - Date.parse(told.lastAt);
  if (!(kept >= AUDIT_KEEP_DAYS_MIN * DAY_MS))
    say(findings, `county ${county}: audit lines were taken away before half a year`);
}

/** Heads that must stand in the chain: by line, whoever says so. Read before the lines are counted. */
interface SaidHeads {
  readonly at: ReadonlyMap<number, readonly { readonly tag: string; readonly by: string }[]>;
  readonly last: number;
}

/** The signed heads of a county, and the one beside the key where its file is named. */
async function saidHeads(
  db: Db,
  of: { readonly county: string; readonly keyFile: string | undefined },
  findings: Findings,
): Promise<SaidHeads> {
  const { county, keyFile } = of;
  const said: { n: number; tag: string; by: string }[] = [];
  const mark = keyFile === undefined ? null : await readAuditMark(keyFile);
  const epochs = db.selectFrom('epochs').select('id').where('county', '=', county);
  const epoch = await epochs.orderBy('n', 'desc').limit(1).executeTakeFirst();
  if (mark?.county === county && mark.epoch === epoch?.id)
    said.push({ ...mark, by: 'the head that is noted beside the key' });
  const tables = await db.introspection.getTables();
  if (tables.some(({ name }) => name === 'audit_point')) {
    const rows = await db.selectFrom('audit_point').selectAll().execute();
    const points = rows.filter((row) => row.county === county).map(auditPointOf);
    const digest = async (bytes: Uint8Array) => sha256(Uint8Array.from(bytes));
    const keys = await soundKeys(digest, await keysOf(db, county));
    for (const point of points) {
      findings.attempts += 1;
      if (!(await isSignedHead(point, keys)))
        say(findings, `county ${county}: the head at audit line ${point.n} has no good signature`);
      said.push({ ...point, by: `the head that was signed at ${point.at}` });
    }
  }
  return { at: Map.groupBy(said, ({ n }) => n), last: Math.max(0, ...said.map(({ n }) => n)) };
}

/**
 * Follows every county's chain from its first line to its head; a running server may write on. With
 * `keyFile` (EVIDENCE_KEY_FILE) also the head that lies beside it.
 */
export async function verifyAudit(
  db: Db,
  findings: Findings,
  keyFile?: string,
): Promise<AuditSeen> {
  if (!(await isChained(db))) return { lines: 0, minimum: 0, heads: [] };
  const said = new Map<string, SaidHeads>();
  for (const { county } of await countsOf(db))
    said.set(county, await saidHeads(db, { county, keyFile }, findings));
  const lowest = await lowestOf(db);
  const heads: AuditHead[] = [];
  let [lines, minimum] = [0, 0];
  for (const { county, counted, high } of await countsOf(db)) {
    const low = lowest.get(county) ?? 1;
    const walk: Walk = { n: low - 1, tag: low === 1 ? AUDIT_GENESIS : null, lines: 0, purges: [] };
    let first: AuditTable | undefined;
    for (let more = true; more;) {
      const page = await pageOf(db, county, { after: walk.n, upTo: high });
      first ??= page[0];
      for (const row of page) {
        step(walk, row, findings);
        checkHeads(row, said.get(county), findings);
      }
      more = page.length === LINES_AT_ONCE;
    }
    checkBeginning({ county, low, first }, walk.purges, findings);
    const last = said.get(county)?.last ?? 0;
    if (last > high)
      say(findings, `county ${county}: the audit ends at line ${high}, line ${last} was signed`);
    if (counted !== high)
      say(findings, `county ${county}: the audit ends at line ${high}, ${counted} were written`);
    lines += walk.lines;
    minimum += Math.max(0, counted - low + 1);
    heads.push({ county, n: walk.n, tag: walk.tag ?? AUDIT_GENESIS });
  }
  return { lines, minimum, heads };
}
