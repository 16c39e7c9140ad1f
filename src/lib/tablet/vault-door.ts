/** The browser's half of the vaults: workers, registry, the store behind the keys; loaded late. */
import type { DeviceId } from '../domain/values.ts';
import { firstSync, type SlipRow, type TabletStore } from '../ports/tablet-store.ts';
import { randomBytes } from '../protocol/bytes.ts';
import { sealingRecipientsOf } from '../protocol/county-keys.ts';
import type { Recipient } from '../protocol/sealed.ts';
import type { ExchangeReply, LockSaid } from '../protocol/sync.ts';
import { browserClock, browserDigest, holdLock } from './browser.ts';
import { CARRY_MS, Carrier } from './carry.ts';
import { coarseDay } from './coarse-day.ts';
import { TabletDb } from './db.ts';
import { readSession, type Engine } from './engine.ts';
import { dexieTabletStore } from './event-store-dexie.ts';
import { lockable } from './lockable.ts';
import { openRegistry, type Registry } from './registry.ts';
import { drainSealed, HeldRows } from './exchange-sealed.ts';
import { databaseOf, vaultDatabases } from './registry-look.ts';
import { GREET_MS, greet } from './greet.ts';
import { followKeys, keysAt, keysHere, recipientsHere } from './known-keys.ts';
import { online } from './sign-in.ts';
import { settleSignOut } from './sign-out.ts';
import { browserTransport, EVENT_SCHEMA, loopLock } from './sync-start.ts';
import { turn } from './turn.ts';
import { KeeperClient } from './vault/keeper-client.ts';
import { moveStore } from './vault/move-store.ts';
import { openVault, type SlipStore } from './vault/opened.ts';
import { reseal } from './vault/reseal.ts';
import { VaultClient } from './vault/vault-client.ts';
import { VaultHouse, type Unlocked } from './vaults.ts';

let registry: Promise<Registry> | null = null;
/** The registry of this window; opened once, and again after it did not open. */
export const theRegistry = (): Promise<Registry> =>
  (registry ??= openRegistry().catch((error: unknown) => {
    registry = null;
    throw error;
  }));

/** The vaults of this tablet; `broken` hears of a keys' worker that broke down. */
export const newHouse = (broken: (client: VaultClient) => void): VaultHouse =>
  new VaultHouse({
    ...{ registry: theRegistry, digest: browserDigest },
    ...{ wall: () => Date.now(), up: () => performance.now() },
    prf: {
      make: async () => {
        const { newCredential } = await import('./vault/prf.ts');
        const host = location.hostname;
        return newCredential(navigator.credentials, { host, random: randomBytes });
      },
      output: async (credentialId, vaultId) =>
        (await import('./vault/prf.ts')).prfOutput(credentialId, vaultId),
    },
    newVault: () => {
      const worker = new Worker(new URL('./vault/vault-worker.ts', import.meta.url), {
        type: 'module',
      });
      const client = new VaultClient(worker);
      worker.addEventListener('error', () => broken(client));
      return client;
    },
    newKeeper: () =>
      new KeeperClient(
        new Worker(new URL('./vault/keeper-worker.ts', import.meta.url), { type: 'module' }),
      ),
  });

/** One vault's store with the keys of the latest unlock behind its seam. */
export interface Door {
  readonly vaultId: string;
  readonly engine: Engine;
  /** The same store, keys of another unlock. */
  reopen(unlocked: Unlocked): Promise<void>;
  /** Log-out: nothing is captured any more either. */
  drop(): void;
  /** Whether something can be captured now. */
  readonly captures: boolean;
}

/** Whom accusations are sealed to; none before the county named its key. */
async function sealing(): Promise<readonly Recipient[]> {
  const keys = await keysHere(await theRegistry());
  return keys ? sealingRecipientsOf(keys) : [];
}

const today = (): number => coarseDay(browserClock.now());

/** Wrapped to the keys that stand in the registry now. */
const opening = async () => ({
  recipients: await recipientsHere(await theRegistry()),
  ...{ sealing: await sealing(), today },
});

/**
 * The vault's own list judges the one in the registry before a slip for its keys is on the disk, and
 * before anything is sealed.
 */
async function openJudged(
  client: Unlocked['client'],
  store: SlipStore & Pick<TabletStore, 'meta'>,
) {
  const waiting: SlipRow[] = [];
  let isJudged = false;
  const slips: SlipStore = {
    slips: () => store.slips(),
    putSlips: async (rows) => void (isJudged ? await store.putSlips(rows) : waiting.push(...rows)),
  };
  const opened = await openVault(client, slips, await opening());
  const session = await readSession({ store, vault: opened.vault });
  const { putBack } = await followKeys(await theRegistry(), session?.countyKeys);
  if (putBack) {
    opened.drop();
    return openVault(client, store, await opening());
  }
  await store.putSlips(waiting);
  isJudged = true;
  return opened;
}

