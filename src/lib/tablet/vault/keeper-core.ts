/**
 * What outlives the lock: seals captures under an envelope key that cannot read, and keeps the
 * quick PIN. A phone call locks the reading, never the recording.
 */
import { fail, ok, type Result } from '../../domain/values.ts';
import type { Bytes } from '../../protocol/bytes.ts';
import { newEnvelope, sealCopy, type Envelope, type Recipient } from '../../protocol/sealed.ts';
import { fromBatch, toBatch, type Batch } from './batch.ts';
import type { KeeperRequest, VaultFault } from './messages.ts';
import { received, sendOn } from './port.ts';
import { QuickPin, type Clocks } from './quick-pin.ts';

type Ask<Op extends KeeperRequest['op']> = Extract<KeeperRequest, { op: Op }>;
type Answer = Promise<Result<object, VaultFault>>;

export class KeeperCore {
  private envelope: Envelope | null = null;
  private readonly quick: QuickPin;

  constructor(clocks: Clocks = () => ({ up: performance.now(), wall: Date.now() })) {
    this.quick = new QuickPin(clocks);
  }

  handle(ask: KeeperRequest): Answer {
    switch (ask.op) {
      case 'adopt':
        return this.adopt(ask);
      case 'begin':
        return this.begin(ask);
      case 'seal':
        return this.seal(ask);
      case 'keepQuick':
        return this.keepQuick(ask);
      case 'giveQuick':
        return this.giveQuick(ask);
      case 'dropQuick':
        this.quick.drop();
        return Promise.resolve(ok({}));
    }
  }

  /** The envelope of this unlock, from the vault. */
  private async adopt({ slip, port }: Ask<'adopt'>): Answer {
    const key = await received(port);
    if (!(key instanceof CryptoKey) || key.extractable || key.usages.includes('decrypt'))
      return fail('BAD_REQUEST');
    this.envelope = { slip, key };
    return ok({});
  }

  /** An envelope without the vault, for who may still take cases but not read. */
  private async begin({ recipients }: Ask<'begin'>): Answer {
    this.envelope = await newEnvelope(recipients as Recipient[]);
    return ok({ slip: this.envelope.slip });
  }

  private async seal({ places, batch }: Ask<'seal'>): Answer {
    const envelope = this.envelope;
    if (!envelope) return fail('LOCKED');
    const parts = fromBatch(batch as Batch);
    if (parts.length !== places.length) return fail('BAD_REQUEST');
    const one = (place: (typeof places)[number], i: number) =>
      sealCopy(envelope, place, parts[i] as Bytes);
    return ok({ batch: toBatch(await Promise.all(places.map(one))) });
  }

  private async keepQuick({ pin, port }: Ask<'keepQuick'>): Answer {
    const dek = await received(port);
    if (!(dek instanceof Uint8Array)) return fail('LOCKED');
    await this.quick.keep(pin, new Uint8Array(dek));
    return ok({});
  }

  private async giveQuick({ pin, port }: Ask<'giveQuick'>): Answer {
    const dek = await this.quick.give(pin);
    if (typeof dek === 'string') {
      sendOn(port, null);
      return fail(dek);
    }
    sendOn(port, dek);
    return ok({});
  }
}
