/** Suites of the tablet's data path run twice: on a tablet without a vault, and on one with keys. */
import type { TabletStore } from '../../src/lib/ports/tablet-store.ts';
import { plainVault, type Vault } from '../../src/lib/tablet/vault.ts';
import { openTestVault, type TestKeys } from './open.ts';

/** The seam over a store; a store that is opened again by its name has the same keys. */
export type VaultOver = (store: TabletStore, name?: string) => Promise<Vault>;

const keys = new Map<string, TestKeys>();

const keyed: VaultOver = async (store, name = '') => {
  const known = keys.get(name);
  const opened = await openTestVault(store, known ? { keys: known } : {});
  if (name !== '') keys.set(name, opened.keys);
  return opened.vault;
};

/** For `describe.each`. */
export const VAULTS: readonly (readonly [string, VaultOver])[] = [
  ['without a vault', async () => plainVault()],
  ['in a vault', keyed],
];
