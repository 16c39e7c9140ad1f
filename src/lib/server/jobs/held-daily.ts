/** Once a day: sealed rows that lie unopened are tried again, for a key may have come meanwhile. */
import type { Container } from '../container.ts';
import { openAgain } from '../sync/sealed-again.ts';

/** Between two tries; the first is at the start of the server. */
export const HELD_AGAIN_MS = 86_400_000;

/** Tries now and every day until the county closes; nothing of it keeps the server from starting. */
export async function startHeldDaily(container: Container, everyMs = HELD_AGAIN_MS): Promise<void> {
  const run = (): Promise<unknown> =>
    openAgain(container.sync).catch((error: unknown) =>
      console.error('sealed work that waits was not opened', error),
    );
  const timer = setInterval(() => (container.open ? void run() : clearInterval(timer)), everyMs);
  timer.unref();
  await run();
}
