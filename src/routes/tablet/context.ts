import { getContext, setContext } from 'svelte';
import type { Vaults } from '$lib/tablet/vault-types';
import type { Workspace } from '$lib/tablet/workspace-types';

const key = Symbol('workspace');

/** Called once by the tablet's layout. */
export const provideWorkspace = (workspace: Workspace): Workspace => setContext(key, workspace);

/** The one object every screen of the tablet works with. */
export const useWorkspace = (): Workspace => getContext<Workspace>(key);

/** The locks of this tablet, for the screens of 上锁 and 开锁. */
export const useVaults = (): Vaults => useWorkspace().vaults;

/** Whether digits are set that give the tablet back after the villager's curtain. */
export function hasPin({ vaults, agent }: Workspace): boolean {
  if (vaults.mode === 'none') return agent?.hasPasscode ?? false;
  return vaults.here.find(({ vaultId }) => vaultId === vaults.current)?.quick ?? false;
}
