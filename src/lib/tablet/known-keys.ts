/**
 * The county's signed list on this tablet: in the registry, in clear, because envelopes are wrapped
 * to it and files judged by it. Who holds the tablet can write there; so each vault keeps the list
 * that it last believed beside its session, sealed, and follows the registry only where that list's
 * signers would.
 */
import { canonical } from '../protocol/canonical.ts';
import { recipientsOf, takeCountyKeys, type CountyKeys } from '../protocol/county-keys.ts';
import { countyKeysSchema } from '../protocol/county-keys-shape.ts';
import { fingerprintOf } from '../protocol/officer-key.ts';
import type { Recipient } from '../protocol/sealed.ts';
import pins from './recovery-pins.json' with { type: 'json' };
import type { Registry } from './registry.ts';

/** Key of the county's list in the registry's clear store. */
const COUNTY_KEYS = 'countyKeys';
/** Key of the word that a list was refused, in the same place. */
const KEYS_REFUSED = 'keysRefused';
/**
 * Public recovery keys (65 byte points, base64url) that alone are taken, from the build: a county
 * that builds for itself writes them into `recovery-pins.json`. None: the first list is trusted.
 */
const RECOVERY_PINS: readonly string[] = pins;

/** The list that is here, looked at again. */
export async function keysHere(registry: Registry): Promise<CountyKeys | null> {
  const known = countyKeysSchema.safeParse(await registry.clear(COUNTY_KEYS));
  return known.success ? known.data : null;
}

/** Whether a list was offered that nobody known had signed, or whose recovery key is not pinned. */
export const areKeysRefused = async (registry: Registry): Promise<boolean> =>
  (await registry.clear(KEYS_REFUSED)) === true;

/**
 * Takes the county's list if it may replace the one that is here. A later one that may not is told
 * from then on, until one is taken: a swapped key has to be noticed, not only left alone.
 */
export async function keepCountyKeys(
  registry: Registry,
  offered: unknown,
  pins: readonly string[] = RECOVERY_PINS,
): Promise<void> {
  const before = await keysHere(registry);
  const next = await takeCountyKeys(before, offered, pins);
  if (next && next !== before) {
    await registry.putClear(COUNTY_KEYS, next);
    // The same list once more says nothing of the other one.
    if (next.at !== before?.at) await registry.putClear(KEYS_REFUSED, false);
    return;
  }
  const list = countyKeysSchema.safeParse(offered);
  if (list.success && list.data.at > (before?.at ?? ''))
    await registry.putClear(KEYS_REFUSED, true);
}

/** Fingerprints of the recovery keys that this tablet wraps to, to be compared with the county's. */
export const recoveryPrints = async (registry: Registry): Promise<readonly string[]> =>
  Promise.all(
    (await recipientsHere(registry))
      .filter(({ kind }) => kind === 'recovery')
      .map(({ publicKey }) => fingerprintOf(publicKey)),
  );

/** Date of the list that is here, for the exchange's request; empty without one. */
export const keysAt = async (registry: Registry): Promise<string> =>
  (await keysHere(registry))?.at ?? '';

/** What envelopes are wrapped to; none before the first list. */
export async function recipientsHere(registry: Registry): Promise<readonly Recipient[]> {
  const keys = await keysHere(registry);
  return keys ? recipientsOf(keys) : [];
}

export interface Followed {
  /** What the vault goes on with, and keeps; null before the first list. */
  readonly keys: CountyKeys | null;
  /** It is not what the vault kept. */
  readonly isNew: boolean;
  /** The registry held another one: the vault's own stands there again, and that is told. */
  readonly putBack: boolean;
}

/** Judges the list of the registry by the one that a vault kept; nothing kept: it is believed. */
export async function followKeys(
  registry: Registry,
  kept: unknown,
  pins: readonly string[] = RECOVERY_PINS,
): Promise<Followed> {
  const own = countyKeysSchema.safeParse(kept);
  const here = await keysHere(registry);
  if (!own.success) return { keys: here, isNew: here !== null, putBack: false };
  const keys = await takeCountyKeys(own.data, here, pins);
  const isNew = canonical(keys) !== canonical(own.data);
  if (canonical(keys) === canonical(here)) return { keys, isNew, putBack: false };
  await registry.putClear(COUNTY_KEYS, keys);
  await registry.putClear(KEYS_REFUSED, true);
  return { keys, isNew, putBack: true };
}