/**
 * Opens the store of an unlocked vault; rows of a plain store that are still on their way come in
 * first. Rejects with `StoreFailure` when it does not open, or LOCKED when it was locked meanwhile:
 * then the next unlock goes on.
 */
export async function openDoor(unlocked: Unlocked, of: { onOutdated(): void }): Promise<Door> {
  const { vaultId, database, movingFrom, dv } = unlocked.row;
  const db = new TabletDb(database, of.onOutdated);
  const store = dexieTabletStore(db);
  let opened = await openJudged(unlocked.client, store);
  if (movingFrom) {
    await moveStore({ from: movingFrom, dv, to: db, vault: opened.vault });
    await (await theRegistry()).change(vaultId, () => ({ movingFrom: null }));
  }
  // The vault's own device id was written when it was made: a fresh one says that it was lost.
  const sync = await store.begin(firstSync(browserClock.deviceId()));
  let captures = true;
  const seam = lockable(opened.vault);
  return {
    ...{ vaultId, engine: { store, vault: seam.vault, sync } },
    reopen: async ({ client }) => {
      // The sealers before are not dropped: a slice that is being sealed by them is still written.
      opened = await openJudged(client, store);
      captures = true;
      seam.behind(opened.vault);
    },
    drop: () => {
      captures = false;
      opened.drop();
    },
    get captures() {
      return captures;
    },
  };
}

/** Brings the work of vaults that this window has not open, at start, online and in turns. */
export function startCarrier(of: {
  readonly build: string;
  mayCarry(database: string): boolean;
  carried(): void;
  /** The county itself answered; `signedIn` false: nobody of this tablet is signed in there. */
  met(signedIn: boolean): void;
  /** Who is signed in there is somebody else than the agent of a vault that is not open here. */
  about(vaultId: string, isOther: boolean): void;
  /** The county's word about a vault that is not open here. */
  answered(vaultId: string, reply: ExchangeReply): Promise<void>;
  /** The same where nobody of that vault is signed in. */
  barred(vaultId: string, lock: LockSaid): Promise<void>;
}): Carrier {
  const drain = { fetch: fetch.bind(globalThis), digest: browserDigest, origin: location.origin };
  const held = new HeldRows();
  /** When each vault was greeted by this window; the registry knows the day alone. */
  const greeted = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const carrier = new Carrier({
    ...{ databases: vaultDatabases, mayCarry: of.mayCarry },
    carried: (_, stop) => {
      if (stop === 'SIGN_IN') of.met(false);
      of.carried();
    },
    later: (ms) => {
      clearTimeout(timer);
      timer = setTimeout(start, ms);
    },
    alone: async (database, run) => {
      const held = await holdLock(loopLock(database.slice(databaseOf('').length)));
      return held && run().finally(() => held.release());
    },
    greet: async (database) => {
      const registry = await theRegistry();
      const row = (await registry.vaults()).find((one) => one.database === database);
      const last = greeted.get(database) ?? 0;
      if (!row || (!row.bar && Math.abs(Date.now() - last) < GREET_MS)) return;
      const reply = await greet(database, {
        ...{ transport: browserTransport(), build: of.build, schema: EVENT_SCHEMA },
        ...{ now: () => browserClock.now(), keysAt: await keysAt(registry) },
        barred: (lock) => of.barred(row.vaultId, lock),
        met: of.met,
        about: (isOther) => of.about(row.vaultId, isOther),
      });
      if (reply) greeted.set(database, Date.now());
      if (reply) await of.answered(row.vaultId, reply);
    },
    drain: (database, mayGoOn) =>
      drainSealed(database, {
        ...{ ...drain, build: of.build, now: () => browserClock.now(), mayGoOn, held },
      }),
  });
  const turn = async (): Promise<void> => {
    const registry = await theRegistry();
    await settleSignOut(online(of.build), registry).catch(() => false);
    await carrier.wake();
  };
  const start = (): void => void turn().catch(() => undefined);
  addEventListener('online', start);
  setInterval(start, CARRY_MS);
  start();
  return carrier;
}

/** Idle work after a contact: what the county has for good is sealed for the vault alone. */
export async function resealAll({ store, vault }: Engine): Promise<void> {
  while ((await reseal({ store, vault, today })).more) await turn();
}

/** The store of a vault that is being made, with its device id and nothing else. */
export async function beginStore(vaultId: string, dv: string): Promise<void> {
  const db = new TabletDb(databaseOf(vaultId));
  await dexieTabletStore(db).begin(firstSync(dv as DeviceId));
  db.close();
}
