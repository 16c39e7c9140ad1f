import { browserClock, browserDigest, randomBytes, withLock } from './browser.ts';
import type { Engine } from './engine.ts';
import { toBase64Url } from '../protocol/hash.ts';
import { SyncLoop, type LoopStatus } from './sync-loop.ts';
import { gzipText, httpTransport } from './transport-http.ts';

export interface SyncStart {
  readonly engine: Engine;
  readonly build: string;
  dueOf(caseId: string): string;
  enrolAgain(): Promise<void>;
  changed(status: LoopStatus, stored: boolean): void;
}

/** Name of the lock that keeps one loop across all tabs. */
export const SYNC_LOCK = 'sync';
/** Version of the event shapes; the county lifts older ones. */
export const EVENT_SCHEMA = 1;

/** The loop over the real network, woken by the browser's events. */
export function startSync(start: SyncStart): { readonly loop: SyncLoop; stop(): void } {
  const transport = httpTransport({
    ...{ fetch: (input, init) => fetch(input, init), digest: browserDigest },
    ...{ origin: location.origin, requestId: () => toBase64Url(randomBytes(16)) },
    gzip: typeof CompressionStream === 'undefined' ? null : gzipText,
  });
  const { store, vault } = start.engine;
  const loop = new SyncLoop(
    {
      ...{
        store,
        vault,
        transport,
        clock: browserClock,
        digest: browserDigest,
        build: start.build,
      },
      ...{ schema: EVENT_SCHEMA, ticks: () => performance.now() },
      timer: (ms, call) => {
        const id = setTimeout(call, ms);
        return () => clearTimeout(id);
      },
      lock: (run) => withLock(SYNC_LOCK, run),
      online: () => navigator.onLine,
      ...{ dueOf: start.dueOf, enrolAgain: start.enrolAgain },
    },
    start.changed,
  );
  const away = new AbortController();
  const { signal } = away;
  addEventListener('online', () => loop.wake('online'), { signal });
  const shown = (): void => {
    if (!document.hidden) loop.wake('timer');
  };
  document.addEventListener('visibilitychange', shown, { signal });
  navigator.serviceWorker?.addEventListener(
    'message',
    (event) => {
      if ((event.data as { kind?: string } | null)?.kind === 'sync') loop.wake('worker');
    },
    { signal },
  );
  loop.wake('start');
  const stop = (): void => {
    away.abort();
    loop.stop();
  };
  return { loop, stop };
}
