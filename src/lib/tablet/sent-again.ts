import type { SyncRecord } from '../ports/tablet-store.ts';
import type { ExchangeReply } from '../protocol/sync.ts';
import { movedOn } from './exchange-client.ts';

/** Which own events an answer makes unsent again. */
export interface SentAgain {
  /** Events of the feed above this place of the log too; Infinity: none. */
  readonly base: number;
  /** Only from this place of the device's sequence on. */
  readonly dsFrom: number;
}

/** What a rewind or a hole in the device's sequence makes unsent again; null: nothing. */
export function sentAgain(reply: ExchangeReply, sync: Pick<SyncRecord, 'epoch'>): SentAgain | null {
  if (reply.kind === 'epoch') return { base: reply.base, dsFrom: 0 };
  if (movedOn(reply, sync)) return { base: 0, dsFrom: 0 };
  const gap = reply.results.find((r) => r.s === 'gap');
  return gap ? { base: Infinity, dsFrom: gap.need } : null;
}
