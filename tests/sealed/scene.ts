/** A county with intake keys in memory, and locked tablets whose rows it takes in. */
import { textBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { eventHashSync, toBase64Url } from '../../src/lib/protocol/hash.ts';
import type { CopiedEvent } from '../../src/lib/protocol/sealed-event.ts';
import type { SealedPush } from '../../src/lib/protocol/sealed-rows.ts';
import { slipAbroad } from '../../src/lib/protocol/slip.ts';
import {
  newEnvelope,
  sealCopy,
  type Envelope,
  type Recipient,
} from '../../src/lib/protocol/sealed.ts';
import type { ExchangeReply, ExchangeRequest, WireEvent } from '../../src/lib/protocol/sync.ts';
import { CopyOpener } from '../../src/lib/server/intake-keys/open-copies.ts';
import { intakeRecipients, type KeyRing } from '../../src/lib/server/intake-keys/key-ring.ts';
import { newKeyPair } from '../../src/lib/protocol/hpke.ts';
import type { CountyDeps } from '../../src/lib/server/sync/deps.ts';
import type { Asker } from '../../src/lib/server/sync/judge.ts';
import { exchange } from '../../src/lib/server/sync/exchange.ts';
import { takeSealed } from '../../src/lib/server/sync/sealed-intake.ts';
import { countyInMemory, digest, person } from '../simulation/county.ts';

/** Sixteen bytes in print: the last letter has only two bits. */
export const id = (name: string): string => `${name.padEnd(21, '_')}A`;

/** A key ring in memory with one intake key. */
export async function ringInMemory(keyId = 'intake-1'): Promise<KeyRing> {
  const { publicKey, privateKey } = await newKeyPair();
  const from = '2026-01-01T00:00:00.000Z';
  const key = { keyId, publicKey: toBase64Url(publicKey), privateKey: { ...privateKey }, from };
  return { v: 1, keys: [key] };
}

export interface Row {
  readonly ds: number;
  readonly t?: string;
  readonly id?: string;
  readonly caseName?: string;
  readonly said?: string;
  readonly payload?: unknown;
  /** Person whom the copy names inside; an older program named none. */
  readonly by?: string;
}

export const eventOf = ({
  ds,
  t = 'visit.recorded',
  id: name,
  caseName = 'A',
  said,
  payload = { said: said ?? `第${ds}条` },
}: Row) => ({
  ...{ id: id(name ?? `e${ds}`), caseId: id(`case${caseName}`), type: t, v: 1 },
  ...{ occurredAt: '2026-06-08T00:59:00Z', payload },
});

/** The row as a locked tablet has it: under its envelope, by its place. */
export async function sealRow(envelope: Envelope, dv: string, row: Row) {
  const body = eventOf(row);
  const salt = id(`salt${row.caseName ?? 'A'}`);
  const h = eventHashSync(digest, salt, body as never);
  const inside: CopiedEvent = { body, salt, h, ...(row.by ? { by: row.by } : {}) };
  const bytes: Bytes = textBytes(JSON.stringify(inside));
  const copy = await sealCopy(envelope, { kind: 'event', id: body.id }, bytes);
  return { dv: id(dv), ds: row.ds, id: body.id, copy: toBase64Url(copy) };
}

export async function sealedPush(
  recipients: readonly Recipient[],
  dv: string,
  rows: readonly Row[],
): Promise<SealedPush> {
  const envelope = await newEnvelope(recipients);
  const sealed = await Promise.all(rows.map((row) => sealRow(envelope, dv, row)));
  return { slips: [slipAbroad(envelope.slip)], rows: sealed };
}

export const wireOf = (row: Row): WireEvent => {
  const { id: eventId, type: t, v, occurredAt: at, payload: p } = eventOf(row);
  return { c: 0, ds: row.ds, id: eventId, t, v, at, p };
};

export const asked = (more: Partial<ExchangeRequest> = {}): ExchangeRequest => ({
  ...{ proto: 2, build: 'test', schema: 1, dv: id('dvA'), dsHi: 0, now: '2026-06-08T01:00:00Z' },
  ...{ cursor: null, wit: null, wits: [], hist: [], cases: [], events: [], media: [] },
  feedBytesMax: 64_000,
  ...more,
});

export const wang = person('wang');
export const li = person('li');

/** A county where wang has enrolled `dvA` and li `dvB`; the ring can be changed under its feet. */
export async function sealedCounty(more: Partial<CountyDeps<Asker>> = {}) {
  const { deps: plain, store } = await countyInMemory();
  let ring = await ringInMemory();
  const people = [wang, li];
  const deps: typeof plain = {
    ...plain,
    ...more,
    sealed: {
      opener: async () => new CopyOpener(ring),
      askerOf: async (personId) => people.find((one) => one.personId === personId) ?? null,
    },
  };
  const trade = async (request: Partial<ExchangeRequest>, who = wang) => {
    const done = await exchange(deps, who, asked(request));
    if (!done.ok || done.value.reply.kind !== 'exchange') throw new Error('no exchange');
    return done.value.reply as Extract<ExchangeReply, { kind: 'exchange' }>;
  };
  await trade({ dv: id('dvA') }, wang);
  await trade({ dv: id('dvB') }, li);
  return {
    ...{ deps, store, trade },
    recipients: () => intakeRecipients(ring),
    setRing: (next: KeyRing) => void (ring = next),
    ring: () => ring,
    take: async (push: SealedPush, who = li) => {
      const taken = await takeSealed(deps, who, push);
      if (!taken) throw new Error('no sealed work is taken in here');
      return taken.answer;
    },
    log: () => store.log(plain.county).filter((row) => row.kind === 'event'),
  };
}
