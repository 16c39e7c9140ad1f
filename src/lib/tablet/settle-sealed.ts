/**
 * What the county has of work that travelled sealed: the rows of this vault that it names become
 * acknowledged, by an answer to a carried piece or by an ack file. The same rules as for a plain
 * answer hold, but for the note, which has to be sealed and waits for the feed: no key is needed.
 */
import type {
  EventRow,
  ExchangeChanges,
  ExchangeScope,
  ExchangeView,
  Position,
} from '../ports/tablet-store.ts';
import { Plan } from './exchange-plan.ts';

/** An event of ours in the county's log. */
export interface PlacedEvent {
  readonly dv: string;
  readonly ds: number;
  readonly id: string;
  readonly seq: number;
  readonly tag: string;
}

/** What somebody brought back from the county. */
export interface Settlement {
  readonly epoch: string;
  readonly safe: number;
  readonly items: readonly PlacedEvent[];
}

/** Rows that the plan has to see. */
export const settleScope = ({ items }: Settlement): ExchangeScope => ({
  ids: items.map(({ id }) => id),
  ...{ cases: [], own: false, all: false },
});

const isRowOf = (row: EventRow | undefined, item: PlacedEvent): row is EventRow =>
  row?.state === 'p' && row.dv === item.dv && row.ds === item.ds && item.seq > 0;

/**
 * Null when nothing is to be written: another history (the next unlocked exchange rewinds), or no row
 * that waits here. The highest place becomes a witness, so that a county that was put back is seen.
 */
export function planSettled(view: ExchangeView, settled: Settlement): ExchangeChanges | null {
  const { sync } = view;
  const { epoch } = settled;
  if (epoch === '' || (sync.epoch !== '' && sync.epoch !== epoch)) return null;
  const plan = new Plan(view);
  let top: Position | null = null;
  for (const item of settled.items) {
    const row = plan.row(item.id);
    if (!isRowOf(row, item)) continue;
    const { seq, tag } = item;
    plan.put({ ...row, state: 'a', seq, tag, epoch });
    if (seq > (top?.[0] ?? 0)) top = [seq, tag];
  }
  if (!top) return null;
  const safe = Math.max(sync.safe, settled.safe);
  // Beside the witness that is here, never in its place: nobody has looked at that one meanwhile, and
  // it may be the only one that knows of a history that was lost.
  plan.sync = { ...sync, epoch, safe, wits: [...sync.wits, top] };
  return plan.changes(false);
}

/** How many rows a change settles. */
export const settledRows = (changes: ExchangeChanges | null): number =>
  changes?.put.filter(({ state }) => state === 'a').length ?? 0;
