/**
 * What comes to a merged child is copied to its master, in the transaction that took it (K04).
 * Only what was appended here is looked at, so a push that comes again copies nothing again.
 */
import type { EventBody } from '../../domain/case-event.ts';
import type { CaseId } from '../../domain/values.ts';
import type { CountyTx } from '../../ports/county-store.ts';
import { asCaseEvent } from '../../ports/event-store.ts';
import { cleanText } from '../../protocol/canonical.ts';
import { eventHashSync } from '../../protocol/hash.ts';
import { COUNTY_DEVICE, type CountyDeps } from './deps.ts';
import type { Asker } from './judge.ts';
import type { Ledger } from './ledger.ts';

/** Masters may have been merged themselves; a longer chain, or a ring, ends here. */
const MASTERS_MAX = 8;

/** The case that is handled in the end; null when the chain leads nowhere. */
async function lastMaster(tx: CountyTx, ledger: Ledger, from: CaseId): Promise<CaseId | null> {
  const passed = new Set<CaseId>();
  let at = from;
  while (passed.size < MASTERS_MAX && !passed.has(at)) {
    passed.add(at);
    if (ledger.record(at) === null) ledger.learn(await tx.cases([at]));
    const record = ledger.record(at);
    if (record === null) return null;
    const next = record.file.mergedInto?.caseId;
    if (next === undefined) return at;
    at = next;
  }
  return null;
}

/** Appends the copies; call once per transaction, after the events that people brought. */
export async function mirrorToMasters<S extends Asker>(
  deps: CountyDeps<S>,
  tx: CountyTx,
  ledger: Ledger,
): Promise<void> {
  for (const row of ledger.appended()) {
    const child = ledger.record(row.caseId)?.file;
    const copy = child && deps.judge.mirror(child, asCaseEvent(row));
    if (!copy) continue;
    const caseId = await lastMaster(tx, ledger, copy.master);
    const master = caseId === null ? null : ledger.record(caseId);
    if (caseId === null || master === null || caseId === row.caseId || master.locked) continue;
    const body: EventBody<string> = {
      id: deps.clock.eventId(),
      caseId,
      type: copy.type,
      v: copy.v,
      occurredAt: ledger.now,
      payload: cleanText(copy.payload),
    };
    const h = eventHashSync(deps.digest, master.salt, body);
    // Whoever brought it to the child brought it to the matter: the copy carries his name.
    const { actor } = row;
    ledger.append({ body, h, actor, offset: 0, dv: COUNTY_DEVICE, ds: 0 }, master.salt);
  }
}
