/**
 * What the receipts of a county are worth today: for every case the question that a receipt's page
 * asks, with its proof checked as the page checks it.
 */
import type { Kysely } from 'kysely';
import { provesContained, type Receipt } from '../../protocol/receipt.ts';
import { newestPoint } from '../evidence/points.ts';
import { standsToday } from '../evidence/receipts.ts';
import { sha256 } from '../evidence/tree.ts';
import { num } from '../store/rows.ts';
import type { CountyTables } from '../store/tables.ts';
import { say, type Findings } from './findings.ts';

const waiting = async (bytes: Uint8Array) => sha256(Uint8Array.from(bytes));

/** What a receipt over all entries of each case would say, without its signature. */
export async function receiptsNow(
  db: Kysely<CountyTables>,
  county: string,
): Promise<readonly Receipt[]> {
  const keyId = (await newestPoint({ db, county }))?.keyId ?? '';
  const leaves = db.selectFrom('evidence_leaf').selectAll().where('county', '=', county);
  const last = new Map<string, Receipt>();
  for (const { mark, entries, head } of await leaves.orderBy('seq').execute())
    last.set(mark, { keyId, mark, seconds: 0, entries: num(entries), head });
  return [...last.values()];
}

/** How the receipts stand. */
export interface ReceiptsSeen {
  readonly receipts: number;
  readonly contained: number;
  /** In the file, and not yet in a signed root. */
  readonly fresh: number;
}

/** Asks about each receipt; one that does not stand, or whose proof fails, is a finding. */
export async function verifyReceipts(
  { db, county }: { readonly db: Kysely<CountyTables>; readonly county: string },
  receipts: readonly Receipt[],
  findings: Findings,
): Promise<ReceiptsSeen> {
  const seen = { receipts: receipts.length, contained: 0, fresh: 0 };
  for (const receipt of receipts) {
    findings.attempts += 1;
    const answer = await standsToday({ db, county }, receipt);
    const name = `the receipt of ${receipt.entries} entries of case ${receipt.mark}`;
    if (answer.kind === 'fresh') seen.fresh += 1;
    else if (answer.kind !== 'contained')
      say(findings, `${name} stands in no file: ${answer.kind}`);
    else if (await provesContained(waiting, receipt, answer)) seen.contained += 1;
    else say(findings, `${name} is said to stand there, and the proof does not lead to the root`);
  }
  return seen;
}
