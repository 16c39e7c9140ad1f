/**
 * What must come to the same end when recorded traffic is asked again. Only what a county draws
 * anew may differ: tags and epochs are translated as the replay meets them.
 */
import { decodeFrame } from '../../src/lib/protocol/frame.ts';
import type { ExchangeReply, ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import { digest } from './traffic.ts';

/** A frame of version 1, or an error with its fault. */
export async function jsonOf(text: string): Promise<{ req: string; json: unknown }> {
  const frame = await decodeFrame(digest, text);
  if (!frame.ok) throw new Error(frame.error);
  return frame.value;
}

/** What must be the same: everything but tags, epochs and ids that the county draws itself. */
export function told(reply: ExchangeReply): unknown {
  if (reply.kind === 'epoch') return { kind: reply.kind, base: reply.base, head: reply.head };
  const { results, receipt, dsLast, head, missing, feed } = reply;
  return {
    ...{ receipt, dsLast, head, more: feed.more },
    missing: missing.map(({ sha, chunks, refused }) => ({ sha, chunks, refused })),
    results: results.map((result) => ({ ...result, ...('tag' in result ? { tag: '' } : {}) })),
    rows: feed.rows.map((row) => {
      if (row.k === 'leave') return row;
      if (row.k === 'enter') return { ...row, events: row.events.map(bare) };
      return row.k === 'event' ? { ...row, event: bare(row.event) } : { ...row, tag: '' };
    }),
  };
}
const bare = ({ id, dv, t, v, p, at, seq, actor }: { id: string } & Record<string, unknown>) => ({
  ...{ dv, t, v, p, at, seq, actor },
  id: dv === 'county' ? '' : id,
});

/** Tags and epochs of then, and what they are now. */
export class Translation {
  private readonly now = new Map<string, string>();

  learn(then: ExchangeReply, now: ExchangeReply): void {
    this.now.set(then.epoch, now.epoch);
    this.now.set(then.headTag ?? '', now.headTag ?? '');
    if (then.kind === 'epoch' || now.kind === 'epoch') return;
    this.now.set(then.feed.cursor.tag, now.feed.cursor.tag);
    for (const [i, result] of then.results.entries()) {
      const today = now.results[i];
      if ('tag' in result && today && 'tag' in today) this.now.set(result.tag, today.tag);
    }
  }

  request(request: ExchangeRequest): ExchangeRequest {
    const word = (text: string) => this.now.get(text) ?? text;
    const pair = ([seq, tag]: readonly [number, string]): [number, string] => [seq, word(tag)];
    const { cursor, wit, wits, hist } = request;
    return {
      ...request,
      cursor: cursor && { seq: cursor.seq, epoch: word(cursor.epoch), tag: word(cursor.tag) },
      ...{ wit: wit && pair(wit), wits: wits.map(pair), hist: hist.map(pair) },
    };
  }
}
