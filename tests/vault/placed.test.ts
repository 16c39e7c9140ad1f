import { afterAll, describe, expect, it } from 'vitest';
import { randomBytes } from '../../src/lib/protocol/bytes.ts';
import { encodePlain, plainVault, UnreadableBody } from '../../src/lib/tablet/vault.ts';
import type { Place } from '../../src/lib/tablet/vault/body.ts';
import type { VaultRequest } from '../../src/lib/tablet/vault/messages.ts';
import { keyedVault } from '../../src/lib/tablet/vault/placed.ts';
import { VaultCore } from '../../src/lib/tablet/vault/vault-core.ts';
import { VaultRefusal } from '../../src/lib/tablet/vault/worker-client.ts';
import { endAll, newVault } from './workers.ts';

const place = (id: string): Place => ({ store: 'events', id, version: 1 });
const secrets = [{ kind: 'prf' as const, credentialId: 'x', output: randomBytes(32) }];
const vaultId = 'AAAAAAAAAAAAAAAAAAAAAA';

/** An open vault, and how many messages each kind of work took. */
async function open(acceptPlain = false) {
  const core = new VaultCore();
  const seen: VaultRequest['op'][] = [];
  const handle = core.handle.bind(core);
  core.handle = (ask) => {
    seen.push(ask.op);
    return handle(ask);
  };
  const client = newVault(core);
  await client.create({ vaultId, secrets, recovery: [] });
  return { client, seen, vault: keyedVault(client, acceptPlain) };
}
afterAll(endAll);

describe('the seam with keys', () => {
  it('[TB60] what is sealed or opened in one turn is one message', async () => {
    const { client, seen, vault } = await open();
    const ids = Array.from({ length: 9 }, (_, n) => `e${n}`);
    const bodies = await Promise.all(ids.map((id) => vault.seal({ id }, place(id))));
    const values = await Promise.all(bodies.map((body, n) => vault.open(body, place(`e${n}`))));
    expect(values).toEqual(ids.map((id) => ({ id })));
    expect(seen).toEqual(['create', 'seal', 'open']);
    client.lock();
  });

  it('[TB61] one torn body fails alone; a lock in the middle is no torn body', async () => {
    const { client, vault } = await open();
    const good = await vault.seal({ n: 1 }, place('a'));
    const torn = good.slice();
    torn[15] = (torn[15] ?? 0) ^ 1;
    const [first, second, moved] = await Promise.allSettled([
      vault.open(good, place('a')),
      vault.open(torn, place('a')),
      vault.open(good, place('b')),
    ]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { n: 1 } });
    expect(second).toMatchObject({ reason: expect.any(UnreadableBody) });
    expect(moved).toMatchObject({ reason: expect.any(UnreadableBody) });
    const asked = vault.open(good, place('a'));
    client.lock();
    const error: unknown = await asked.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(VaultRefusal);
    expect(error).not.toBeInstanceOf(UnreadableBody);
    expect(error).toMatchObject({ code: 'LOCKED' });
  });

  it('[TB62] plain bodies of an older store open while it is migrated and never after', async () => {
    const old = encodePlain({ words: '粪堆' });
    const picture = await plainVault().captureBytes(randomBytes(50), place('a'));
    const [during, after] = [await open(true), await open(false)];
    expect(await during.vault.open(old, place('a'))).toEqual({ words: '粪堆' });
    expect(await during.vault.openBytes(picture, place('a'))).toHaveLength(50);
    await expect(after.vault.open(old, place('a'))).rejects.toThrow(UnreadableBody);
    await expect(after.vault.openBytes(picture, place('a'))).rejects.toThrow(UnreadableBody);
    // A body of bytes is no value, and the other way round.
    const bytes = await after.vault.sealBytes(randomBytes(9), place('a'));
    await expect(after.vault.open(bytes, place('a'))).rejects.toThrow(UnreadableBody);
    during.client.lock();
    after.client.lock();
  });
});
