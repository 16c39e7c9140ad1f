/** Three broken safeties for `--plant`; each must be found. Nothing of this is in the product. */
import { eventHash, receiptInput, receiptOf } from '../../src/lib/protocol/hash.ts';
import type { ExchangeReply, ExchangeRequest } from '../../src/lib/protocol/sync.ts';
import type { Transport } from '../../src/lib/ports/transport.ts';
import { browserDigest } from '../../src/lib/tablet/browser.ts';
import type { Vault } from '../../src/lib/tablet/vault.ts';
import type { Seams } from './headless-tablet.ts';

/** An ack that nobody gave: what a client believes that takes a broken connection for success. */
export async function forgedReply(request: ExchangeRequest): Promise<ExchangeReply> {
  const links: { id: string; h: string }[] = [];
  for (const { c, id, t, v, at, p } of request.events) {
    const { id: caseId = '', salt = '' } = request.cases[c] ?? {};
    const body = { id, caseId, type: t, v, occurredAt: at, payload: p };
    links.push({ id, h: await eventHash(browserDigest, salt, body as never) });
  }
  const epoch = request.cursor?.epoch ?? '';
  return {
    ...{ kind: 'exchange', epoch, head: 0, safe: 0, spreadSeconds: 0, minBuild: '' },
    ...{ now: request.now, missing: [] },
    results: links.map(({ id }) => ({ s: 'stored', id, seq: 1, tag: '', at: request.now })),
    receipt: receiptOf(await browserDigest(receiptInput(links))),
    feed: {
      ...{ from: request.cursor, rows: [], more: false },
      cursor: request.cursor ?? { epoch, seq: 0, tag: '' },
    },
  };
}

/** Broken safeties of one tablet; `armed` is set for its last exchange. */
export interface Planted extends Seams {
  armed: boolean;
}

/**
 * lost: a connection that breaks counts as delivered. Armed for the very last exchange only: before
 * that, the witnesses and the gap rule of PS/1 would find the hole and heal it.
 */
const trusting =
  (plant: { readonly armed: boolean }) =>
  (real: Transport): Transport => ({
    ...real,
    exchange: async (request) => {
      const outcome = await real.exchange(request);
      if (!plant.armed || outcome.kind !== 'offline') return outcome;
      return { kind: 'reply', reply: await forgedReply(request), bytes: 0 };
    },
  });

/**
 * altered: a "harmless" normalisation of drafts between the hand and the disk. Events are left
 * alone: there the receipt over both ends' hashes would stop everything.
 */
const tidying = (real: Vault): Vault => ({
  ...real,
  capture: (value, place) => real.capture(place.store === 'drafts' ? tidied(value) : value, place),
});

const tidied = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_key, member: unknown) =>
    typeof member === 'string' ? member.normalize('NFKC') : member,
  );

/** A tablet with both faults; doubling is done by the run, which takes some texts twice. */
export function plantedSeams(): Planted {
  const plant = { armed: false };
  return Object.assign(plant, { transport: trusting(plant), vault: tidying });
}
