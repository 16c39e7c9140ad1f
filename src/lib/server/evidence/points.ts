/**
 * Signed roots: every five minutes when the log has moved, and one each day. The day's root is also a
 * line of the audit, so that neither can be taken away without the other.
 */
import type { Kysely, Selectable, Transaction } from 'kysely';
import { toLocalDate } from '../../domain/calendar.ts';
import type { Instant, PersonId } from '../../domain/values.ts';
import { pointText, type EvidenceKey, type SignedPoint } from '../../protocol/receipt.ts';
import { writeAudit } from '../store/audit-chain.ts';
import { num } from '../store/rows.ts';
import type { CountyTables, EvidencePointTable } from '../store/tables.ts';
import { firstSigner, readSigner, type Signer } from './key.ts';
import { growTree, rootAt } from './tree.ts';

type Db = Kysely<CountyTables>;

/** Action of the audit line of a day's root; its note is `size:root`. */
export const DAY_ROOT = 'evidence.day';

export interface EvidenceDeps {
  readonly db: Db;
  readonly county: string;
  readonly keyFile: string;
  readonly now: () => Instant;
  /** Other processes write too: the county's head row is locked by hand. */
  readonly lockHead: boolean;
}

/** A row as what was signed. */
export const pointOf = (row: Selectable<EvidencePointTable>): SignedPoint => {
  const { county, epoch, size, root, at, key_id: keyId, signature } = row;
  return { county, epoch, size: num(size), root, at, keyId, signature };
};

const pointsOf = (db: Db, county: string) =>
  db.selectFrom('evidence_point').selectAll().where('county', '=', county).orderBy('n', 'desc');

/** The newest signed root; null before the first. */
export async function newestPoint({
  db,
  county,
}: Pick<EvidenceDeps, 'db' | 'county'>): Promise<SignedPoint | null> {
  const row = await pointsOf(db, county).limit(1).executeTakeFirst();
  return row === undefined ? null : pointOf(row);
}

/** A day's root. */
export interface DayRoot extends SignedPoint {
  readonly day: string;
}

/** The roots of the last days, newest first. */
export async function dayRoots({ db, county }: EvidenceDeps, limit: number): Promise<DayRoot[]> {
  const rows = await pointsOf(db, county).where('day', '<>', '').limit(limit).execute();
  return rows.map((row) => ({ ...pointOf(row), day: row.day }));
}

/** The public keys as the county's database has them, in their order. */
export async function keysOf(db: Db, county: string): Promise<EvidenceKey[]> {
  const rows = await db
    .selectFrom('evidence_key')
    .selectAll()
    .where('county', '=', county)
    .orderBy('n')
    .execute();
  return rows.map(({ key_id, public_key, made_at, signed_by, signature }) => {
    return {
      keyId: key_id,
      publicKey: public_key,
      madeAt: made_at,
      signedBy: signed_by,
      signature,
    };
  });
}

/** The key is gone although the county has signed before: a new one would not be believed. */
export class EvidenceKeyLost extends Error {
  override name = 'EvidenceKeyLost';
  constructor(file: string) {
    super(
      `The key that signs receipts is not at ${file}, and this county has signed before. ` +
        'Put the file back; if it is lost for ever: npm run evidence-key -- --lost',
    );
  }
}

async function keepKeys(db: Db, county: string, signer: Signer): Promise<void> {
  const known = await keysOf(db, county);
  const other = known.some(({ keyId }, at) => signer.keys[at]?.keyId !== keyId);
  if (other) throw new Error('the key file is not the one that this county has signed with');
  for (const [at, key] of [...signer.keys.entries()].slice(known.length)) {
    const { keyId, publicKey, madeAt, signedBy, signature } = key;
    const row = { county, n: at + 1, key_id: keyId, public_key: publicKey, made_at: madeAt };
    const into = db.insertInto('evidence_key').values({ ...row, signed_by: signedBy, signature });
    await into.onConflict((on) => on.columns(['county', 'n']).doNothing()).execute();
  }
}

/** The county's signer, made at the first need; its public keys stand in the database. */
export async function signerHere({ db, county, keyFile, now }: EvidenceDeps): Promise<Signer> {
  let signer = await readSigner(keyFile);
  if (signer === null) {
    if ((await keysOf(db, county)).length > 0) throw new EvidenceKeyLost(keyFile);
    signer = await firstSigner(keyFile, now());
  }
  await keepKeys(db, county, signer);
  return signer;
}

async function lastPoint(trx: Db, county: string, lockHead: boolean) {
  if (lockHead) {
    const head = trx.selectFrom('log_head').select('seq').where('county', '=', county);
    await head.forUpdate().execute();
  }
  return pointsOf(trx, county).limit(1).executeTakeFirst();
}

async function hasDay(db: Db, county: string, day: string): Promise<boolean> {
  const row = await pointsOf(db, county).where('day', '=', day).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Writes the point unless another node was faster; the day's with its audit line. */
async function keepPoint(
  trx: Transaction<CountyTables>,
  { county, lockHead }: EvidenceDeps,
  { point, day }: { point: SignedPoint; day: string },
): Promise<boolean> {
  const last = await lastPoint(trx, county, lockHead);
  const size = num(last?.size ?? 0);
  const again = day === '' ? size >= point.size : await hasDay(trx, county, day);
  if (again || size > point.size) return false;
  const { epoch, root, at, keyId, signature } = point;
  const row = { county, n: num(last?.n ?? 0) + 1, size: point.size, root, epoch, at, day };
  await trx
    .insertInto('evidence_point')
    .values({ ...row, key_id: keyId, signature })
    .execute();
  if (day === '') return true;
  const line = { at: at as Instant, personId: 'system' as PersonId, action: DAY_ROOT };
  await writeAudit(trx, county, [{ ...line, caseId: null, note: `${point.size}:${root}` }]);
  return true;
}

/**
 * Brings the tree to the log's end and signs its root, when the log has moved since the last one or
 * no root of today is there yet; null when there is nothing to sign. Throws `EvidenceKeyLost`.
 */
export async function makePoint(
  deps: EvidenceDeps,
  goOn?: () => boolean,
): Promise<SignedPoint | null> {
  const { db, county } = deps;
  const size = await growTree(db, county, goOn);
  const at = deps.now();
  const today = toLocalDate(at);
  const day = (await hasDay(db, county, today)) ? '' : today;
  if (size === 0) return null;
  if (day === '' && (await newestPoint(deps))?.size === size) return null;
  const signer = await signerHere(deps);
  const epochs = db.selectFrom('epochs').select('id').where('county', '=', county);
  const { id: epoch } = await epochs.orderBy('n', 'desc').executeTakeFirstOrThrow();
  const said = { county, epoch, size, root: await rootAt(db, county, size), at };
  const unsigned = { ...said, keyId: signer.keyId };
  const point = { ...unsigned, signature: signer.sign(pointText(unsigned)) };
  const kept = await db.transaction().execute((trx) => keepPoint(trx, deps, { point, day }));
  return kept ? point : null;
}
