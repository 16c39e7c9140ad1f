/**
 * Seals on the page with an envelope key that only encrypts: a save costs one way to the cipher
 * and back instead of two (docs/decisions/0008). Nothing is given away by that: this key has to
 * outlive the lock for the recording's sake, and what it sealed is read with the vault's key alone.
 */
import type { Bytes } from '../../protocol/bytes.ts';
import { sealCopy, type CopyPlace, type Envelope, type Slip } from '../../protocol/sealed.ts';
import { received } from './port.ts';
import { VaultRefusal } from './worker-client.ts';

/** Who takes the envelope key of an unlock: the keeper, or the page's own sealer. */
export interface EnvelopeTaker {
  adopt(slip: Slip, port: MessagePort): Promise<void>;
}

export class PageSealer implements EnvelopeTaker {
  private envelope: Envelope | null = null;

  /** Takes no key that could read or be exported. */
  async adopt(slip: Slip, port: MessagePort): Promise<void> {
    const key = await received(port);
    if (!(key instanceof CryptoKey) || key.extractable || key.usages.includes('decrypt'))
      throw new VaultRefusal('BAD_REQUEST');
    this.envelope = { slip, key };
  }

  /** The slip that has to lie beside what is sealed; null before the first unlock. */
  get slip(): Slip | null {
    return this.envelope?.slip ?? null;
  }

  /** All at once. */
  seal(
    parts: readonly { readonly place: CopyPlace; readonly bytes: Bytes }[],
  ): Promise<readonly Bytes[]> {
    const envelope = this.envelope;
    if (!envelope) return Promise.reject(new VaultRefusal('LOCKED'));
    return Promise.all(parts.map(({ place, bytes }) => sealCopy(envelope, place, bytes)));
  }

  /** At log-out. */
  drop(): void {
    this.envelope = null;
  }
}
