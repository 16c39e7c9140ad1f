/** A vault with keys over a store, as a tablet has it after the unlock; no slow secrets. */
import { randomBytes } from '../../src/lib/protocol/bytes.ts';
import type { Recipient } from '../../src/lib/protocol/sealed.ts';
import type { VaultRequest } from '../../src/lib/tablet/vault/messages.ts';
import { openVault, type OpenVault, type SlipStore } from '../../src/lib/tablet/vault/opened.ts';
import type { VaultClient } from '../../src/lib/tablet/vault/vault-client.ts';
import { VaultCore } from '../../src/lib/tablet/vault/vault-core.ts';
import type { Secret, Wrap } from '../../src/lib/tablet/vault/wraps.ts';
import { newVault } from './workers.ts';

export const VAULT_ID = 'AAAAAAAAAAAAAAAAAAAAAA';

/** One vault whose keys outlive its unlocks. */
export interface TestKeys {
  readonly secret: Secret;
  readonly wrap: Wrap;
}

export interface TestVault extends OpenVault {
  readonly client: VaultClient;
  readonly keys: TestKeys;
  /** What the worker was asked, one entry a message. */
  readonly seen: VaultRequest['op'][];
}

export interface TestOpening {
  readonly keys?: TestKeys;
  readonly recipients?: readonly Recipient[];
  readonly sealing?: readonly Recipient[];
  today?(): number;
  /** The vault is locked while the worker is at this message after the unlock, from 1. */
  readonly lockAt?: number;
}

/** Makes a vault, or opens one again by its keys. */
export async function openTestVault(
  store: SlipStore,
  { keys, recipients = [], sealing = [], today = () => 20_000, lockAt = 0 }: TestOpening = {},
): Promise<TestVault> {
  const core = new VaultCore();
  const seen: VaultRequest['op'][] = [];
  const handle = core.handle.bind(core);
  const client = newVault(core);
  let open = false;
  core.handle = (ask) => {
    seen.push(ask.op);
    if (open && seen.length === lockAt) client.lock();
    return handle(ask);
  };
  const made = keys ?? (await created(client));
  if (keys) await client.unlock({ vaultId: VAULT_ID, ...keys });
  const opened = await openVault(client, store, { recipients, sealing, today });
  seen.length = 0;
  open = true;
  return { ...opened, client, keys: made, seen };
}

async function created(client: VaultClient): Promise<TestKeys> {
  const secret = { kind: 'prf' as const, credentialId: 'x', output: randomBytes(32) };
  const [wrap] = await client.create({ vaultId: VAULT_ID, secrets: [secret], recovery: [] });
  return { secret, wrap: wrap as Wrap };
}
