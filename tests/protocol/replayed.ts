/**
 * What must come to the same end when recorded traffic is asked again. Only what a county draws
 * anew may differ: tags and epochs are translated as the replay meets them. Two things have changed
 * since version 1: an event of a type that the county cannot read is no longer refused but joins
 * the log unread, so every place behind it is one further; and an adopted event has its author with
 * the place of his grant, as every other event has, where then it had none.
 */
import { decodeFrame } from '../../src/lib/protocol/frame.ts';
import type { ExchangeReply, ExchangeRequest, FeedRow } from '../../src/lib/protocol/sync.ts';
import { digest } from './traffic.ts';

/** A frame of version 1, or an error with its fault. */
export async function jsonOf(text: string): Promise<{ req: string; json: unknown }> {
  const frame = await decodeFrame(digest, text);
  if (!frame.ok) throw new Error(frame.error);
  return frame.value;
}

/** What the county says of an event that it cannot read; then it refused it. */
const UNREAD: readonly unknown[] = ['UNKNOWN_TYPE', 'OPAQUE'];

/** What must be the same: everything but tags, epochs and ids that the county draws itself. */
export function told(reply: ExchangeReply, place = (seq: number): number => seq): unknown {
  const { head } = reply;
  if (reply.kind === 'epoch') return { kind: reply.kind, base: place(reply.base), head };
  const { results, receipt, dsLast, missing, feed } = reply;
  const placed = (row: FeedRow) => {
    if (row.k === 'event') return { ...row, event: bare(row.event, place) };
    const there = { ...row, seq: place(row.seq) };
    if (there.k === 'enter') return { ...there, events: there.events.map((e) => bare(e, place)) };
    return there.k === 'leave' ? there : { ...there, tag: '' };
  };
  return {
    ...{ receipt, dsLast, head, more: feed.more },
    missing: missing.map(({ sha, chunks, refused }) => ({ sha, chunks, refused })),
    results: results.map((result) =>
      'tag' in result ? { ...result, seq: place(result.seq), tag: '' } : result,
    ),
    rows: feed.rows.map(placed),
  };
}

type Told = { readonly id: string; readonly seq: number } & Record<string, unknown>;

function bare({ id, dv, t, v, p, at, seq, actor }: Told, place: (seq: number) => number): unknown {
  const said = p as { readonly code?: unknown };
  const unread = t === 'event.quarantined' && UNREAD.includes(said.code);
  const words = unread ? { ...said, code: '', reason: '' } : p;
  return { dv, t, v, at, actor, p: words, seq: place(seq), id: dv === 'county' ? '' : id };
}

/** What was said then, with the place of an agent where only today's county says it. */
function withPlaces(then: unknown, now: unknown): unknown {
  if (then === null || now === null || typeof then !== 'object' || typeof now !== 'object')
    return then;
  if (Array.isArray(then))
    return then.map((one: unknown, i) => withPlaces(one, (now as readonly unknown[])[i]));
  const today = now as Record<string, unknown>;
  const said = Object.entries(then).map(([name, one]) => [name, withPlaces(one, today[name])]);
  const isAgent = Reflect.get(then, 'code') === 'A' && 'personId' in then && !('areaCode' in then);
  const place = isAgent && 'areaCode' in today ? { areaCode: today['areaCode'] } : {};
  return { ...(Object.fromEntries(said) as object), ...place };
}

/** Tags, epochs and places of then, and what they are now. */
export class Translation {
  private readonly epochs = new Map<string, string>();
  /** By tag: the tag and the place that stand there now. */
  private readonly now = new Map<string, readonly [seq: number, tag: string]>();
  /** Places of events that were refused then and are in the log now. */
  private readonly joined = new Set<number>();

  learn(then: ExchangeReply, now: ExchangeReply): void {
    this.epochs.set(then.epoch, now.epoch);
    this.now.set(then.headTag ?? '', [now.head, now.headTag ?? '']);
    if (then.kind === 'epoch' || now.kind === 'epoch') return;
    this.now.set(then.feed.cursor.tag, [now.feed.cursor.seq, now.feed.cursor.tag]);
    for (const [i, result] of then.results.entries()) {
      const today = now.results[i];
      if ('tag' in result && today && 'tag' in today)
        this.now.set(result.tag, [today.seq, today.tag]);
      if (joins(result) && today && 'seq' in today) this.joined.add(today.seq);
    }
  }

  /** A place of then. */
  readonly place = (seq: number): number =>
    [...this.joined].sort((a, b) => a - b).reduce((at, other) => (at >= other ? at + 1 : at), seq);

  /** What today's county must say where it said `then`; asked after `learn`. */
  expected(then: ExchangeReply, now: ExchangeReply): unknown {
    const head = then.head + this.joined.size;
    const before = withPlaces(told({ ...then, head }, this.place), told(now));
    if (then.kind === 'epoch' || now.kind === 'epoch' || !then.results.some(joins)) return before;
    const today = told(now) as Outcomes;
    const results = (before as Outcomes).results.map((result, i) =>
      joins(result) ? today.results[i] : result,
    );
    // The receipt counts the event that joined.
    return { ...(before as Outcomes), results, receipt: now.receipt };
  }

  request(request: ExchangeRequest): ExchangeRequest {
    const pair = ([seq, tag]: readonly [number, string]): [number, string] => [
      ...(this.now.get(tag) ?? ([this.place(seq), tag] as const)),
    ];
    const { cursor, wit, wits, hist } = request;
    const [seq, tag] = pair([cursor?.seq ?? 0, cursor?.tag ?? '']);
    return {
      ...request,
      cursor: cursor && { seq, tag, epoch: this.epochs.get(cursor.epoch) ?? cursor.epoch },
      ...{ wit: wit && pair(wit), wits: wits.map(pair), hist: hist.map(pair) },
    };
  }
}

interface Outcomes {
  readonly results: readonly { readonly s: string; readonly code?: string }[];
}

const joins = (result: { readonly s: string; readonly code?: string }): boolean =>
  result.s === 'rejected' && result.code === 'UNKNOWN_TYPE';
