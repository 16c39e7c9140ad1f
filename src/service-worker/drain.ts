/** With no window open the worker itself brings what lies sealed in vaults; it has no key of them. */
import { drainSealed } from '../lib/tablet/exchange-sealed.ts';
import { unsentIn, vaultDatabases } from '../lib/tablet/registry-look.ts';

/** What the browser allows one background sync is minutes; a run that takes longer goes on next time. */
export const DRAIN_MS = 150_000;

const digest = async (bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));

/** Brings all vaults' sealed work; answers how many events still wait in them. */
export async function drainVaults(build: string, isAlone: () => boolean): Promise<number> {
  const until = performance.now() + DRAIN_MS;
  const deps = {
    ...{ digest, build, origin: location.origin },
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
    now: () => new Date().toISOString(),
    mayGoOn: () => isAlone() && performance.now() < until,
  };
  let waiting = 0;
  for (const database of await vaultDatabases()) {
    // One vault that does not open keeps nothing of the others back.
    await drainSealed(database, deps).catch(() => null);
    waiting += await unsentIn(database).catch(() => 0);
  }
  return waiting;
}
