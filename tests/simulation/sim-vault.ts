/**
 * A keyed vault without ciphers: the bodies have the real shape and open for whom the real ones would
 * open, in their place, unchanged. What is inside lies beside them, where only that rule leads to it.
 *
 * Slips look alike, as the real ones (`envelopes.ts`): each names all keys and has the vault's own box,
 * whichever of them opens it; cases are spread over several envelopes of either kind.
 */
import type { TabletDisk } from '../../src/lib/ports/tablet-store-memory.ts';
import { fromBase64Url, textBytes, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { COPY_OVERHEAD, envelopeOf, type CopyPlace } from '../../src/lib/protocol/sealed.ts';
import { COPY_VERSION, type Slip } from '../../src/lib/protocol/slip.ts';
import { fail, ok, type Result } from '../../src/lib/domain/values.ts';
import { CopyOpener, type CopyFault } from '../../src/lib/server/intake-keys/open-copies.ts';
import {
  isLocked,
  UnreadableBody,
  type BlindHand,
  type Vault,
} from '../../src/lib/tablet/vault.ts';
import type { SealedEvent } from '../../src/lib/tablet/sealed-shapes.ts';
import { VAULT_JSON, type Place } from '../../src/lib/tablet/vault/body.ts';
import { ENVELOPES_AT_ONCE } from '../../src/lib/tablet/vault/envelopes.ts';

interface Written {
  readonly body: Uint8Array;
  readonly place: string;
  readonly value: unknown;
  /** Whose keys open it on a tablet. */
  readonly vaultId: string;
}

const NONCE_BYTES = 12;
/** Any box: nobody looks into it here. */
const BOX = 'A'.repeat(43);
const HEX_LETTERS = 22;

/** What was sealed in one history. */
export class SimCipher {
  private readonly written: Written[] = [];
  /** Vault of each envelope. */
  readonly envelopes = new Map<string, string>();
  /** Keys of the county that open it; the other boxes of its slip are fillers. */
  private readonly opening = new Map<string, ReadonlySet<string>>();

  /** A slip for an envelope of that vault that names these keys of the county; `fillers`: none opens. */
  slip(vaultId: string, keyIds: readonly string[], fillers = false): Slip {
    const id = `${`s${String(this.envelopes.size)}`.padEnd(HEX_LETTERS - 1, '_')}A`;
    this.envelopes.set(id, vaultId);
    this.opening.set(id, new Set(fillers ? [] : keyIds));
    const wraps = keyIds.map((keyId) => ({ kind: 'intake' as const, keyId, box: BOX }));
    return { v: 1, id, wraps, own: BOX };
  }

  /** Whether one of these keys opens the slip. */
  opens(slip: Slip, atHand: ReadonlySet<string>): boolean {
    const opening = this.opening.get(slip.id);
    return slip.wraps.some(({ keyId }) => atHand.has(keyId) && opening?.has(keyId));
  }

  /** A body for that place, in an envelope or under the vault's own key (null). */
  write(of: Omit<Written, 'body'>, envelope: string | null): Uint8Array {
    const head = envelope === null ? 1 : COPY_OVERHEAD - NONCE_BYTES - 16;
    const body = new Uint8Array(head + NONCE_BYTES + 16).fill(this.written.length & 0xff);
    body[0] = envelope === null ? VAULT_JSON : COPY_VERSION;
    if (envelope !== null) body.set(fromBase64Url(envelope) ?? [], 1);
    new DataView(body.buffer).setUint32(head, this.written.length);
    this.written.push({ ...of, body });
    return body;
  }

  /** What a body is, when not one bit of it was changed. */
  find(body: Uint8Array): Written | null {
    const head = body[0] === COPY_VERSION ? COPY_OVERHEAD - NONCE_BYTES - 16 : 1;
    if (body.length !== head + NONCE_BYTES + 16) return null;
    const at = new DataView(body.buffer, body.byteOffset).getUint32(head);
    const found = this.written[at];
    return found !== undefined && Buffer.compare(found.body, body) === 0 ? found : null;
  }
}

const placeOf = ({ store, id }: Place): string => `${store}/${id}`;
/** The same event on both sides of the wire. */
const copyPlaceOf = ({ kind, id }: CopyPlace): string => `${kind}s/${id}`;

/** The county's half: opens with the keys that it has now. */
export class SimOpener extends CopyOpener {
  private readonly here = new Map<string, Slip>();
  private readonly cipher: SimCipher;
  private readonly atHand: ReadonlySet<string>;

  constructor(cipher: SimCipher, keys: ReadonlySet<string>) {
    super({ v: 1, keys: [] });
    this.cipher = cipher;
    this.atHand = keys;
  }

  override know(slip: Slip): boolean {
    this.here.set(slip.id, this.here.get(slip.id) ?? slip);
    return true;
  }

  override async open(place: CopyPlace, copy: Uint8Array): Promise<Result<Bytes, CopyFault>> {
    const slip = this.here.get(envelopeOf(copy) ?? '');
    if (slip === undefined) return fail('NO_SLIP');
    if (!this.cipher.opens(slip, this.atHand)) return fail('NO_KEY');
    const found = this.cipher.find(copy);
    if (found?.place !== copyPlaceOf(place)) return fail('UNREADABLE');
    return ok(textBytes(JSON.stringify(found.value)));
  }
}

/** Null where a lock came in the middle. */
export function unlessLocked<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (isLocked(error)) return null;
    throw error;
  }
}

