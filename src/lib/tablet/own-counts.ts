/**
 * Own events of a case by state, kept in its record by the transaction that changes them: a list of
 * thousands of cases needs no look at their events.
 */
import type { CaseCounts, CaseRecord, EventRow, EventState } from '../ports/tablet-store.ts';

/** A case as it lies on the disk; `own` is missing only where the case has no own event. */
export interface StoredCase extends CaseRecord {
  readonly own?: CaseCounts;
}

const NONE: CaseCounts = { p: 0, a: 0, q: 0 };

/** What one transaction adds to the counts of each case. */
export class OwnChanges {
  private readonly byCase = new Map<string, CaseCounts>();

  /** One event of the case moves; null: it was not there before, or is gone after. */
  move(caseId: string, from: EventState | null, to: EventState | null): void {
    if (from === to) return;
    this.add(caseId, from, -1);
    this.add(caseId, to, 1);
  }

  /** The record with the changes of its case. */
  on<T extends StoredCase>(record: T): T {
    const change = this.byCase.get(record.id);
    if (!change) return record;
    const own = record.own ?? NONE;
    return { ...record, own: { p: own.p + change.p, a: own.a + change.a, q: own.q + change.q } };
  }

  private add(caseId: string, state: EventState | null, by: 1 | -1): void {
    if (state === null || state === 'f') return;
    const c = this.byCase.get(caseId) ?? NONE;
    this.byCase.set(caseId, { ...c, [state]: c[state] + by });
  }
}

/** What an answer's rows change, seen from the rows that stood there. */
export function ownChanges(
  before: ReadonlyMap<string, EventRow>,
  after: { readonly put: readonly EventRow[]; readonly remove: readonly string[] },
): OwnChanges {
  const last = new Map(after.put.map((r) => [r.id, r]));
  const gone = new Set(after.remove);
  const changes = new OwnChanges();
  for (const id of new Set([...last.keys(), ...gone])) {
    const was = before.get(id) ?? null;
    const is = gone.has(id) ? null : (last.get(id) ?? null);
    const caseId = (is ?? was)?.caseId;
    if (caseId !== undefined) changes.move(caseId, was?.state ?? null, is?.state ?? null);
  }
  return changes;
}

/** The counts of all cases that have own events. */
export const countsOf = (cases: readonly StoredCase[]): Map<string, CaseCounts> =>
  new Map(
    cases.flatMap(({ id, own }) => (own && own.p + own.a + own.q > 0 ? [[id, own] as const] : [])),
  );
