/** The browser's half of the vaults: workers, registry, the store behind the keys; loaded late. */
import type { DeviceId, Result } from '../domain/values.ts';
import { fail, ok } from '../domain/values.ts';
import { firstSync } from '../ports/tablet-store.ts';
import type { Recipient } from '../protocol/sealed.ts';
import { browserClock, browserDigest } from './browser.ts';
import { coarseDay } from './coarse-day.ts';
import { TabletDb } from './db.ts';
import { newDraft, type DraftDeps } from './drafts.ts';
import type { Engine } from './engine.ts';
import { dexieTabletStore } from './event-store-dexie.ts';
import { lockable } from './lockable.ts';
import { openRegistry, type Registry } from './registry.ts';
import { databaseOf } from './registry-look.ts';
import type { FormRef } from './workspace-types.ts';
import { KeeperClient } from './vault/keeper-client.ts';
import { openVault } from './vault/opened.ts';
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
  reopen(unlocked: Unlocked, recipients: readonly Recipient[]): Promise<void>;
  /** Log-out: nothing is captured any more either. */
  drop(): void;
  /** Whether something can be captured now. */
  readonly captures: boolean;
}

const today = (): number => coarseDay(browserClock.now());

/** Opens the store of an unlocked vault. Rejects with `StoreFailure` when it does not open. */
export async function openDoor(
  unlocked: Unlocked,
  of: { readonly recipients: readonly Recipient[]; onOutdated(): void },
): Promise<Door> {
  const { vaultId, database } = unlocked.row;
  const store = dexieTabletStore(new TabletDb(database, of.onOutdated));
  // The vault's own device id was written when it was made: a fresh one says that it was lost.
  const sync = await store.begin(firstSync(browserClock.deviceId()));
  const opening = { recipients: of.recipients, today };
  let opened = await openVault(unlocked.client, store, opening);
  let captures = true;
  const seam = lockable(opened.vault);
  return {
    ...{ vaultId, engine: { store, vault: seam.vault, sync } },
    reopen: async ({ client }, recipients) => {
      const next = await openVault(client, store, { recipients, today });
      opened.drop();
      opened = next;
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

/** The store of a vault that is being made, with its device id and nothing else. */
export async function beginStore(vaultId: string, dv: string): Promise<void> {
  const db = new TabletDb(databaseOf(vaultId));
  await dexieTabletStore(db).begin(firstSync(dv as DeviceId));
  db.close();
}

/** Words that were said while nothing could be read: a new sealed draft, found after the unlock. */
export async function jot(
  deps: DraftDeps,
  form: FormRef,
  words: string,
): Promise<Result<null, 'STORAGE'>> {
  const at = deps.clock.now();
  const draft = await newDraft(deps, form);
  if (!draft.ok) return fail('STORAGE');
  const piece = {
    ...{ id: deps.clock.eventId(), verbatim: words, tidy: '', audio: [], seconds: 0, gaps: [] },
    ...{ startedAt: at, endedAt: at },
  };
  const saved = await draft.value.save({
    ...{ answers: { words: { pieces: [piece] } }, matter: words.slice(0, MATTER_CHARS) },
  });
  await draft.value.close();
  return saved.ok ? ok(null) : fail('STORAGE');
}

/** As much of the words as a line of the list has. */
const MATTER_CHARS = 24;