class Locked extends Error {
  readonly code = 'LOCKED';
}

/**
 * `open`: reads and writes; `locked`: the sealers of this unlock still write; `closed`: after a power
 * cut nothing is at hand, not even for writing.
 */
export type VaultState = 'open' | 'locked' | 'closed';

/** Whose envelopes no tablet opens. */
export const COUNTY_ALONE = '';
/** Cases of these numbers are accusations: what is said in them is sealed for the county alone. */
const ACCUSATIONS = 5;
export const isAccusation = (caseId: string): boolean =>
  Number(/\d+/.exec(caseId)?.[0] ?? 1) % ACCUSATIONS === 0;

const caseOf = (value: unknown): string => (value as SealedEvent).body.caseId;

/** Cases over the envelopes of one kind: one case, one envelope, as `Spread` of the product. */
class Envelopes {
  private readonly places = new Map<string, number>();
  private readonly slips: (Slip | undefined)[] = [];

  get first(): Slip | null {
    return this.slips[0] ?? null;
  }

  begin(make: () => Slip): void {
    this.slips[0] = make();
  }

  /** The envelope of a case; where `make` cannot begin it, the first. */
  of(caseId: string, make: () => Slip | null): Slip | null {
    const at = this.places.get(caseId) ?? this.places.size % ENVELOPES_AT_ONCE;
    this.places.set(caseId, at);
    const slip = this.slips[at] ?? make();
    if (slip === null) return this.first;
    this.slips[at] = slip;
    return slip;
  }
}

/** The vault of one tablet over its many unlocks. */
export class SimVault {
  /** Changes with the disk: another tablet's image brings its vault along. */
  id: string;
  state: VaultState = 'closed';
  /** Its owner has lost card and sentence; the county opens it at the end. */
  forgotten = false;
  /** So many messages from now it locks in the middle of what is going on; 0 does not. */
  lockIn = 0;
  private readonly cipher: SimCipher;
  /** Keys of the county that this unlock seals to. */
  private keyIds: readonly string[] = [];
  /** Of this unlock, each begun when the first case wants it. */
  private county: Envelopes = new Envelopes();
  private blindOnes: Envelopes = new Envelopes();
  private own: Slip | null = null;
  /** Of these this unlock knows whether the vault has a key of its own. */
  private readonly asked = new Set<string>();
  private readonly disk: () => TabletDisk;
  private readonly today: () => number;

  constructor(of: { cipher: SimCipher; id: string; today(): number }, disk: () => TabletDisk) {
    this.cipher = of.cipher;
    this.id = of.id;
    this.today = of.today;
    this.disk = disk;
  }

