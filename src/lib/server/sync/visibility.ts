/**
 * Who sees which case: recomputed for one person at his own exchange, over the cases that changed
 * since the last time, or over all of them when his grants changed.
 *
 *     not open, may see   ─► `enter` mark, interval opens at its position
 *     not open, may see, the case began in this very exchange ─► interval from its first event
 *     open, may not see   ─► `leave` mark, interval closes at its position
 *     never open, may not see, but something of his joined it here ─► `leave` mark
 */
import type { CaseId } from '../../domain/values.ts';
import type { AccessRow, CountyTx, ViewerRow, WriteBatch } from '../../ports/county-store.ts';
import type { CountyDeps } from './deps.ts';
import type { Asker } from './judge.ts';
import type { Ledger } from './ledger.ts';

/** Positions the check may fall behind before it is written without another reason. */
const CHECK_WRITTEN_EVERY = 1_000;

interface Case {
  readonly caseId: CaseId;
  readonly open: AccessRow | undefined;
  readonly ever: boolean;
}

function turn<S extends Asker>(
  deps: CountyDeps<S>,
  { asker, ledger }: { asker: S; ledger: Ledger },
  { caseId, open, ever }: Case,
): AccessRow | null {
  const record = ledger.record(caseId);
  if (record === null) return null;
  const { personId } = asker;
  const reason = deps.judge.keepsFrom(asker, record.file, ledger.now);
  const begun = ledger.created().has(caseId);
  if (reason === null && open === undefined) {
    if (begun) return { personId, caseId, fromSeq: record.firstSeq, toSeq: null };
    const { seq } = ledger.mark({ kind: 'enter', caseId, personId, note: '' });
    return { personId, caseId, fromSeq: seq, toSeq: null };
  }
  // He recorded something in a case that he may not read and never could: the tablet hears it once.
  const unasked = ledger.touched().has(caseId) && !ever;
  if (reason !== null && (open !== undefined || unasked)) {
    const { seq } = ledger.mark({ kind: 'leave', caseId, personId, note: reason });
    return { personId, caseId, fromSeq: open?.fromSeq ?? seq, toSeq: seq };
  }
  return null;
}

/** Appends the marks to the ledger and says which intervals and which check to write. */
export async function refreshAccess<S extends Asker>(
  deps: CountyDeps<S>,
  tx: CountyTx,
  { asker, ledger }: { asker: S; ledger: Ledger },
): Promise<Pick<WriteBatch, 'access' | 'viewers'>> {
  const { personId } = asker;
  const grantsPrint = deps.judge.grantsPrint(asker, ledger.now);
  const viewer = await tx.viewer(personId);
  const sameGrants = viewer?.grantsPrint === grantsPrint;
  const candidates = await tx.candidates(personId, sameGrants ? viewer.checkedSeq : 0);
  const cases = [...new Set([...candidates, ...ledger.touched()])];
  const behind = ledger.head().seq - (viewer?.checkedSeq ?? 0);
  if (cases.length === 0 && sameGrants && behind < CHECK_WRITTEN_EVERY) return {};

  ledger.learn(await tx.cases(cases.filter((caseId) => ledger.record(caseId) === null)));
  const rows = await tx.accessOf(personId, cases);
  const access: AccessRow[] = [];
  for (const caseId of cases) {
    const own = rows.filter((row) => row.caseId === caseId);
    const open = own.find(({ toSeq }) => toSeq === null);
    const row = turn(deps, { asker, ledger }, { caseId, open, ever: own.length > 0 });
    if (row !== null) access.push(row);
  }
  const checked: ViewerRow = { personId, checkedSeq: ledger.head().seq, grantsPrint };
  return { access, viewers: [checked] };
}
