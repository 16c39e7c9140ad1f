import type { EventRow, ExchangeChanges, ExchangeView, SyncRecord } from '../ports/tablet-store.ts';

/** Collects what one answer changes, with reads that already see the changes before them. */
export class Plan {
  sync: SyncRecord;
  readonly left: Set<string>;
  private readonly now: Map<string, EventRow>;
  private readonly written = new Set<string>();
  private readonly removed = new Set<string>();
  private readonly before: ReadonlyMap<string, EventRow>;
  private readonly settled: EventRow[] = [];
  private readonly touched = new Map<string, { body?: Uint8Array; left?: 0 | 1 }>();
  private readonly goneCases = new Set<string>();
  private readonly keptCases = new Set<string>();

  constructor(view: ExchangeView) {
    this.sync = view.sync;
    this.left = new Set(view.left);
    this.before = view.rows;
    this.now = new Map(view.rows);
  }

  row(id: string): EventRow | undefined {
    return this.now.get(id);
  }

  all(): EventRow[] {
    return [...this.now.values()];
  }

  rowsOf(caseId: string): EventRow[] {
    return this.all().filter((r) => r.caseId === caseId);
  }

  put(row: EventRow): void {
    this.now.set(row.id, row);
    this.written.add(row.id);
    this.removed.delete(row.id);
    this.touch(row.caseId);
  }

  /** Copies only; a row in p or q stays whatever the caller thinks (S11). */
  remove(row: EventRow): void {
    if (row.state === 'p' || row.state === 'q') return;
    // Acknowledged and removed by one answer: the store has to see the first before the second.
    const was = this.before.get(row.id)?.state;
    if (was === 'p' || was === 'q') this.settled.push(row);
    this.now.delete(row.id);
    this.written.delete(row.id);
    this.removed.add(row.id);
    this.touch(row.caseId);
  }

  touch(caseId: string, change: { body?: Uint8Array; left?: 0 | 1 } = {}): void {
    this.touched.set(caseId, { ...this.touched.get(caseId), ...change });
    if (change.left === 1) this.left.add(caseId);
    if (change.left === 0) this.left.delete(caseId);
  }

  /** The case record goes only when no row of it is left. */
  dropCase(caseId: string): void {
    this.goneCases.add(caseId);
  }

  /** It stays without rows, too: its line is all that is left of it here. */
  keepCase(caseId: string): void {
    this.keptCases.add(caseId);
  }

  changes(mediaAgain: boolean): ExchangeChanges {
    const emptied = [...this.goneCases].filter(
      (id) => !this.keptCases.has(id) && this.rowsOf(id).length === 0,
    );
    return {
      sync: this.sync,
      put: [...this.settled, ...[...this.written].flatMap((id) => this.now.get(id) ?? [])],
      remove: [...this.removed],
      touch: [...this.touched].map(([id, change]) => ({ id, ...change })),
      removeCases: emptied,
      mediaAgain,
    };
  }
}
