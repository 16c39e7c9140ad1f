/** A tablet of the simulation: the real client functions over the real in-memory disk. */
import type { CaseId, EventId, Instant } from '../../src/lib/domain/values.ts';
import { TabletDisk } from '../../src/lib/ports/tablet-store-memory.ts';
import { firstSync, NO_ACT, type EventRow } from '../../src/lib/ports/tablet-store.ts';
import { eventHashSync, receiptInput, receiptOf } from '../../src/lib/protocol/hash.ts';
import type { ExchangeReply } from '../../src/lib/protocol/sync.ts';
import { buildRequest, planReply, scopeOf } from '../../src/lib/tablet/exchange-client.ts';
import { sealReply } from '../../src/lib/tablet/exchange-seal.ts';
import type { Flight } from '../../src/lib/tablet/exchange-types.ts';
import type { SealedCase, SealedEvent } from '../../src/lib/tablet/sealed-shapes.ts';
import type { Vault } from '../../src/lib/tablet/vault.ts';
import { digest } from './county.ts';
import type { PlainAsker } from './plain-judge.ts';
import type { Mutant } from './world.ts';

const seal = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const open = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));
const vault = {
  seal: async (v: unknown) => seal(v),
  open: async (b: Uint8Array) => open(b),
} as Vault;

/** What a person saw as saved. */
export interface SavedEvent {
  readonly tablet: number;
  readonly caseId: string;
  readonly h: string;
  readonly bad: boolean;
}

export interface SimTablet {
  readonly owner: PlainAsker;
  disk: TabletDisk;
  /** Raised by every power cut: what was in flight belongs to another life. */
  life: number;
  inFlight: number;
  readonly sent: Set<string>;
  /** Disks of the last ticks, for the mutant whose writes are not strict. */
  readonly past: { readonly time: number; readonly disk: TabletDisk }[];
}

export function newTablet(owner: PlainAsker, dv: string): SimTablet {
  const disk = new TabletDisk();
  disk.begin(firstSync(dv));
  return { owner, disk, life: 0, inFlight: 0, sent: new Set(), past: [] };
}

export function copyDisk(disk: TabletDisk): TabletDisk {
  const copy = new TabletDisk();
  copy.record = disk.record;
  for (const [id, row] of disk.events) copy.events.set(id, row);
  for (const [id, row] of disk.cases) copy.cases.set(id, row);
  return copy;
}

const saltOf = (disk: TabletDisk, caseId: string): string => {
  const record = disk.cases.get(caseId);
  return record === undefined ? '' : (open(record.body) as SealedCase).salt;
};

export interface NewEvent {
  readonly caseId: string;
  /** Given for a case that begins here. */
  readonly salt: string | null;
  readonly id: string;
  readonly words: string;
  readonly bad: boolean;
}

/** One strict save; what it returns is what the oracle remembers. */
export function saveEvent(tablet: SimTablet, number: number, made: NewEvent): SavedEvent {
  const { disk } = tablet;
  const { caseId, id, words, bad } = made;
  const salt = made.salt ?? saltOf(disk, caseId);
  const type = made.salt === null ? 'visit.recorded' : 'case.drafted';
  const occurredAt = '2026-06-08T01:00:00Z' as Instant;
  const payload = bad ? { words, bad } : { words };
  const body = { id: id as EventId, caseId: caseId as CaseId, type, v: 1, occurredAt, payload };
  const h = eventHashSync(digest, salt, body);
  disk.save({
    ...NO_ACT,
    events: [{ id, caseId, day: 20_612, body: seal({ body, h }) }],
    cases: made.salt === null ? [] : [{ id: caseId, body: seal({ salt }) }],
  });
  return { tablet: number, caseId, h, bad };
}

/** The next request of this tablet, as the real loop builds it. */
export function nextFlight(
  tablet: SimTablet,
  bytesMax: number,
  mutant: Mutant | null,
): Flight | null {
  const { disk } = tablet;
  const sync = disk.record;
  if (sync === null) return null;
  const pending = disk.eventsIn('p').map((row) => {
    const sealed = open(row.body) as SealedEvent;
    return { row, sealed, salt: saltOf(disk, row.caseId) };
  });
  const flight = buildRequest({
    ...{ sync, pending, media: [], bytesMax, feedBytesMax: 1_500 },
    ...{ build: 'sim', schema: 1, now: '2026-06-08T01:00:00Z' },
  });
  if (mutant === 'deleteOnSend') for (const { id } of flight.request.events) disk.events.delete(id);
  if (mutant !== 'retryNewId') return flight;
  const again = flight.request.events.map((event) => {
    const id = tablet.sent.has(event.id) ? `r${tablet.sent.size}`.padEnd(22, 'r') : event.id;
    tablet.sent.add(event.id);
    return { ...event, id };
  });
  return { ...flight, request: { ...flight.request, events: again } };
}

function receiptMatches(flight: Flight, reply: ExchangeReply): boolean {
  if (reply.kind === 'epoch') return true;
  const links = reply.results
    .filter(({ s }) => s === 'stored' || s === 'dup')
    .map(({ id }) => ({ id, h: flight.hashes.get(id) ?? '' }));
  return receiptOf(digest(receiptInput(links))) === reply.receipt;
}

const acked = (row: EventRow, seq: number): EventRow => ({ ...row, state: 'a', seq });

/** What a careless client would do with an answer, or with none. */
export function careless(
  tablet: SimTablet,
  { flight, outcome }: { flight: Flight; outcome: 'html' | 'timeout' | ExchangeReply },
  mutant: Mutant | null,
): void {
  const { disk } = tablet;
  const rows = flight.request.events.flatMap(({ id }) => disk.events.get(id) ?? []);
  const waiting = rows.filter(({ state }) => state === 'p');
  const all =
    mutant === 'trust200'
      ? outcome === 'html'
      : mutant === 'ackBatch' && typeof outcome === 'object';
  if (all)
    for (const row of waiting) disk.events.set(row.id, acked(row, disk.record?.cursor?.seq ?? 1));
  if (mutant === 'dropOnTimeout' && outcome === 'timeout')
    for (const row of waiting) disk.events.delete(row.id);
  if (mutant === 'dropRejected') for (const row of disk.eventsIn('q')) disk.events.delete(row.id);
  if (mutant === 'purgeOnAck') for (const row of disk.eventsIn('a')) disk.events.delete(row.id);
}

/** Takes a verified answer in; one atomic step on the disk. */
export async function takeReply(
  tablet: SimTablet,
  { flight, reply, spareDv }: { flight: Flight; reply: ExchangeReply; spareDv: string },
  mutant: Mutant | null,
): Promise<void> {
  const { disk } = tablet;
  const sync = disk.record;
  if (sync === null) return;
  const sealed = await sealReply(vault, reply);
  const matches = receiptMatches(flight, reply);
  const inputs = { ...{ flight, reply, sealed, spareDv, day: 20_612 } };
  const rest = { receiptMatches: matches, clockOffsetSeconds: 0 };
  disk.exchange(scopeOf(reply, sync), (view) => planReply(view, { ...inputs, ...rest }));
  if (mutant === 'cursorFirst' && tablet.life % 2 === 1 && reply.kind === 'exchange')
    for (const row of reply.feed.rows) if (row.k === 'event') disk.events.delete(row.event.id);
}
