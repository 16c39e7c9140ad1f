/** The page's hand on the keeper: captures go on being sealed while the vault is locked. */
import type { Bytes } from '../../protocol/bytes.ts';
import type { CopyPlace, Recipient, Slip } from '../../protocol/sealed.ts';
import { fromBatch, toBatch, type Batch } from './batch.ts';
import { doneReply, sealedReply, slipReply, type KeeperRequest } from './messages.ts';
import { WorkerClient, type WorkerLike } from './worker-client.ts';

export class KeeperClient {
  private readonly worker: WorkerClient<KeeperRequest>;

  constructor(worker: WorkerLike) {
    this.worker = new WorkerClient(worker);
  }

  async adopt(slip: Slip, port: MessagePort): Promise<void> {
    await this.worker.ask({ op: 'adopt', slip, port }, doneReply, [port]);
  }

  /** An envelope of its own, for who may take a case but not read. */
  async begin(recipients: readonly Recipient[]): Promise<Slip> {
    return (await this.worker.ask({ op: 'begin', recipients: [...recipients] }, slipReply)).slip;
  }

  /** Seals under the envelope that was adopted or begun last. */
  async seal(
    parts: readonly { readonly place: CopyPlace; readonly bytes: Uint8Array }[],
  ): Promise<readonly Bytes[]> {
    const batch = toBatch(parts.map(({ bytes }) => bytes));
    const ask = { op: 'seal' as const, places: parts.map(({ place }) => place), batch };
    const sealed = await this.worker.ask(ask, sealedReply, [batch.bytes.buffer]);
    return fromBatch(sealed.batch as Batch);
  }

  async keepQuick(pin: string, port: MessagePort): Promise<void> {
    await this.worker.ask({ op: 'keepQuick', pin, port }, doneReply, [port]);
  }

  async giveQuick(pin: string, port: MessagePort): Promise<void> {
    await this.worker.ask({ op: 'giveQuick', pin, port }, doneReply, [port]);
  }

  async dropQuick(): Promise<void> {
    await this.worker.ask({ op: 'dropQuick' }, doneReply);
  }

  end(): void {
    this.worker.end();
  }
}
