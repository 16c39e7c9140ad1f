/** The page's end of the messages: numbered questions, answers in any order, one end for all. */
import { replySchema, type VaultFault } from './messages.ts';

/** A worker, or in tests the other end of a channel. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  onerror?: ((event: ErrorEvent) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
  terminate(): void;
}

/** The worker did not do it; `code` says why. */
export class VaultRefusal extends Error {
  readonly code: VaultFault;
  constructor(code: VaultFault) {
    super(code);
    this.code = code;
  }
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: VaultRefusal): void;
}

export class WorkerClient<Ask extends object> {
  private readonly worker: WorkerLike;
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;
  private ended = false;

  constructor(worker: WorkerLike) {
    this.worker = worker;
    worker.onmessage = (event) => this.take(event.data);
    worker.onerror = () => this.end();
  }

  /** Asks; rejects with `VaultRefusal`, with LOCKED once the worker is gone. */
  ask<T>(ask: Ask, read: Reader<T>, transfer: Transferable[] = []): Promise<T> {
    if (this.ended) return Promise.reject(new VaultRefusal('LOCKED'));
    const n = this.next++;
    const answered = new Promise<unknown>((resolve, reject) => {
      this.waiting.set(n, { resolve, reject });
    });
    this.worker.postMessage({ n, ask }, transfer);
    return answered.then((value) => {
      const known = read.safeParse(value);
      if (!known.success) throw new VaultRefusal('BROKEN');
      return known.data as T;
    });
  }

  /** lock: the worker's memory goes, whatever was asked is refused. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject(new VaultRefusal('LOCKED'));
    this.waiting.clear();
  }

  private take(message: unknown): void {
    const reply = replySchema.safeParse(message);
    const one = reply.success ? this.waiting.get(reply.data.n) : undefined;
    if (!reply.success || !one) return;
    this.waiting.delete(reply.data.n);
    if (reply.data.ok) one.resolve(reply.data.value);
    else one.reject(new VaultRefusal(reply.data.code));
  }
}

/** A schema of zod/mini, as far as it is needed here. */
export interface Reader<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}