  unlock(keyIds: readonly string[]): void {
    this.keyIds = keyIds;
    this.asked.clear();
    [this.county, this.blindOnes] = [new Envelopes(), new Envelopes()];
    this.state = 'open';
    this.lockIn = 0;
    this.own = this.made(this.id, true);
    this.county.begin(() => this.made(this.id));
    for (const slip of [this.county.first, this.own]) if (slip) this.keepSlip(slip);
  }

  /** What this unlock makes it knows, also after the lock. */
  private made(vaultId: string, fillers = false): Slip {
    const slip = this.cipher.slip(vaultId, this.keyIds, fillers);
    this.asked.add(slip.id);
    return slip;
  }

  /** The slip is on the disk with today's date before anything lies in its envelope today. */
  private keepSlip(slip: Slip): void {
    this.disk().slips.set(slip.id, { ...slip, day: this.today(), files: false });
  }

  private written(slip: Slip | null, of: Omit<Written, 'body'>): Uint8Array {
    if (this.state === 'closed' || slip === null) throw new Locked();
    this.keepSlip(slip);
    return this.cipher.write(of, slip.id);
  }

  /** An own event or case, also while it is locked. */
  capture(place: Place, value: unknown): Uint8Array {
    const of = { place: placeOf(place), value, vaultId: this.id };
    if (place.store !== 'events') return this.written(this.own, of);
    // The worker makes its key: where it is locked meanwhile, what was begun serves.
    const begun = (): Slip | null =>
      unlessLocked(() => {
        this.message();
        return this.made(this.id);
      });
    return this.written(this.county.of(caseOf(value), begun), of);
  }

  /** For the county alone, also while it is locked. */
  captureBlind(place: Place, value: unknown): Uint8Array {
    if (this.state === 'closed') throw new Locked();
    const of = { place: placeOf(place), value, vaultId: COUNTY_ALONE };
    return this.written(
      this.blindOnes.of(caseOf(value), () => this.made(COUNTY_ALONE)),
      of,
    );
  }

  /** The vault has no key of its own for it; of envelopes of other unlocks the worker is asked, once. */
  isBlind(body: Uint8Array): boolean {
    const slip = this.disk().slips.get(envelopeOf(body) ?? '');
    if (slip === undefined) return false;
    if (!this.asked.has(slip.id)) this.askAll();
    return this.cipher.envelopes.get(slip.id) !== this.id;
  }

  private askAll(): void {
    this.message();
    for (const id of this.disk().slips.keys()) this.asked.add(id);
  }

  private hasBlind(): boolean {
    const ids = [...this.disk().slips.keys()];
    if (ids.some((id) => !this.asked.has(id))) this.askAll();
    return ids.some((id) => this.cipher.envelopes.get(id) !== this.id);
  }

  read(body: Uint8Array, place: Place): unknown {
    this.message();
    const envelope = envelopeOf(body);
    if (envelope !== null && !this.disk().slips.has(envelope)) throw new UnreadableBody('no slip');
    const found = this.cipher.find(body);
    if (found?.vaultId !== this.id || found.place !== placeOf(place))
      throw new UnreadableBody('of another vault, or another place');
    return found.value;
  }

  private message(): void {
    if (this.lockIn > 0 && --this.lockIn === 0 && this.state === 'open') this.state = 'locked';
    if (this.state !== 'open') throw new Locked();
  }

  /** The seam of the product. */
  readonly vault: Vault = {
    seal: async (value: unknown, place: Place) => {
      this.message();
      return this.cipher.write({ place: placeOf(place), value, vaultId: this.id }, null);
    },
    open: async (body: Uint8Array, place: Place) => this.read(body, place),
    captureEvent: async (sealed, salt) => {
      const place = { store: 'events', id: sealed.body.id, version: 1 } as const;
      return this.capture(place, { ...sealed, salt });
    },
    capture: async (value: unknown, place: Place) => this.capture(place, value),
    isBlind: async (body: Uint8Array) => this.isBlind(body),
    hasBlind: async () => this.hasBlind(),
    blind: {
      ready: async () => true,
      captureEvent: async (sealed, salt) => {
        const place = { store: 'events', id: sealed.body.id, version: 1 } as const;
        return this.captureBlind(place, { ...sealed, salt });
      },
    } as Partial<BlindHand> as BlindHand,
  } as Partial<Vault> as Vault;
}
