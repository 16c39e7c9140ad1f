/**
 * 回执: what the county signs for a villager about the file of his case, and whether that still
 * stands in it today. Both read the words themselves again: a file that was altered is not signed,
 * and its receipts no longer hold.
 */
import type { CaseId } from '../../domain/values.ts';
import { fromBase64Url } from '../../protocol/bytes.ts';
import { toBase64Url } from '../../protocol/hash.ts';
import { inclusionPath } from '../../protocol/merkle.ts';
import {
  caseMark,
  printReceipt,
  RECEIPT_ENTRIES_MAX,
  receiptBody,
  receiptText,
  verifyReceipt,
  type Receipt,
  type ReceiptAnswer,
} from '../../protocol/receipt.ts';
import { isItsHash } from '../jobs/verify-log.ts';
import { logFromTable, num } from '../store/rows.ts';
import { keysOf, newestPoint, signerHere, type EvidenceDeps } from './points.ts';
import { growTree, leavesOf, readTree, sha256 } from './tree.ts';

/** A county's database. */
export type Place = Pick<EvidenceDeps, 'db' | 'county'>;

const waiting = async (bytes: Uint8Array) => sha256(Uint8Array.from(bytes));

/** The entries of a case, computed again from their words up to the first that was altered. */
async function soundLeaves({ db, county }: Place, caseId: string) {
  const of = db.selectFrom('log').selectAll().where('county', '=', county);
  const rows = await of.where('case_id', '=', caseId).orderBy('seq').execute();
  const cases = db.selectFrom('cases').select('salt').where('county', '=', county);
  const salt = (await cases.where('case_id', '=', caseId).executeTakeFirst())?.salt ?? '';
  const bent = rows.findIndex((row) => !isItsHash(logFromTable(row), salt));
  if (bent >= 0) console.error(`case ${caseId}: entry ${num(rows[bent]?.seq ?? 0)} was altered`);
  const sound = bent < 0 ? rows : rows.slice(0, bent);
  return { rows: sound, leaves: leavesOf(sound, new Map()), whole: bent < 0 };
}

/** What the tree has of a case after so many entries. */
async function leafAt({ db, county }: Place, mark: string, entries: number) {
  const of = db.selectFrom('evidence_leaf').selectAll().where('county', '=', county);
  return of.where('mark', '=', mark).where('entries', '=', entries).executeTakeFirst();
}

/** Which case, and whether it may tell how far it went. */
export interface ReceiptFor {
  readonly caseId: CaseId;
  /** Of a sealed case a receipt covers its arrival only: it shows nothing of what came after. */
  readonly sealed: boolean;
}

/**
 * A signed receipt over the case's file as it is now; null when the county has nothing of it, or when
 * the file is not what the tree says: what was altered is not signed.
 */
export async function makeReceipt(
  deps: EvidenceDeps,
  { caseId, sealed }: ReceiptFor,
): Promise<string | null> {
  const { rows, leaves, whole } = await soundLeaves(deps, caseId);
  const arrival = Math.max(
    0,
    rows.findIndex(({ type }) => type === 'case.received'),
  );
  const last = (sealed ? leaves.slice(0, arrival + 1) : leaves).at(-1);
  if (!whole || last === undefined) return null;
  const { mark, entries, head } = last;
  if (num(entries) > RECEIPT_ENTRIES_MAX) return null;
  const known = await leafAt(deps, mark, num(entries));
  if (known !== undefined && known.head !== head) {
    console.error(
      `case ${caseId}: its file is not what the tree of the log says; nothing is signed`,
    );
    return null;
  }
  const signer = await signerHere(deps);
  const seconds = Math.floor(Date.parse(deps.now()) / 1000);
  const said: Receipt = { keyId: signer.keyId, mark, seconds, entries: num(entries), head };
  const body = receiptBody(said);
  const signature = fromBase64Url(signer.sign(receiptText(body))) ?? new Uint8Array();
  return printReceipt(body, signature);
}

/** Not there: because the county was put back from a copy since, or for no reason that it knows. */
async function notThere({ db, county }: Place, { seconds }: Receipt): Promise<ReceiptAnswer> {
  const epochs = db.selectFrom('epochs').select('at').where('county', '=', county);
  const since = new Date(seconds * 1000).toISOString();
  const row = await epochs.where('n', '>', 1).where('at', '>', since).executeTakeFirst();
  return row === undefined ? { kind: 'missing' } : { kind: 'restored', at: row.at };
}

/**
 * Whether a receipt's entries stand in the file today, with the proof; that the receipt itself is
 * the county's is for the caller to say.
 */
export async function standsToday(deps: Place, receipt: Receipt): Promise<ReceiptAnswer> {
  const { db, county } = deps;
  const { mark, entries, head } = receipt;
  await growTree(db, county);
  const leaf = await leafAt(deps, mark, entries);
  if (leaf?.head !== head) return notThere(deps, receipt);
  const position = num(leaf.seq) - 1;
  const log = db.selectFrom('log').select('case_id').where('county', '=', county);
  const row = await log.where('seq', '=', num(leaf.seq)).executeTakeFirst();
  if (row === undefined || caseMark(sha256, row.case_id) !== mark) return { kind: 'missing' };
  const { leaves } = await soundLeaves(deps, row.case_id as CaseId);
  const today = leaves[entries - 1];
  if (today?.head !== head || num(today.seq) !== num(leaf.seq)) return { kind: 'missing' };
  const point = await newestPoint(deps);
  if (point === null || point.size <= position) return { kind: 'fresh' };
  const tree = await readTree(db, county, [position, point.size - 1]);
  const path = inclusionPath(tree, position, point.size).map(toBase64Url);
  return { kind: 'contained', position, path, point, keys: await keysOf(db, county) };
}

/** Answers about a printed receipt; one that the county did not sign stands nowhere. */
export async function checkReceipt(deps: Place, text: string): Promise<ReceiptAnswer> {
  const verdict = await verifyReceipt(waiting, text, await keysOf(deps.db, deps.county));
  return verdict.kind === 'signed' ? standsToday(deps, verdict.receipt) : { kind: 'missing' };
}
