/**
 * Signed heads of the audit: every five minutes when it has grown, by the key of the receipts. Its
 * tags alone are made by anybody who can write the table; a head that was signed they cannot make
 * again, and the last one is noted beside the key, outside the database, so that it is not taken
 * away with the lines either.
 *
 *     audit line n, tag ─► audit_point(n, tag, signature) ─► file beside the key: epoch, n, tag
 */
import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Kysely, Selectable } from 'kysely';
import * as z from 'zod';
import { textBytes, type Bytes } from '../../protocol/bytes.ts';
import { isSignedText, type EvidenceKey } from '../../protocol/receipt.ts';
import { num } from '../store/rows.ts';
import type { AuditPointTable, CountyTables } from '../store/tables.ts';
import { signerHere, type EvidenceDeps } from './points.ts';

type Db = Kysely<CountyTables>;

/** A head as it was signed. */
export interface AuditPoint {
  readonly county: string;
  readonly n: number;
  readonly tag: string;
  readonly at: string;
  readonly keyId: string;
  readonly signature: string;
}

const textOf = ({ county, n, tag, at, keyId }: Omit<AuditPoint, 'signature'>): Bytes =>
  textBytes(`daiban-audit-head/1\n${JSON.stringify([county, n, tag, at, keyId])}`);

export const auditPointOf = (row: Selectable<AuditPointTable>): AuditPoint => {
  const { county, n, tag, at, key_id: keyId, signature } = row;
  return { county, n: num(n), tag, at, keyId, signature };
};

/** Whether one of these keys has signed exactly this head. */
export const isSignedHead = (point: AuditPoint, keys: readonly EvidenceKey[]): Promise<boolean> =>
  isSignedText(point, textOf(point), keys);

const markSchema = z.object({
  county: z.string(),
  epoch: z.string(),
  n: z.number().int(),
  tag: z.string(),
});
/** The last head that was signed here, as the file beside the key has it. */
export type AuditMark = z.infer<typeof markSchema>;

/** Where that file is. */
export const auditMarkFile = (keyFile: string): string => `${keyFile}.audit`;

/** Null where there is none, or none that can be read. */
export async function readAuditMark(keyFile: string): Promise<AuditMark | null> {
  try {
    const text = await readFile(auditMarkFile(keyFile), 'utf8');
    return markSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

async function writeMark(keyFile: string, mark: AuditMark): Promise<void> {
  const file = auditMarkFile(keyFile);
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, JSON.stringify(mark), { mode: 0o600 });
    await rename(draft, file);
  } catch (error) {
    // A folder of secrets may be for reading alone: the signed heads in the database go on.
    console.error('the head of the audit is not noted beside the key', (error as Error).name);
  }
}

/** What was signed does not stand there any more; nothing is signed over it. */
export class AuditAltered extends Error {
  override name = 'AuditAltered';
  constructor(n: number) {
    super(
      `The audit is not what was signed at line ${n}: lines were altered or taken away. ` +
        'Nothing was signed over it. npm run -s verify-audit says where; docs/OPERATIONS.md what to do.',
    );
  }
}

const epochOf = async (db: Db, county: string): Promise<string> => {
  const of = db.selectFrom('epochs').select('id').where('county', '=', county);
  return (await of.orderBy('n', 'desc').limit(1).executeTakeFirst())?.id ?? '';
};

/** Whether a head still stands: its line has its tag, or was taken away for its age. */
export async function headStands(
  db: Db,
  county: string,
  { n, tag }: Pick<AuditMark, 'n' | 'tag'>,
): Promise<boolean> {
  const lines = db.selectFrom('audit').where('county', '=', county);
  const line = await lines.select('tag').where('n', '=', n).executeTakeFirst();
  if (line !== undefined) return line.tag === tag;
  const low = await lines.select('n').orderBy('n').limit(1).executeTakeFirst();
  return low !== undefined && num(low.n) > n;
}

async function mustStand({ db, county, keyFile }: EvidenceDeps, epoch: string): Promise<void> {
  const mark = await readAuditMark(keyFile);
  // A county that was put back began another history, and said so.
  if (mark?.county === county && mark.epoch === epoch && !(await headStands(db, county, mark)))
    throw new AuditAltered(mark.n);
  const last = await newestAuditPoint(db, county);
  if (last !== null && !(await headStands(db, county, last))) throw new AuditAltered(last.n);
}

/** The newest signed head; null before the first. */
export async function newestAuditPoint(db: Db, county: string): Promise<AuditPoint | null> {
  const of = db.selectFrom('audit_point').selectAll().where('county', '=', county);
  const row = await of.orderBy('n', 'desc').limit(1).executeTakeFirst();
  return row === undefined ? null : auditPointOf(row);
}

/** Signs the head of now when it has moved; null when it has not. Throws `AuditAltered`. */
export async function makeAuditPoint(deps: EvidenceDeps): Promise<AuditPoint | null> {
  const { db, county, keyFile, now } = deps;
  const epoch = await epochOf(db, county);
  await mustStand(deps, epoch);
  const lines = db.selectFrom('audit').select(['n', 'tag']).where('county', '=', county);
  const head = await lines.orderBy('n', 'desc').limit(1).executeTakeFirst();
  if (head === undefined || head.tag === '') return null;
  const n = num(head.n);
  if ((await newestAuditPoint(db, county))?.n === n) return null;
  const signer = await signerHere(deps);
  const said = { county, n, tag: head.tag, at: now(), keyId: signer.keyId };
  const point = { ...said, signature: signer.sign(textOf(said)) };
  const { keyId: key_id, ...row } = point;
  const into = db.insertInto('audit_point').values({ ...row, key_id });
  await into.onConflict((on) => on.columns(['county', 'n']).doNothing()).execute();
  await writeMark(keyFile, { county, epoch, n, tag: head.tag });
  return point;
}
