/** What one act of the desk adds to a second case, in the transaction of the first (K05). */
import type { Actor, EventBody } from '../../domain/case-event.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import type { CaseEvent } from '../../domain/events.ts';
import { assert, type CaseId, type EventId } from '../../domain/values.ts';
import type { CountyTx } from '../../ports/county-store.ts';
import { asCaseEvent } from '../../ports/event-store.ts';
import { cleanText } from '../../protocol/canonical.ts';
import { eventHashSync } from '../../protocol/hash.ts';
import { COUNTY_DEVICE, type CountyDeps } from './deps.ts';
import type { Asker } from './judge.ts';
import type { Ledger } from './ledger.ts';

/** An event for the other case; its id is derived from the press, so a second press adds none. */
export interface Beside {
  readonly caseId: CaseId;
  readonly id: EventId;
  readonly type: string;
  readonly payload: unknown;
}

/** Made from the first case as it stands after the act, with all its events; pure. */
export type MakeBeside = (file: CaseFile, events: readonly CaseEvent[]) => Beside | null;

/** Appends what `make` says; the case it names must exist, else nothing at all is written. */
export async function appendBeside<S extends Asker>(
  deps: CountyDeps<S>,
  under: { readonly tx: CountyTx; readonly ledger: Ledger },
  act: { readonly caseId: CaseId; readonly actor: Actor; readonly make: MakeBeside },
): Promise<void> {
  const { tx, ledger } = under;
  const first = ledger.record(act.caseId);
  if (first === null) return;
  const fresh = ledger.appended().filter(({ caseId }) => caseId === act.caseId);
  const stored = await tx.eventsOf(act.caseId, ledger.head().seq + 1);
  const events = [...stored, ...fresh].map((row) => asCaseEvent(row) as CaseEvent);
  const beside = act.make(first.file, events);
  if (beside === null || (await tx.known([beside.id])).has(beside.id)) return;
  const { caseId, id, type, payload } = beside;
  ledger.learn(await tx.cases([caseId]));
  const other = ledger.record(caseId);
  assert(other !== null, 'the second case of an act exists');
  const body: EventBody<string> = {
    ...{ id, caseId, type, v: 1, occurredAt: ledger.now },
    payload: cleanText(payload),
  };
  const h = eventHashSync(deps.digest, other.salt, body);
  const { actor } = act;
  const row = ledger.append({ body, h, actor, offset: 0, dv: COUNTY_DEVICE, ds: 0 }, other.salt);
  ledger.follow(caseId, deps.judge.followUps(ledger.file(caseId, other.salt), asCaseEvent(row)));
}
