/** The worker's end of the messages, the same for both workers. */
import * as z from 'zod/mini';
import type { Result } from '../../domain/values.ts';
import type { VaultFault } from './messages.ts';

/** A worker's global scope, or one end of a channel. */
export interface Scope {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

const numbered = z.object({ n: z.int(), ask: z.unknown() });

interface Core<Ask> {
  handle(ask: Ask): Promise<Result<object, VaultFault>>;
}

const buffersOf = (value: object): Transferable[] =>
  Object.values(value).flatMap((part: unknown) => {
    const { bytes, ends } = (part ?? {}) as { bytes?: unknown; ends?: unknown };
    return [bytes, ends].flatMap((a) => (ArrayBuffer.isView(a) ? [a.buffer as ArrayBuffer] : []));
  });

/** Answers every numbered message; an unnumbered one is nobody's. */
export function serve<Ask>(
  scope: Scope,
  core: Core<Ask>,
  read: (ask: unknown) => { success: true; data: Ask } | { success: false },
): void {
  const answer = async (n: number, ask: unknown): Promise<void> => {
    const known = read(ask);
    if (!known.success) return scope.postMessage({ n, ok: false, code: 'BAD_REQUEST' });
    const done = await core.handle(known.data);
    if (!done.ok) return scope.postMessage({ n, ok: false, code: done.error });
    scope.postMessage({ n, ok: true, value: done.value }, buffersOf(done.value));
  };
  scope.onmessage = (event) => {
    const message = numbered.safeParse(event.data);
    if (!message.success) return;
    const { n, ask } = message.data;
    // Whatever broke, the page hears of it and does not wait for ever.
    answer(n, ask).catch(() => scope.postMessage({ n, ok: false, code: 'BROKEN' }));
  };
}
