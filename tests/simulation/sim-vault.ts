/**
 * A keyed vault without ciphers: the bodies have the real shape and open for whom the real ones would
 * open, in their place, unchanged. What is inside lies beside them, where only that rule leads to it.
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
import { VAULT_JSON, type Place } from '../../src/lib/tablet/vault/body.ts';

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

  /** A slip for an envelope of that vault, wrapped to these keys of the county. */
  slip(vaultId: string, keyIds: readonly string[]): Slip {
    const id = `${`s${String(this.envelopes.size)}`.padEnd(HEX_LETTERS - 1, '_')}A`;
    this.envelopes.set(id, vaultId);
    return { v: 1, id, wraps: keyIds.map((keyId) => ({ kind: 'intake', keyId, box: BOX })) };
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
    if (!slip.wraps.some(({ keyId }) => this.atHand.has(keyId))) return fail('NO_KEY');
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
  private slip: Slip | null = null;
  private blindSlip: Slip | null = null;
  private readonly disk: () => TabletDisk;
  private readonly today: () => number;

  constructor(of: { cipher: SimCipher; id: string; today(): number }, disk: () => TabletDisk) {
    this.cipher = of.cipher;
    this.id = of.id;
    this.today = of.today;
    this.disk = disk;
  }

  unlock(keyIds: readonly string[]): void {
    this.slip = this.cipher.slip(this.id, keyIds);
    this.blindSlip = this.cipher.slip(COUNTY_ALONE, keyIds);
    this.keepSlip(this.slip);
    this.state = 'open';
    this.lockIn = 0;
  }

  /** The slip is on the disk with today's date before anything lies in its envelope today. */
  private keepSlip(slip: Slip): void {
    this.disk().slips.set(slip.id, { ...slip, own: BOX, day: this.today(), files: false });
  }

  /** An own event or case, also while it is locked. */
  capture(place: Place, value: unknown): Uint8Array {
    if (this.state === 'closed' || this.slip === null) throw new Locked();
    this.keepSlip(this.slip);
    const of = { place: placeOf(place), value, vaultId: this.id };
    return this.cipher.write(of, this.slip.id);
  }

  /** For the county alone, also while it is locked. */
  captureBlind(place: Place, value: unknown): Uint8Array {
    if (this.state === 'closed' || this.blindSlip === null) throw new Locked();
    const slip = this.blindSlip;
    this.disk().slips.set(slip.id, { ...slip, day: this.today(), files: false });
    const of = { place: placeOf(place), value, vaultId: COUNTY_ALONE };
    return this.cipher.write(of, slip.id);
  }

  isBlind(body: Uint8Array): boolean {
    const slip = this.disk().slips.get(envelopeOf(body) ?? '');
    return slip !== undefined && slip.own === undefined;
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
    hasBlind: async () => [...this.disk().slips.values()].some(({ own }) => own === undefined),
    blind: {
      ready: async () => true,
      captureEvent: async (sealed, salt) => {
        const place = { store: 'events', id: sealed.body.id, version: 1 } as const;
        return this.captureBlind(place, { ...sealed, salt });
      },
    } as Partial<BlindHand> as BlindHand,
  } as Partial<Vault> as Vault;
}
