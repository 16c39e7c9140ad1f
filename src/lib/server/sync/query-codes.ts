/**
 * Two tablets may, once in a very long while, print the same query code. The papers are out, so
 * the code stays; the later case gets the domain's answer (a suffix that the villager is told).
 */
import type { CaseId } from '../../domain/values.ts';
import type { CountyTx } from '../../ports/county-store.ts';
import type { CountyDeps } from './deps.ts';
import type { Asker } from './judge.ts';
import type { Ledger } from './ledger.ts';

/** Looks at every case that got its query code in this transaction. */
export async function meetQueryCodes<S extends Asker>(
  deps: CountyDeps<S>,
  tx: CountyTx,
  ledger: Ledger,
): Promise<void> {
  const mine = new Map<string, CaseId[]>();
  for (const caseId of ledger.touched()) {
    const code = ledger.record(caseId)?.columns.queryCode;
    if (code === undefined || code === null) continue;
    mine.set(code, [...(mine.get(code) ?? []), caseId]);
  }
  for (const [code, cases] of mine) {
    const stored = await tx.caseByQueryCode(code);
    for (const [index, caseId] of cases.entries()) {
      if (stored.includes(caseId)) continue;
      const others = stored.length + index;
      const file = ledger.record(caseId)?.file;
      if (others > 0 && file !== undefined)
        ledger.follow(caseId, deps.judge.queryCodeMet(file, others));
    }
  }
}
