/** Vault and keeper without a browser: the same cores behind real message channels. */
import { KeeperClient } from '../../src/lib/tablet/vault/keeper-client.ts';
import { KeeperCore } from '../../src/lib/tablet/vault/keeper-core.ts';
import type { Kdf } from '../../src/lib/tablet/vault/kdf.ts';
import { keeperRequestSchema, vaultRequestSchema } from '../../src/lib/tablet/vault/messages.ts';
import { serve, type Scope } from '../../src/lib/tablet/vault/serve.ts';
import { VaultClient } from '../../src/lib/tablet/vault/vault-client.ts';
import { VaultCore } from '../../src/lib/tablet/vault/vault-core.ts';
import type { Clocks } from '../../src/lib/tablet/vault/quick-pin.ts';
import type { WorkerLike } from '../../src/lib/tablet/vault/worker-client.ts';
import { newKeyPair, privateKeyOf } from '../../src/lib/protocol/hpke.ts';
import type { Recipient, RecipientKind } from '../../src/lib/protocol/sealed.ts';

/** Cheap parameters: tests measure rules, not work. */
export const QUICK_KDF: Kdf = { kind: 'argon2id', memoryKiB: 19 * 1024, passes: 2, lanes: 1 };

const open = new Set<MessagePort>();
/** Ends what tests left open, so that the process can end. */
export function endAll(): void {
  for (const port of open) port.close();
  open.clear();
}

function worker(start: (scope: Scope) => void): WorkerLike {
  const { port1, port2 } = new MessageChannel();
  open.add(port1).add(port2);
  start(port2 as unknown as Scope);
  const terminate = (): void => {
    port1.close();
    port2.close();
  };
  return Object.assign(port1 as unknown as WorkerLike, { terminate });
}

export const newVault = (core = new VaultCore()): VaultClient =>
  new VaultClient(worker((scope) => serve(scope, core, (a) => vaultRequestSchema.safeParse(a))));

export const newKeeper = (clocks?: Clocks): KeeperClient =>
  new KeeperClient(
    worker((scope) =>
      serve(scope, new KeeperCore(clocks), (a) => keeperRequestSchema.safeParse(a)),
    ),
  );

/** One key pair of the county, both halves. */
export async function countyKey(kind: RecipientKind, keyId: string) {
  const pair = await newKeyPair();
  const recipient: Recipient = { kind, keyId, publicKey: pair.publicKey };
  const own = {
    ...{ keyId, publicKey: pair.publicKey },
    privateKey: await privateKeyOf(pair.privateKey),
  };
  return { recipient, own };
}
