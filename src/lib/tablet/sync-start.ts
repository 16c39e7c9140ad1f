import { browserClock, browserDigest, quickestAnswer, randomBytes } from './browser.ts';
import type { Engine } from './engine.ts';
import { toBase64Url } from '../protocol/hash.ts';
import type { Signal } from './signal.ts';
import { aloneAmongTabs, type Heartbeat, type LockDeps } from './sync-lock.ts';
import { SyncLoop, type LoopStatus } from './sync-loop.ts';
import type { StorageFacts } from './sync-round.ts';
import { gzipText, httpTransport } from './transport-http.ts';

export interface SyncStart {
  readonly engine: Engine;
  readonly build: string;
  dueOf(caseId: string): string;
  enrolAgain(): Promise<void>;
  changed(status: LoopStatus, stored: boolean): void;
  /** What earlier windows of today measured. */
  readonly signal: Signal;
  keepSignal(signal: Signal): void;
}

/** Name of the lock that keeps one loop across all tabs. */
export const SYNC_LOCK = 'sync';
/** Version of the event shapes; the county lifts older ones. */
export const EVENT_SCHEMA = 1;

const BEAT_CHANNEL = 'daiban-sync-beat';

/** Signs of life of the tab that sends, heard by those that wait. */
function channelHeartbeat(): Heartbeat {
  if (typeof BroadcastChannel === 'undefined')
    return { beat: () => undefined, listen: () => () => undefined };
  const channel = new BroadcastChannel(BEAT_CHANNEL);
  return {
    beat: () => channel.postMessage(1),
    listen: (heard) => {
      channel.addEventListener('message', heard);
      return () => channel.removeEventListener('message', heard);
    },
  };
}

const browserTabs = (): LockDeps => ({
  locks: navigator.locks ?? null,
  heartbeat: channelHeartbeat(),
  every: (ms, call) => {
    const id = setInterval(call, ms);
    return () => clearInterval(id);
  },
  ticks: () => performance.now(),
});

/** An estimate is padded and no guard (FAULTS T5): the county's page shows it, nothing trusts it. */
async function browserStorage(): Promise<StorageFacts> {
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  const persisted = await navigator.storage?.persisted?.().catch(() => null);
  const { usage, quota } = estimate ?? {};
  const leftBytes = usage === undefined || quota === undefined ? null : Math.max(0, quota - usage);
  return { leftBytes, persisted: persisted ?? null };
}

/** The loop over the real network, woken by the browser's events. */
export function startSync(start: SyncStart): { readonly loop: SyncLoop; stop(): void } {
  const transport = httpTransport({
    ...{ fetch: (input, init) => fetch(input, init), digest: browserDigest },
    ...{ origin: location.origin, requestId: () => toBase64Url(randomBytes(16)) },
    gzip: typeof CompressionStream === 'undefined' ? null : gzipText,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: () => browserClock.random(),
  });
  const { store, vault } = start.engine;
  const tabs = browserTabs();
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
      lock: (run) => aloneAmongTabs(tabs, SYNC_LOCK, run),
      ...{ dueOf: start.dueOf, enrolAgain: start.enrolAgain, storage: browserStorage },
      ...{ signal: start.signal, keepSignal: start.keepSignal, latencyMs: quickestAnswer },
    },
    start.changed,
  );
  const away = new AbortController();
  const { signal } = away;
  addEventListener('online', () => loop.wake('online'), { signal });
  const shown = (): void => {
    if (!document.hidden) loop.wake('shown');
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
