/** Opens sealed copies that came by a locked tablet, a hand-in file or another agent's tablet. */
import { fail, ok, type Result } from '../../domain/values.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import {
  envelopeOf,
  openCopy,
  openSlip,
  type CopyPlace,
  type Slip,
} from '../../protocol/sealed.ts';
import { pairOf, type KeyRing } from './key-ring.ts';

/**
 * NO_SLIP: the envelope's slip did not come (it may still). NO_KEY: it is wrapped to none of our
 * keys (another county, or older than the ring: the recovery key opens it). UNREADABLE: changed
 * bytes, or a copy put in another's place.
 */
export type CopyFault = 'NO_SLIP' | 'NO_KEY' | 'UNREADABLE';

/** Envelopes that one file or request may bring; each costs a key agreement. */
export const SLIPS_MAX = 2_000;

export class CopyOpener {
  private readonly rings: readonly KeyRing[];
  private readonly slips = new Map<string, Slip>();
  private readonly keys = new Map<string, Promise<CryptoKey | null>>();

  /** `sealing`: the ring of sealed cases, which opens what tablets sealed to it; null: its file is away. */
  constructor(ring: KeyRing, sealing: KeyRing | null = null) {
    this.rings = sealing ? [ring, sealing] : [ring];
  }

  /** False when too many came; the first slip of an id stays. */
  know(slip: Slip): boolean {
    if (this.slips.has(slip.id)) return true;
    if (this.slips.size >= SLIPS_MAX) return false;
    this.slips.set(slip.id, slip);
    return true;
  }

  /** Plain bytes of a copy. */
  async open(place: CopyPlace, copy: Uint8Array): Promise<Result<Bytes, CopyFault>> {
    const id = envelopeOf(copy);
    const slip = id === null ? undefined : this.slips.get(id);
    if (id === null) return fail('UNREADABLE');
    if (!slip) return fail('NO_SLIP');
    const opening = this.keys.get(id) ?? this.keyOf(slip);
    this.keys.set(id, opening);
    const key = await opening;
    if (!key) return fail('NO_KEY');
    const plain = await openCopy(key, place, copy);
    return plain ? ok(plain) : fail('UNREADABLE');
  }

  private async keyOf(slip: Slip): Promise<CryptoKey | null> {
    for (const { kind, keyId } of slip.wraps) {
      for (const ring of kind === 'intake' ? this.rings : []) {
        const pair = await pairOf(ring, keyId);
        const key = pair && (await openSlip(slip, pair));
        if (key) return key;
      }
    }
    return null;
  }
}
