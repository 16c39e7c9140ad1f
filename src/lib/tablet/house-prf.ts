/**
 * The tablet's own authenticator opens to every finger that the machine knows and to the digits of
 * its screen: it says which tablet it is, never who. So it opens a vault only where it is alone.
 */
import type { Registry } from './registry.ts';

/** Whether agents share this tablet. */
export const isShared = async (registry: Registry): Promise<boolean> =>
  (await registry.vaults()).filter(({ ready }) => ready).length > 1;

/** The authenticator opens nothing here any more. */
export async function withoutPrf(registry: Registry): Promise<void> {
  for (const { vaultId, wraps } of await registry.vaults())
    if (wraps.some(({ kind }) => kind === 'prf'))
      await registry.change(vaultId, (now) => ({
        wraps: now.wraps.filter(({ kind }) => kind !== 'prf'),
      }));
}
