import type { EventRow, Position } from '../ports/tablet-store.ts';
import type { ExchangeReply, FeedEvent } from '../protocol/sync.ts';
import type { ReplyInputs } from './exchange-types.ts';
import type { Plan } from './exchange-plan.ts';
import { thinHistory } from './exchange-history.ts';

type Exchange = Extract<ExchangeReply, { kind: 'exchange' }>;

/** One page of the feed: rows and cursor together, in the order of the county's positions. */
export function applyFeed(plan: Plan, reply: Exchange, inputs: ReplyInputs): void {
  for (const row of reply.feed.rows) {
    if (row.k === 'event') {
      const body = inputs.sealed.cases.get(row.event.caseId);
      if (body) plan.touch(row.event.caseId, { body });
      copyOf(plan, row.event, inputs);
    } else if (row.k === 'enter') enter(plan, row, inputs);
    else if (row.k === 'leave') leave(plan, row.caseId);
    else adopt(plan, row, reply.epoch);
  }
  const { cursor } = reply.feed;
  const here: Position = [cursor.seq, cursor.tag];
  const moved = cursor.seq > 0 && cursor.seq !== plan.sync.cursor?.seq;
  plan.sync = {
    ...plan.sync,
    cursor,
    wit: cursor.seq > (plan.sync.wit?.[0] ?? 0) ? here : plan.sync.wit,
    hist: moved ? thinHistory(plan.sync.hist, here) : plan.sync.hist,
  };
}

/** Own events keep their row: an unsent one is acknowledged by its own answer, never by the feed. */
function copyOf(plan: Plan, e: FeedEvent, { sealed, reply, day }: ReplyInputs): void {
  const old = plan.row(e.id);
  // Also when it is a plain copy by now: its body holds the hash it would be offered with again.
  if (old && (old.state !== 'f' || old.dv !== '')) return;
  const body = sealed.bodies.get(e.id);
  if (!body) return;
  const copy: EventRow = {
    ...{ id: e.id, caseId: e.caseId, dv: '', ds: 0, state: 'f' },
    ...{ seq: e.seq, epoch: reply.epoch, tag: e.tag, bytes: body.length, day, body },
    note: null,
  };
  plan.put(copy);
}

/** The whole case as it stood: replaces what was copied before, never what is ours and unsafe. */
function enter(
  plan: Plan,
  row: { readonly caseId: string; readonly events: readonly FeedEvent[] },
  inputs: ReplyInputs,
): void {
  const wanted = new Set(row.events.map((e) => e.id));
  for (const r of plan.rowsOf(row.caseId)) if (r.state === 'f' && !wanted.has(r.id)) plan.remove(r);
  const body = inputs.sealed.cases.get(row.caseId);
  plan.touch(row.caseId, { left: 0, ...(body ? { body } : {}) });
  for (const e of row.events) copyOf(plan, e, inputs);
}

/** No longer for these eyes: copies go at once, ours stay until the county's backup holds them. */
function leave(plan: Plan, caseId: string): void {
  for (const r of plan.rowsOf(caseId)) if (r.state === 'f') plan.remove(r);
  plan.touch(caseId, { left: 1 });
  plan.dropCase(caseId);
}

/** What was put aside now stands in the log. */
function adopt(
  plan: Plan,
  row: { readonly id: string; readonly seq: number; readonly tag: string },
  epoch: string,
): void {
  const mine = plan.row(row.id);
  if (mine?.state === 'q') plan.put({ ...mine, state: 'a', seq: row.seq, tag: row.tag, epoch });
}
