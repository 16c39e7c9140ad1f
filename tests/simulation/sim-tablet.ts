/** A tablet of the simulation: the real client functions over the real in-memory disk. */
import type { CaseId, EventId, Instant, PersonId } from '../../src/lib/domain/values.ts';
import { memoryTabletStore, TabletDisk } from '../../src/lib/ports/tablet-store-memory.ts';
import { firstSync, NO_ACT, type EventRow } from '../../src/lib/ports/tablet-store.ts';
import { cleanText } from '../../src/lib/protocol/canonical.ts';
import { eventHashSync, receiptInput, receiptOf } from '../../src/lib/protocol/hash.ts';
import type { ExchangeReply, WireMedia } from '../../src/lib/protocol/sync.ts';
import type { Asker } from '../../src/lib/server/sync/judge.ts';
import { blindAnswered } from '../../src/lib/tablet/blind-rows.ts';
import { buildRequest, planReply, scopeOf } from '../../src/lib/tablet/exchange-client.ts';
import { sealReply } from '../../src/lib/tablet/exchange-seal.ts';
import type { HeldRows } from '../../src/lib/tablet/exchange-sealed.ts';
import type { Flight } from '../../src/lib/tablet/exchange-types.ts';
import { casePlace, eventPlace } from '../../src/lib/tablet/places.ts';
import type { SealedCase, SealedEvent } from '../../src/lib/tablet/sealed-shapes.ts';
import { sentAgain } from '../../src/lib/tablet/sent-again.ts';
import { readyToSendAgain } from '../../src/lib/tablet/vault/reseal.ts';
import type { Vault } from '../../src/lib/tablet/vault.ts';
import { digest } from './county.ts';
import { isAccusation, SimVault, type SimCipher } from './sim-vault.ts';
import { Violation } from './world.ts';

/** Sealing is not what is looked at here: a sealed body is a token for the value in it. */
const contents = new WeakMap<Uint8Array, unknown>();
export const seal = (value: unknown): Uint8Array => {
  const token = new Uint8Array(1);
  contents.set(token, value);
  return token;
};
export const open = (token: Uint8Array): unknown => contents.get(token);
export const vault = {
  seal: async (value: unknown) => seal(value),
  open: async (token: Uint8Array) => open(token),
} as Partial<Vault> as Vault;

/** What a person saw as saved. */
export interface SavedEvent {
  readonly tablet: number;
  readonly personId: string;
  readonly caseId: string;
  readonly h: string;
  /** The county may keep it aside. */
  readonly refusable: boolean;
}

type Watch = (row: EventRow, now: EventRow | null) => void;

/** Rows that are looked at from outside: nobody takes away what is unsent or refused (S11). */
class WatchedRows extends Map<string, EventRow> {
  watch: Watch | null = null;
  override set(id: string, row: EventRow): this {
    const old = this.watch === null ? undefined : this.get(id);
    if (old !== undefined) this.watch?.(old, row);
    return super.set(id, row);
  }
  override delete(id: string): boolean {
    const old = this.watch === null ? undefined : this.get(id);
    if (old !== undefined) this.watch?.(old, null);
    return super.delete(id);
  }
}

export class WatchedDisk extends TabletDisk {
  override readonly events = new WatchedRows();
}

export interface SimTablet {
  readonly number: number;
  readonly owner: Asker;
  disk: WatchedDisk;
  /** Raised by every power cut: what was in flight belongs to another life. */
  life: number;
  inFlight: number;
  /** Seconds that this tablet's clock is off. */
  clock: number;
  /** The last answer that came in, as it was on the wire. */
  lastAnswer: string | null;
  /** Its vault, when it has keys. */
  readonly safe: SimVault | null;
  /** Somebody's window brings its sealed rows just now. */
  draining: boolean;
  /** What the county could not open today. */
  held: HeldRows | null;
  readonly sent: Set<string>;
  /** Disks of the last ticks, for the mutant whose writes are not strict. */
  readonly past: { readonly time: number; readonly disk: WatchedDisk }[];
}

/** Watches a disk: S11, and S4 at the moment when a row stops being ours to send again. */
export function watchDisk(disk: WatchedDisk, isBacked: (id: string, seq: number) => boolean): void {
  disk.events.watch = (old, row) => {
    if (row === null && (old.state === 'p' || old.state === 'q'))
      throw new Violation(`S11 ${old.id} was deleted in state ${old.state}`);
    const purged = old.state === 'a' && (row === null || row.state === 'f');
    if (purged && !isBacked(old.id, old.seq))
      throw new Violation(`S4 ${old.id} was purged and is in no checked copy`);
  };
}

export function newTablet(
  {
    number,
    owner,
    cipher,
    today,
  }: { number: number; owner: Asker; cipher: SimCipher | null; today(): number },
  disk: WatchedDisk,
): SimTablet {
  const safe =
    cipher && new SimVault({ cipher, id: `vault ${String(number)}`, today }, () => tablet.disk);
  const tablet: SimTablet = {
    ...{ number, owner, disk, life: 0, inFlight: 0, clock: 0, lastAnswer: null },
    ...{ safe, draining: false, held: null, sent: new Set<string>(), past: [] },
  };
  return tablet;
}

export function newDisk(dv: string): WatchedDisk {
  const disk = new WatchedDisk();
  disk.begin(firstSync(dv));
  return disk;
}

export function copyDisk(disk: WatchedDisk): WatchedDisk {
  const copy = new WatchedDisk();
  copy.record = disk.record;
  for (const [id, row] of disk.events) copy.events.set(id, row);
  for (const [id, row] of disk.cases) copy.cases.set(id, row);
  for (const [id, row] of disk.media) copy.media.set(id, row);
  for (const [id, row] of disk.slips) copy.slips.set(id, row);
  copy.events.watch = disk.events.watch;
  return copy;
}

