/**
 * Looks at a county's database as a stranger would: is the file whole, does every event still have
 * its hash, does the running tag lead from the first row to the head, is every device sequence
 * dense, does every case say what its events say, does the tree over the log lead to the roots that
 * were signed, is every photo its hash?
 */
import { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import type { CaseId } from '../../domain/values.ts';
import { openFile, type AllTables } from '../container.ts';
import { COUNTY } from '../county.ts';
import type { ServerEnv } from '../env.ts';
import { sealingOn } from '../sealing/sealing-on.ts';
import type { CountyTables } from '../store/tables.ts';
import { noFindings, say, type Findings } from './findings.ts';
import { lyingOn, type Shelf } from './shelf.ts';
import { verifyAudit } from './verify-audit.ts';
import { verifyGrants } from './verify-grants.ts';
import { verifyKeys } from './verify-keys.ts';
import { verifyCases } from './verify-cases.ts';
import { watchEvidence, type SaidRoot } from './verify-evidence.ts';
import { headsOf, verifyLog, type CountyHead } from './verify-log.ts';
import { verifyPushes } from './verify-pushes.ts';
import { verifyMedia, wholeFiles } from './verify-media.ts';
import { verifyAside, verifyDevices } from './verify-rest.ts';

const BUSY_MILLISECONDS = 10_000;

export interface Verified extends Readonly<Findings> {
  readonly heads: readonly CountyHead[];
  /** Rows of the log that were hashed again. */
  readonly rows: number;
  /** What `attempts` must reach: what the county itself says it has. */
  readonly minimum: number;
  readonly cases: number;
  readonly devices: number;
  readonly aside: number;
  readonly audit: number;
  /** Rows of the county's keys that were compared with the audit. */
  readonly keys: number;
  /** Rights that were compared with the audit. */
  readonly grants: number;
  /** Leaves of the tree over the log, and signed roots, that were made again. */
  readonly leaves: number;
  readonly points: number;
  /** Signed pushes whose signature was looked at, and the rows that they put there. */
  readonly pushes: number;
  readonly media: number;
  readonly mediaBytes: number;
  /** Cases whose kept row is not what a fresh fold gives. */
  readonly differing: readonly CaseId[];
}

type KeyFiles = Parameters<typeof sealingOn>[0];

/** What is looked at beside the log. */
export interface LookAt {
  /** The media files, where they count too. */
  readonly media?: Shelf | undefined;
  /** False where the cases were folded by other rules than the product's. */
  readonly folds?: boolean | undefined;
  /** Roots of the tree that were written down elsewhere. */
  readonly roots?: readonly SaidRoot[] | undefined;
  /** Where the key of sealed cases is; without it their chain alone is looked at. */
  readonly sealing?: KeyFiles | undefined;
  /**
   * Whether keys and grants are what the audit tells, and under the county's hand where its file is
   * named. Not for a backup: a row that somebody slipped in must not end the backups.
   */
  readonly hands?: Partial<Pick<ServerEnv, 'intakeKeyFile' | 'evidenceKeyFile'>> | undefined;
}

/** The database as whoever has the key of sealed cases reads it. */
async function readable(sealing: KeyFiles, bare: Kysely<AllTables>) {
  const now = () => new Date().toISOString();
  const how = { county: COUNTY.code, makes: false, shared: false, now };
  const { db, atRest } = await sealingOn(sealing, bare, how);
  if (atRest.isShut())
    console.error(
      'SEALING_KEY_FILE does not open all sealed cases: their words were not looked at',
    );
  return db;
}

const faultOn =
  (shelf: Shelf): Shelf['faultOf'] =>
  (file, hash) =>
    shelf.faultOf(lyingOn(shelf, file), hash);

/** Verifies an open database of either kind; a running server may write meanwhile. */
export async function verifyDatabase(
  bare: Kysely<AllTables>,
  { media, folds = true, roots = [], sealing, hands }: LookAt = {},
): Promise<Verified> {
  const db = sealing === undefined ? bare : await readable(sealing, bare);
  const findings = noFindings();
  const tables = db as unknown as Kysely<CountyTables>;
  const heads = await headsOf(tables);
  let rows = 0;
  let [cases, leaves, points] = [0, 0, 0];
  const differing: CaseId[] = [];
  findings.attempts += heads.length;
  if (heads.length === 0) say(findings, 'there is no county in it');
  for (const head of heads) {
    const watch = await watchEvidence(tables, { county: head.county, more: roots }, findings);
    rows += await verifyLog(tables, head, { findings, page: watch.page });
    const seen = await watch.end();
    leaves += seen.leaves;
    points += seen.points;
    if (!folds) continue;
    const folded = await verifyCases(tables, head, findings);
    cases += folded.cases;
    differing.push(...folded.differing);
  }
  const devices = await verifyDevices(tables, findings);
  const pushes = await verifyPushes(tables, findings);
  const aside = await verifyAside(tables, findings);
  const { lines: audit } = await verifyAudit(tables, findings, hands?.evidenceKeyFile);
  const keys = hands === undefined ? 0 : await verifyKeys(tables, hands.intakeKeyFile, findings);
  const { intakeKeyFile } = hands ?? {};
  const of = intakeKeyFile === undefined ? null : { county: COUNTY.code, intakeKeyFile };
  const grants = of === null ? 0 : await verifyGrants(bare, of, findings);
  const files = media === undefined ? [] : await wholeFiles(tables);
  const mediaBytes = media === undefined ? 0 : await verifyMedia(faultOn(media), files, findings);
  const minimum = heads.reduce((sum, { seq }) => sum + 1 + seq, 0) + files.length;
  return {
    ...findings,
    ...{ heads: heads.map(({ county, seq, tag, epoch }) => ({ county, seq, tag, epoch })) },
    ...{ rows, minimum: Math.max(1, minimum), cases, devices, aside, audit, leaves, points },
    ...{ keys, grants, pushes, media: files.length, mediaBytes, differing },
  };
}

/** Why the SQLite file is damaged, as a sentence; null when it is whole. */
export function damageOf(file: string): string | null {
  try {
    const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MILLISECONDS });
    try {
      const row = db.prepare('PRAGMA integrity_check(1)').get();
      const said = String(row?.integrity_check);
      return said === 'ok' ? null : `the file is damaged: ${said}`;
    } finally {
      db.close();
    }
  } catch (error) {
    return `the file is damaged: ${String(error)}`;
  }
}

const nothing = (fault: string): Verified => ({
  ...{ attempts: 1, broken: 1, faults: [fault], heads: [], rows: 0, minimum: 1, cases: 0 },
  ...{ devices: 0, aside: 0, audit: 0, keys: 0, grants: 0, leaves: 0, points: 0, pushes: 0 },
  ...{ media: 0, mediaBytes: 0, differing: [] },
});

/** Verifies a SQLite file; one that cannot be read at all is a fault and no error. */
export async function verifyFile(file: string, lookAt: LookAt = {}): Promise<Verified> {
  const damage = damageOf(file);
  if (damage !== null) return nothing(damage);
  let db: Kysely<AllTables> | undefined;
  try {
    db = openFile(file);
    return await verifyDatabase(db, lookAt);
  } catch (error) {
    return nothing(`this is no database of ours: ${String(error)}`);
  } finally {
    await db?.destroy();
  }
}
