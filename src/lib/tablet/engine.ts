/** The tablet's moving parts behind the screens, put together once; loaded after the first list. */
import type { Actor } from '../domain/case-event.ts';
import type { Instant } from '../domain/values.ts';
import type { SyncRecord, TabletStore } from '../ports/tablet-store.ts';
import { firstSync } from '../ports/tablet-store.ts';
import { browserClock, browserDigest, randomBytes } from './browser.ts';
import { TabletDb } from './db.ts';
import { dexieTabletStore } from './event-store-dexie.ts';
import { metaPlace } from './places.ts';
import type { RecordDeps } from './record.ts';
import type { Session } from './session.ts';
import { META } from './settings.ts';
import { orTorn, plainVault, type Vault } from './vault.ts';

export interface Engine {
  readonly store: TabletStore;
  readonly vault: Vault;
  readonly sync: SyncRecord;
}

/** Opens the store; a first start gives this tablet its device id. */
export async function openEngine(name: string, onOutdated: () => void): Promise<Engine> {
  const store = dexieTabletStore(new TabletDb(name, onOutdated));
  const sync = await store.begin(firstSync(browserClock.deviceId()));
  return { store, vault: plainVault(), sync };
}

/** The agent as actor of what this tablet records. */
export const selfOf = (agent: Session['agent']): Actor => ({
  ...{ code: 'A', personId: agent.personId, name: agent.name },
  ...(agent.villages[0] ? { areaCode: agent.villages[0].areaCode } : {}),
});

/** Everything the acts of an agent need. */
export const recordDeps = (engine: Engine, agent: Session['agent']): RecordDeps => ({
  ...{ store: engine.store, vault: engine.vault, clock: browserClock, digest: browserDigest },
  ...{ agent, self: selfOf(agent), randomBytes, now: (): Instant => browserClock.now() },
});

/** Session as sealed; null before the first sign-in. */
export async function readSession(
  engine: Pick<Engine, 'vault'> & { readonly store: Pick<Engine['store'], 'meta'> },
): Promise<Session | null> {
  const body = await engine.store.meta(META.session);
  return body ? ((await engine.vault.open(body, metaPlace(META.session))) as Session) : null;
}

/** A sealed value of `meta`; null before it was written. */
export async function readSealed(engine: Engine, key: string): Promise<unknown> {
  const body = await engine.store.meta(key);
  return body && engine.vault.open(body, metaPlace(key));
}

export const writeSealed = async (engine: Engine, key: string, value: unknown): Promise<void> =>
  engine.store.putMeta(key, await engine.vault.capture(value, metaPlace(key)));

/** The latest clock that this vault's window saw, milliseconds since 1970; null: none, or torn. */
export async function seenIn(engine: Pick<Engine, 'store' | 'vault'>): Promise<number | null> {
  const body = await engine.store.meta(META.seen);
  const kept = body && (await orTorn(engine.vault.open(body, metaPlace(META.seen))));
  const { seenAt } = (kept ?? {}) as { readonly seenAt?: unknown };
  return Number.isSafeInteger(seenAt) ? (seenAt as number) : null;
}

/** Keeps it sealed; also after the lock, as long as the window's sealers live. */
export const keepSeen = (engine: Engine, seenAt: number): Promise<void> =>
  writeSealed(engine, META.seen, { seenAt: Math.floor(seenAt) });

/** Whether a card was shown here and nobody has said since that it was copied; torn it says nothing. */
export async function cardWaitsIn(engine: Pick<Engine, 'store' | 'vault'>): Promise<boolean> {
  const body = await engine.store.meta(META.cardShown);
  const kept = body && (await orTorn(engine.vault.open(body, metaPlace(META.cardShown))));
  return (kept as { readonly waits?: unknown } | null)?.waits === true;
}

/** Before the card is shown, and when it was copied: its letters themselves are kept nowhere. */
export const keepCardWaits = (engine: Engine, waits: boolean): Promise<void> =>
  writeSealed(engine, META.cardShown, { waits });