export const saltOf = (disk: TabletDisk, caseId: string): string => {
  const record = disk.cases.get(caseId);
  return record === undefined ? '' : (open(record.body) as SealedCase).salt;
};

const saltHere = ({ safe, disk }: SimTablet, caseId: string): string => {
  const record = disk.cases.get(caseId);
  if (safe === null || record === undefined) return saltOf(disk, caseId);
  return (safe.read(record.body, casePlace(caseId)) as SealedCase).salt;
};

/** An event that somebody makes on a tablet. */
export interface Made {
  readonly caseId: string;
  /** Given for a case that begins here. */
  readonly salt: string | null;
  readonly id: string;
  readonly type: string;
  readonly v: number;
  readonly occurredAt: string;
  readonly payload: unknown;
  readonly refusable: boolean;
  /** A client that does not clean its words. */
  readonly unclean: boolean;
}

export interface Saved {
  readonly row: { readonly id: string; readonly caseId: string; readonly body: Uint8Array };
  readonly saved: SavedEvent;
}

/** The event as the tablet writes it, and what the oracle remembers of it. */
export function makeEvent(tablet: SimTablet, made: Made): Saved {
  const { caseId, id, type, v, unclean, refusable } = made;
  const salt = made.salt ?? saltHere(tablet, caseId);
  const occurredAt = made.occurredAt as Instant;
  const payload = unclean ? made.payload : cleanText(made.payload);
  const body = { id: id as EventId, caseId: caseId as CaseId, type, v, occurredAt, payload };
  const h = eventHashSync(digest, salt, body);
  const { personId } = tablet.owner;
  const saved = { tablet: tablet.number, personId, caseId, h, refusable };
  const { safe } = tablet;
  return { row: { id, caseId, body: bodyOf(safe, { body, h, salt }) }, saved };
}

/** An accusation is sealed for the county alone from its second event on; what came before, later. */
function bodyOf(safe: SimVault | null, { body, h, salt }: SealedEvent & { salt: string }) {
  if (safe === null) return seal({ body, h });
  const place = eventPlace(body.id);
  const blind = isAccusation(body.caseId) && body.type !== 'case.drafted';
  return blind
    ? safe.captureBlind(place, { body, h, salt })
    : safe.capture(place, { body, h, salt });
}

/** One strict save, sealed by now: its writing, which may be cut off. */
export function sealedSave(tablet: SimTablet, made: Made): () => SavedEvent | null {
  const { row, saved } = makeEvent(tablet, made);
  const { safe, disk } = tablet;
  const core = { salt: made.salt };
  const body = () => (safe ? safe.capture(casePlace(made.caseId), core) : seal(core));
  const act = {
    ...NO_ACT,
    events: [{ ...row, day: 20_612 }],
    cases: made.salt === null ? [] : [{ id: made.caseId, body: body() }],
  };
  return () => (disk.save(act).kind === 'saved' ? saved : null);
}

/** One strict save. */
export const saveEvent = (tablet: SimTablet, made: Made): SavedEvent | null =>
  sealedSave(tablet, made)();

export interface Out {
  readonly bytesMax: number;
  readonly feedBytesMax: number;
  readonly now: string;
  readonly media: readonly WireMedia[];
}

/** The next request of this tablet, as the real loop builds it. */
export function nextFlight(tablet: SimTablet, out: Out): Flight | null {
  const { disk, safe } = tablet;
  const sync = disk.record;
  if (sync === null) return null;
  const unsent = disk.eventsIn('p');
  // As the round of the product has it: what only the county opens goes another way, in its turn.
  const blind = safe === null ? -1 : unsent.findIndex(({ body }) => safe.isBlind(body));
  const pending = unsent.slice(0, blind < 0 ? unsent.length : blind).map((row) => {
    const sealed = safe ? safe.read(row.body, eventPlace(row.id)) : open(row.body);
    return { row, sealed: sealed as SealedEvent, salt: saltHere(tablet, row.caseId) };
  });
  return buildRequest({ ...out, sync, pending, build: 'sim', schema: 1 });
}

function receiptMatches(flight: Flight, reply: ExchangeReply): boolean {
  if (reply.kind === 'epoch') return true;
  const links = reply.results
    .filter(({ s }) => s === 'stored' || s === 'dup')
    .map(({ id }) => ({ id, h: flight.hashes.get(id) ?? '' }));
  return receiptOf(digest(receiptInput(links))) === reply.receipt;
}

/** Takes a verified answer in; one atomic step on the disk. True when it changed anything. */
export async function takeReply(
  { disk, safe }: SimTablet,
  { flight, reply, spareDv }: { flight: Flight; reply: ExchangeReply; spareDv: string },
): Promise<boolean> {
  const sync = disk.record;
  if (sync === null) return false;
  const keys = safe?.vault ?? vault;
  const again = sentAgain(reply, sync);
  if (safe && again) await readyToSendAgain({ store: memoryTabletStore(disk), vault: keys }, again);
  const sealed = await sealReply(keys, reply);
  const store = memoryTabletStore(disk);
  const blind = safe ? await blindAnswered({ store, vault: keys }) : new Set<string>();
  const inputs = {
    ...{ flight, reply, sealed, spareDv, day: 20_612, clockOffsetSeconds: 0, blind },
    receiptMatches: receiptMatches(flight, reply),
  };
  return disk.exchange(scopeOf(reply, sync, flight), (view) => planReply(view, inputs)) !== null;
}

/** The same person. */
export const asker = (name: string): Asker => ({ personId: name as PersonId, name });
