import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { randomBytes } from '../../src/lib/protocol/bytes.ts';
import { VaultHouse } from '../../src/lib/tablet/vaults.ts';
import { newCredential } from '../../src/lib/tablet/vault/prf.ts';
import { digest, forgetAll, PASSPHRASE, PIN, tabletVaults } from './tablet-vaults.ts';
import { endAll, newKeeper, newVault, QUICK_KDF } from './workers.ts';

beforeEach(forgetAll);
afterEach(endAll);

/** An authenticator: a secret of its own, out of which it makes one for each question. */
function authenticator() {
  const own = { secret: randomBytes(32), present: true };
  const output = async (credentialId: string, vaultId: string) => {
    if (!own.present) return null;
    const hash = createHash('sha256').update(own.secret).update(`${credentialId}|${vaultId}`);
    return new Uint8Array(hash.digest());
  };
  return { own, door: { make: async () => (own.present ? 'Y3JlZA' : null), output } };
}

it('[AU255] the tablet’s authenticator is one more way in, never the only one, and can be taken away', async () => {
  const tablet = await tabletVaults();
  const made = await tablet.house.make(tablet.making());
  if (!made.ok) throw new Error('not made');
  const { open, printed } = made.value;
  const { own, door } = authenticator();
  const house = new VaultHouse({
    ...{ registry: async () => tablet.registry, digest, kdf: QUICK_KDF, prf: door },
    ...{ wall: () => tablet.clock.wall, up: () => tablet.clock.up },
    ...{ newVault: () => newVault(), newKeeper: () => newKeeper() },
  });
  const { vaultId } = open.row;
  const byPrf = async () => {
    const done = await house.unlock({ kind: 'prf', vaultId });
    return done.ok ? 'opened' : done.error.code;
  };
  expect(await byPrf()).toBe('FOREIGN');
  expect(await tablet.house.addPrf(open)).toBe(false);
  expect(await house.addPrf(open)).toBe(true);
  expect(await byPrf()).toBe('opened');
  // Refused or given up costs no try; another authenticator opens nothing.
  own.present = false;
  expect(await byPrf()).toBe('NO_PRF');
  own.present = true;
  expect((await tablet.registry.vault(vaultId))?.tries.wrong).toBe(0);
  own.secret = randomBytes(32);
  expect(await byPrf()).toBe('WRONG');
  const card = { kind: 'card', scanned: printed?.qr ?? '', pin: PIN } as const;
  for (const key of [card, { kind: 'pass', vaultId, passphrase: PASSPHRASE }] as const)
    expect((await house.unlock(key)).ok).toBe(true);
  await house.contact(vaultId, 'revoked');
  expect(await byPrf()).toBe('BARRED');
  await house.contact(vaultId, null);
  await house.removePrf();
  expect(await byPrf()).toBe('FOREIGN');
});

it('[AU339] fingers open a vault only while it is alone on the tablet: the second one ends it', async () => {
  const tablet = await tabletVaults();
  const made = async () => {
    const done = await house.make(tablet.making());
    if (!done.ok) throw new Error('not made');
    return done.value.open;
  };
  const { door } = authenticator();
  const house = new VaultHouse({
    ...{ registry: async () => tablet.registry, digest, kdf: QUICK_KDF, prf: door },
    ...{ wall: () => tablet.clock.wall, up: () => tablet.clock.up },
    ...{ newVault: () => newVault(), newKeeper: () => newKeeper() },
  });
  const first = await made();
  expect(await house.addPrf(first)).toBe(true);
  // One that the county did not take shares nothing.
  const offline = async () => ({ ok: false, error: 'OFFLINE' }) as const;
  await house.make(tablet.making({ upload: offline }));
  const byPrf = async (vaultId: string) => (await house.unlock({ kind: 'prf', vaultId })).ok;
  expect(await byPrf(first.row.vaultId)).toBe(true);
  const second = await made();
  expect(await byPrf(first.row.vaultId)).toBe(false);
  for (const open of [first, second]) expect(await house.addPrf(open)).toBe(false);
  const kinds = (await tablet.registry.vaults()).flatMap(({ wraps }) => wraps.map((w) => w.kind));
  expect(kinds).not.toContain('prf');
});

it('[AU255] a credential without such a secret, or none at all, adds nothing', async () => {
  const made = (enabled: boolean): CredentialsContainer =>
    ({
      create: async () => ({
        rawId: new Uint8Array([1, 2, 3]).buffer,
        getClientExtensionResults: () => ({ prf: { enabled } }),
      }),
    }) as unknown as CredentialsContainer;
  const how = { host: 'localhost', random: randomBytes };
  expect(await newCredential(made(true), how)).toBe('AQID');
  expect(await newCredential(made(false), how)).toBeNull();
  expect(await newCredential(undefined, how)).toBeNull();
});
