/** A vault's keys in the same thread, without a port that keeps a process alive. */
import type { TabletStore } from '../../src/lib/ports/tablet-store.ts';
import { randomBytes } from '../../src/lib/protocol/bytes.ts';
import type { Vault } from '../../src/lib/tablet/vault.ts';
import { vaultRequestSchema } from '../../src/lib/tablet/vault/messages.ts';
import { openVault } from '../../src/lib/tablet/vault/opened.ts';
import { serve, type Scope } from '../../src/lib/tablet/vault/serve.ts';
import { VaultClient } from '../../src/lib/tablet/vault/vault-client.ts';
import { VaultCore } from '../../src/lib/tablet/vault/vault-core.ts';
import type { WorkerLike } from '../../src/lib/tablet/vault/worker-client.ts';

type Heard = ((event: MessageEvent<unknown>) => void) | null;

function sameThread(): WorkerLike {
  const later = (to: { onmessage: Heard }, data: unknown): void =>
    queueMicrotask(() => to.onmessage?.({ data } as MessageEvent<unknown>));
  const page: WorkerLike = {
    onmessage: null,
    postMessage: (message) => later(scope, message),
    terminate: () => (scope.onmessage = null),
  };
  const scope: Scope = { onmessage: null, postMessage: (message) => later(page, message) };
  serve(scope, new VaultCore(), (ask) => vaultRequestSchema.safeParse(ask));
  return page;
}

async function opened(store: TabletStore): Promise<Vault> {
  const client = new VaultClient(sameThread());
  const secret = { kind: 'prf' as const, credentialId: 'x', output: randomBytes(32) };
  await client.create({ vaultId: 'A'.repeat(22), secrets: [secret], recovery: [] });
  return (await openVault(client, store, { recipients: [], today: () => 20_000 })).vault;
}

/** A vault that is made when it is first needed; for places that cannot wait for one. */
export function vaultOver(store: TabletStore): Vault {
  let vault: Promise<Vault> | null = null;
  const made = (): Promise<Vault> => (vault ??= opened(store));
  return {
    seal: async (...of) => (await made()).seal(...of),
    open: async (...of) => (await made()).open(...of),
    openBytes: async (...of) => (await made()).openBytes(...of),
    captureEvent: async (...of) => (await made()).captureEvent(...of),
    capture: async (...of) => (await made()).capture(...of),
    captureBytes: async (...of) => (await made()).captureBytes(...of),
  };
}
