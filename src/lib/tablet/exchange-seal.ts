import type { Actor, Stamp } from '../domain/case-event.ts';
import type { CaseId, EventId, Instant } from '../domain/values.ts';
import type { ExchangeReply, FeedEvent, PushResult } from '../protocol/sync.ts';
import type { SealedReply } from './exchange-types.ts';
import { sealHeard } from './heard.ts';
import { casePlace, eventPlace, notePlace } from './places.ts';
import type { SealedCase, SealedEvent, SealedNote } from './sealed-shapes.ts';
import { RECORDS_PER_TURN, turn } from './turn.ts';
import type { Place } from './vault/body.ts';
import type { Vault } from './vault.ts';

/** What stands in the note of an own event after an answer; null when there is nothing to keep. */
export function noteOf(r: PushResult, h?: string): SealedNote | null {
  const covered = h === undefined ? {} : { h };
  if (r.s === 'stored')
    return { receivedAt: r.at, ...covered, ...(r.rule ? { rule: r.rule } : {}) };
  if (r.s === 'dup') return { receivedAt: r.at, ...covered };
  if (r.s === 'rejected') return { code: r.code };
  if (r.s === 'conflict') return { code: 'ID_REUSE' };
  return null;
}

/** A feed event as it is kept: body as it was hashed, stamp as the county gave it. */
export function sealedOfFeed(e: FeedEvent): SealedEvent {
  const stamp: Stamp = {
    seq: e.seq,
    receivedAt: e.receivedAt as Instant,
    actor: e.actor as Actor,
    clockOffsetSeconds: e.offset,
  };
  return {
    body: {
      ...{ id: e.id as EventId, caseId: e.caseId as CaseId, type: e.t, v: e.v },
      ...{ occurredAt: e.at as Instant, payload: e.p },
    },
    stamp,
  };
}

/** Everything of an answer that will be written, as values still to be sealed. */
export function sealable(
  reply: ExchangeReply,
  hashes: ReadonlyMap<string, string> = new Map(),
): {
  readonly notes: readonly [string, SealedNote][];
  readonly events: readonly [string, SealedEvent][];
  readonly cases: readonly [string, SealedCase][];
} {
  if (reply.kind === 'epoch') return { notes: [], events: [], cases: [] };
  const notes: [string, SealedNote][] = [];
  const events: [string, SealedEvent][] = [];
  const cases: [string, SealedCase][] = [];
  for (const r of reply.results) {
    const note = noteOf(r, hashes.get(r.id));
    if (note) notes.push([r.id, note]);
  }
  for (const row of reply.feed.rows) {
    if (row.k === 'event') {
      events.push([row.event.id, sealedOfFeed(row.event)]);
      if (row.salt !== undefined) cases.push([row.event.caseId, { salt: row.salt }]);
    } else if (row.k === 'enter') {
      for (const e of row.events) events.push([e.id, sealedOfFeed(e)]);
      cases.push([row.caseId, { salt: row.salt }]);
    }
  }
  return { notes, events, cases };
}

/** Seals an answer before the transaction that writes it. */
export async function sealReply(
  vault: Vault,
  reply: ExchangeReply,
  hashes?: ReadonlyMap<string, string>,
): Promise<SealedReply> {
  const { notes, events, cases } = sealable(reply, hashes);
  const all = async (
    list: readonly [string, unknown][],
    placeOf: (id: string) => Place,
  ): Promise<Map<string, Uint8Array>> => {
    const bodies = new Map<string, Uint8Array>();
    for (let at = 0; at < list.length; at += RECORDS_PER_TURN) {
      if (at > 0) await turn();
      const portion = list.slice(at, at + RECORDS_PER_TURN);
      const sealed = await Promise.all(
        portion.map(([id, value]) => vault.seal(value, placeOf(id))),
      );
      for (const [i, [id]] of portion.entries()) bodies.set(id, sealed[i] as Uint8Array);
    }
    return bodies;
  };
  return {
    notes: await all(notes, notePlace),
    bodies: await all(events, eventPlace),
    cases: await all(cases, casePlace),
    heard: await sealHeard(vault, reply.now),
  };
}
