/** What the county keeps of the vaults on its tablets: whose, where, and the wraps for its key. */
import * as z from 'zod';
import { lastKept, lastKeptUnder, type SettingsDeps } from '../settings/kept.ts';

/** Before the vault's id in the name of its row. */
export const KEPT_VAULT = 'vault_wraps.';

const id = z.string().regex(/^[\w-]{22}$/);

/** What a tablet says of a vault that it made or changed. */
export const toldVaultSchema = z.object({
  vaultId: id,
  dv: id,
  wraps: z
    .array(
      z.object({
        ...{ kind: z.literal('county'), v: z.literal(1) },
        ...{ keyId: z.string().regex(/^[\w-]{1,64}$/), box: z.string().regex(/^[\w-]{22,400}$/) },
      }),
    )
    .min(1)
    .max(4),
  /** Cards that open it now. */
  cards: z.array(z.string().regex(/^[\w-]{16}$/)).max(3),
});
const keptSchema = toldVaultSchema.omit({ vaultId: true }).extend({ personId: z.string() });
/** What the county keeps of a vault: whose, on which tablet, and the wraps for its recovery key. */
export type KeptVault = z.infer<typeof keptSchema>;

/** The vault of an id as its tablet told of it; null: none did. */
export async function keptVault(deps: SettingsDeps, vaultId: string): Promise<KeptVault | null> {
  const row = await lastKept(deps, KEPT_VAULT + vaultId);
  const read = row && keptSchema.safeParse(JSON.parse(row.value));
  return read?.success ? read.data : null;
}

/** All of them, by vault id. */
export async function keptVaults(deps: SettingsDeps): Promise<ReadonlyMap<string, KeptVault>> {
  const all = new Map<string, KeptVault>();
  for (const [vaultId, row] of await lastKeptUnder(deps, KEPT_VAULT)) {
    const read = keptSchema.safeParse(JSON.parse(row.value));
    if (read.success) all.set(vaultId, read.data);
  }
  return all;
}
