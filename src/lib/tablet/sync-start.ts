import { blindWayLater, type BlindWay } from './blind-rows.ts';
import { browserClock, browserDigest, quickestAnswer, randomBytes } from './browser.ts';
import { DATABASE } from './db-name.ts';
import { DeviceSigner } from './device-key.ts';
import type { Engine } from './engine.ts';
import type { Transport } from '../ports/transport.ts';
import type { ExchangeReply, LockSaid } from '../protocol/sync.ts';
import { toBase64Url } from '../protocol/hash.ts';
import { databaseOf } from './registry-look.ts';
import { showing } from './read-secret.ts';
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
  /** Vault whose store is sent; empty on a tablet without one. Each has a loop of its own. */
  readonly vaultId: string;
  /** Date of the county's keys that are here; null on a tablet without a vault, which needs none. */
  keysAt(): string | null;
  /** Every answer of the county as it came in. */
  answered(reply: ExchangeReply): void;
  /** The read secret of the vault; absent on a tablet without one. */
  readSecret?(): Promise<string | null>;
  /** What it says to this vault where it takes nothing: nobody of here is signed in. */
  barred(lock: LockSaid): void;
  /** What earlier windows of today measured. */
  readonly signal: Signal;
  keepSignal(signal: Signal): void;
}

/** Name of the lock that keeps one loop across all tabs. */
export const SYNC_LOCK = 'sync';
/** Version of the event shapes; the county lifts older ones. */
export const EVENT_SCHEMA = 1;

const BEAT_CHANNEL = 'daiban-sync-beat';

/** Lock or channel of one store's loop; a tablet without vaults has one, under the plain name. */
const named = (name: string, vaultId: string): string => (vaultId ? `${name}:${vaultId}` : name);

/** Web Lock of one store's loop; empty id: the plain store. */
export const loopLock = (vaultId: string): string => named(SYNC_LOCK, vaultId);

/** Signs of life of the tab that sends, heard by those that wait. */
function channelHeartbeat(name: string): Heartbeat {
  if (typeof BroadcastChannel === 'undefined')
    return { beat: () => undefined, listen: () => () => undefined };
  const channel = new BroadcastChannel(name);
  return {
    beat: () => channel.postMessage(1),
    listen: (heard) => {
      channel.addEventListener('message', heard);
      return () => channel.removeEventListener('message', heard);
    },
  };
}

const browserTabs = (vaultId: string): LockDeps => ({
  locks: navigator.locks ?? null,
  heartbeat: channelHeartbeat(named(BEAT_CHANNEL, vaultId)),
  every: (ms, call) => {
    const id = setInterval(call, ms);
    return () => clearInterval(id);
  },
  ticks: () => performance.now(),
});

/** Asks for newer keys of the county, and hears what it says beside the rows. */
const listening = (
  transport: Transport,
  { keysAt, answered, barred }: Pick<SyncStart, 'keysAt' | 'answered' | 'barred'>,
): Transport => ({
  ...transport,
  exchange: async (request) => {
    const at = keysAt();
    const outcome = await transport.exchange(at === null ? request : { ...request, keysAt: at });
    if (outcome.kind === 'reply') answered(outcome.reply);
    if (outcome.kind === 'refused' && outcome.lock) barred(outcome.lock);
    return outcome;
  },
});

/** An estimate is padded and no guard (FAULTS T5): the county's page shows it, nothing trusts it. */
async function browserStorage(): Promise<StorageFacts> {
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  const persisted = await navigator.storage?.persisted?.().catch(() => null);
  const { usage, quota } = estimate ?? {};
  const leftBytes = usage === undefined || quota === undefined ? null : Math.max(0, quota - usage);
  return { leftBytes, persisted: persisted ?? null };
}

/** The real network of this window. */
export const browserTransport = (secret?: () => Promise<string | null>): Transport =>
  httpTransport({
    ...{ fetch: showing((input, init) => fetch(input, init), secret), digest: browserDigest },
    ...{ origin: location.origin, requestId: () => toBase64Url(randomBytes(16)) },
    gzip: typeof CompressionStream === 'undefined' ? null : gzipText,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: () => browserClock.random(),
  });

/** Beside the open store, over its rows as they lie. */
const browserBlindWay = ({ engine: { store, vault }, build }: SyncStart, database: string) =>
  blindWayLater({ store, vault }, async (): Promise<BlindWay> => {
    const { blindWay } = await import('./blind-way.ts');
    const { openSealedDb, rowsHere } = await import('./sealed-db.ts');
    return blindWay({
      ...{ store, vault },
      open: async () => {
        const db = await openSealedDb(database);
        return db && { here: rowsHere(db), close: () => db.close() };
      },
      drain: {
        ...{ fetch: fetch.bind(globalThis), digest: browserDigest, origin: location.origin, build },
        now: () => browserClock.now(),
      },
    });
  });

/** The loop over the real network, woken by the browser's events. */
export function startSync(start: SyncStart): { readonly loop: SyncLoop; stop(): void } {
  const transport = browserTransport(start.readSecret);
  const { store, vault, sync } = start.engine;
  const tabs = browserTabs(start.vaultId);
  const database = start.vaultId ? databaseOf(start.vaultId) : DATABASE;
  const signer = new DeviceSigner({
    database,
    ...{ digest: browserDigest, ticks: () => performance.now() },
    tell: () => start.enrolAgain().catch(() => undefined),
  });
  const loop = new SyncLoop(
    {
      ...{
        store,
        vault,
        transport: listening(transport, {
          keysAt: start.keysAt,
          barred: start.barred,
          answered: (reply) => {
            start.answered(reply);
            // With a network there, the key is told before there is anything to sign.
            void signer.prepare(store.known()?.dv ?? sync.dv).catch(() => undefined);
          },
        }),
        clock: browserClock,
        digest: browserDigest,
        build: start.build,
        signer,
        ...(start.vaultId ? { blind: browserBlindWay(start, database) } : {}),
      },
      ...{ schema: EVENT_SCHEMA, ticks: () => performance.now() },
      timer: (ms, call) => {
        const id = setTimeout(call, ms);
        return () => clearTimeout(id);
      },
      lock: (run) => aloneAmongTabs(tabs, loopLock(start.vaultId), run),
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
